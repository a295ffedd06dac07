// How long a case took, sent as it is left.
let box, last, t = {};
const mark = (name) => {
  const gap = -last + (last = Date.now());
  t[gap > 6e4 ? "idle" : "active"] += gap;
  t[name] ??= last;
};
onkeydown = onpointerdown = onwheel = () => mark("first");
onsubmit = () => mark("submitted");
(onpagehide = () => {
  mark("left");
  if (box) navigator.sendBeacon(box.value, new URLSearchParams({ ...t, csrfmiddlewaretoken: box.form[0].value }));
  box = document.querySelector("[data-times]");
  t = { opened: last, active: 0, idle: 0 };
})();
addEventListener("htmx:afterSettle", () => setTimeout(() => box?.isConnected || onpagehide(mark("painted")), 16));
