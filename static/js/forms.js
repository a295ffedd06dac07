// Switched on by attributes.
const on = addEventListener;
const live = (words) => { document.querySelector("#live").textContent = words; };

on("click", async ({ target }) => {
  const text = target.closest("[data-copy]")?.dataset.copy;
  if (text == null) return;
  await navigator.clipboard?.writeText(text || location.href);
  live(navigator.clipboard ? "Copied" : "Cannot copy here");
});

on("change", ({ target }) => {
  if (!target.matches("[data-select]")) return;
  const count = (which) => document.querySelectorAll(`[data-select]${which}`).length;
  const words = `${count(":checked")} of ${count("")} selected`;
  document.querySelector("[data-selected]")?.replaceChildren(words);
  live(words);
});

// Without htmx: send once.
on("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.defaultPrevented) return;
  const button = event.submitter ?? form.querySelector("button");
  setTimeout(() => { button.disabled = true; button.textContent = form.dataset.once || button.textContent; });
});
on("pageshow", (event) => {
  if (event.persisted) for (const one of document.querySelectorAll("form[data-once] :disabled")) one.disabled = false;
});

// Back at the row one left.
on("click", ({ target }) => {
  const row = target.closest("[data-open]")?.pathname;
  if (row) history.replaceState({ row }, "");
});
document.querySelector(`[data-open][href="${history.state?.row}"]`)?.focus();
