// Times of a case, sent as it is left.
const on = addEventListener;
let box, last, t = {};
const mark = (name) => {
  const gap = -last + (last = Date.now());
  t[gap > 6e4 ? "idle" : "active"] += gap;
  t[name] ??= last;
};
const leave = () => {
  mark("left");
  if (box) navigator.sendBeacon(box.value, new URLSearchParams({ ...t, csrfmiddlewaretoken: document.forms[0].csrfmiddlewaretoken.value }));
  box = document.querySelector("[data-times]");
  t = { opened: last, active: 0, idle: 0 };
};
leave();
onkeydown = onpointerdown = onwheel = () => mark("first");
on("submit", () => mark("submitted"));
on("pagehide", leave);
on("htmx:afterSettle", () => setTimeout(() => box?.isConnected || leave(mark("painted")), 16));
