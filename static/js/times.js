// How long a case took, sent as it is left.
let box, last, t = {};
const mark = (name) => {
  const now = performance.now() | 0;
  t[now - last > 6e4 ? "idle" : "active"] += now - last;
  t[name] ??= now;
  last = now;
};
onkeydown = onpointerdown = onwheel = () => mark("first");
onsubmit = () => mark("submitted");
(onpagehide = () => {
  mark("left");
  if (box) navigator.sendBeacon(box.dataset.times, new URLSearchParams({ ...t, csrfmiddlewaretoken: box.form[0].value }));
  box = document.querySelector("[data-times]");
  t = { opened: last, active: 0, idle: 0 };
})();
addEventListener("htmx:afterSettle", () => requestAnimationFrame(() => setTimeout(() => box?.isConnected || (mark("painted"), onpagehide()))));
