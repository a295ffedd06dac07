// Hints, `?`, palette.
const on = addEventListener;
const [keys, dialog] = document.querySelectorAll("[data-keys-list], [data-palette]");
const [field, list, told] = dialog.querySelectorAll("[role=combobox], [role=listbox], [role=status]");
const { keyMap } = document.documentElement.dataset, own = JSON.parse(keyMap || "{}");
const NAMES = { " ": "Space", ArrowDown: "↓", ArrowUp: "↑" };
let asked, shown, place;

function make(tag, ...parts) {
  const one = document.createElement(tag);
  one.append(...parts);
  return one;
}
const cap = (key) => Object.assign(make("kbd", NAMES[key] ?? key), { className: "own" });

function commands(detail = []) {
  dispatchEvent(new CustomEvent("commands", { detail }));
  return detail;
}

function hint({ target }) {
  for (const one of target.querySelectorAll("kbd:not(.own)"))
    one.replaceWith(cap(own[one.textContent.replace("⇧ ", "Shift+")] ?? one.textContent));
}
if (keyMap) {
  hint({ target: document });
  on("htmx:afterSettle", hint);
}

const line = (one) => make("li", one.label, make("span", ...one.keys.flatMap((key) =>
  key.split(/(?<=.)[ +]/).flatMap((part) => [cap(part), " "]))));

function show() {
  const groups = [...Map.groupBy(commands(), (one) => one.group)];
  keys.replaceChildren(...groups.map(([name, all]) => make("section", make("h3", name), make("ul", ...all.map(line)))));
  keys.closest("dialog").showModal();
}

function choose(at) {
  const all = [...list.querySelectorAll("[role=option]")];
  place = at % all.length;
  const one = all.at(place);
  all.forEach((row, id) => Object.assign(row, { id: `option-${id}`, ariaSelected: row === one }));
  field.setAttribute("aria-activedescendant", one?.id ?? "");
  one?.scrollIntoView({ block: "nearest" });
  told.textContent = `${all.length} results`;
  return one;
}

function row({ keys: [key], label, act }) {
  const onclick = () => { dialog.close(); act(); };
  return Object.assign(make("button", label, " ", cap(key)), { role: "option", tabIndex: -1, onclick });
}

function press() {
  if (shown === field.value) choose(place)?.click();
  else list.addEventListener("htmx:afterSwap", press, { once: true });
}

field.addEventListener("htmx:beforeRequest", () => { asked = field.value; });
list.addEventListener("htmx:afterSwap", () => {
  shown = asked;
  const words = ` ${shown.trim().toLowerCase()}`;
  const fit = commands().filter((one) => one.group !== "Go to" && ` ${one.label.toLowerCase()}`.includes(words));
  list.querySelector("[data-commands]").replaceWith(...fit.map(row));
  choose(0);
});
field.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[event.key];
  if (event.isComposing || step == null) return;
  event.preventDefault();
  step ? choose(place + step) : press();
});
on("click", ({ target }) => {
  if (target.closest("[data-keys-open]")) show();
  if (!target.closest("[data-palette-open]")) return;
  field.value = "";
  dialog.showModal();
  htmx.trigger(field, "ask");
});
