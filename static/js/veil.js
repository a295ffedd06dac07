// [data-veil] shows all pictures while held or once clicked; .veil shows one.
const on = addEventListener;
let since;
const all = () => document.querySelector("[data-veil]");
const show = (is) => all()?.setAttribute("aria-pressed", is);
on("click", (event) => {
  const inside = (name) => event.target.closest(name);
  if (inside("[data-veil]")) show(all().ariaPressed !== "true");
  if (event.detail && event.timeStamp - since > 400 && inside(".veil")) event.preventDefault();
});
on("pointerdown", ({ timeStamp }) => { since = timeStamp; });
onkeyup = onblur = () => show(false);
