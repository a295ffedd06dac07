// Ask, then send again.
const dialog = document.querySelector("[data-again]");
const refused = new Map();
let typed;

// Not while they type.
function ask() {
  if (dialog.open) return;
  if (Date.now() - typed < 900) return setTimeout(ask, 300);
  dialog.showModal();
  htmx.ajax("GET", dialog.dataset.again, "#again");
}

addEventListener("keydown", () => { typed = Date.now(); });
addEventListener("htmx:responseError", ({ detail: { xhr, elt, requestConfig } }) => {
  if (xhr.status !== 401) return;
  if (!elt.matches("[data-while-seen]")) refused.set(elt, requestConfig);
  ask();
});

dialog.addEventListener("close", () => refused.clear());
dialog.addEventListener("htmx:afterSwap", () => {
  const { token, of } = dialog.querySelector("[data-token]")?.dataset ?? {};
  if (of !== dialog.dataset.who) return;
  document.body.setAttribute("hx-headers", `{"X-CSRFToken":"${token}"}`);
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  for (const [source, { verb, path, target, formData: values }] of refused) {
    values.delete("csrfmiddlewaretoken");
    htmx.ajax(verb, path, { source, target, values, headers: { Again: 1 } });
  }
  dialog.close();
  const { activeElement: at } = document;
  at.blur();
  at.focus();
});
