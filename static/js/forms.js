// Small helpers, each switched on by an attribute.
const live = (words) => { document.querySelector("#live").textContent = words; };

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy || location.href;
  await navigator.clipboard?.writeText(text);
  live(navigator.clipboard ? "Copied" : "Copying is not possible here");
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-select-all]"))
    for (const one of document.querySelectorAll("[data-list] [data-select]")) one.checked = box.checked;
  if (!box.matches("[data-select], [data-select-all]")) return;
  const all = document.querySelectorAll("[data-list] [data-select]");
  const words = `${[...all].filter((one) => one.checked).length} of ${all.length} selected`;
  for (const place of document.querySelectorAll("[data-selected]")) place.textContent = words;
  live(words);
});

// Sent without htmx: a second press must not send it again.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.defaultPrevented) return;
  const button = event.submitter ?? form.querySelector("[type=submit], button");
  setTimeout(() => { button.disabled = true; button.textContent = form.dataset.once || button.textContent; });
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("form[data-once] :disabled")) button.disabled = false;
});
