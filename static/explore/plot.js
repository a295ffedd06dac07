// Draws the figure of the page in the colours of the page; runs after Plotly, which is deferred before it.
const style = getComputedStyle(document.documentElement);
const place = document.querySelector("[data-plot]");
const figure = JSON.parse(document.getElementById("figure").textContent);
const probe = document.createElement("span");
place.append(probe);
const colour = (name) => {
  probe.style.color = `var(${name})`;
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(probe).color;
  return canvas.fillStyle;
};
const ink = colour("--text"), line = colour("--border");
const colorway = ["--accent", "--text-3", "--danger", "--ok"].map(colour);
probe.remove();
const axis = { gridcolor: line, zerolinecolor: ink };
for (const name of ["xaxis", "yaxis", "yaxis2"]) Object.assign(figure.layout[name], axis);
Object.assign(figure.layout, {
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", colorway,
  font: { color: ink, family: style.getPropertyValue("--sans") },
});
window.Plotly.newPlot(place, figure.data, figure.layout, { displayModeBar: false, responsive: true });
