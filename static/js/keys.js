// data-key: docs/design-system.md.
const on = addEventListener;
const TEXT = "[data-key-focus], textarea, select, [contenteditable], [role=listbox], input:not([type=radio], [type=checkbox])";
const { keys: mode, keyMap } = document.documentElement.dataset, OWN = JSON.parse(keyMap || "{}");
const $ = (selector) => document.querySelector(selector);
let prefix = "", forget;

const $$ = (selector) => [...document.querySelectorAll(selector)];
const rows = () => $$("[data-list] [data-row]");
const current = () => $("[data-row][aria-current]");
const inRow = (selector) => current()?.querySelector(selector);

function move(step) {
  const all = rows(), at = all.indexOf(current());
  const next = all[at < 0 ? 0 : at + step] ?? all[at];
  next?.querySelector("[data-open]").focus();
  return next;
}

function extend(step) {
  inRow("[data-select]:not(:checked)")?.click();
  move(step)?.querySelector("[data-select]:not(:checked)")?.click();
}

function listKeys() {
  const found = [];
  const add = (keys, label, act, repeats) => found.push({ keys, label, act, repeats, group: "List" });
  if (!rows().length) return found;
  add(["j", "ArrowDown"], "Next row", () => move(1), true);
  add(["k", "ArrowUp"], "Previous row", () => move(-1), true);
  add(["o", "Enter"], "Open", () => inRow("[data-open]")?.click());
  if ($("[data-row] [data-select]")) {
    add(["x"], "Select", () => inRow("[data-select]")?.click());
    add(["Shift+J"], "Select down", () => extend(1), true);
    add(["Shift+K"], "Select up", () => extend(-1), true);
  }
  for (const element of $$("[data-row] [data-row-key]")) {
    const key = element.dataset.rowKey;
    add([key], label(element), () => inRow(`[data-row-key="${key}"]`)?.click());
  }
  return found;
}

function label(element) {
  const named = element.labels?.[0] ?? element;
  const words = [...named.childNodes].map((part) => part.matches?.("kbd, .count") ? "" : part.textContent);
  return element.dataset.keyLabel || element.ariaLabel || words.join("").trim();
}

function bindings(named) {
  const marked = $$("[data-key]")
    .filter((element) => !element.disabled && !element.closest("[hidden], [inert]"))
    .map((element) => ({
      keys: element.dataset.key.split("|"), label: named && label(element), act: () => press(element),
      group: element.closest("[data-key-group]")?.dataset.keyGroup ?? "Page",
    }));
  const both = [...listKeys(), ...marked];
  return both.filter((one) => one === both.findLast(({ keys }) => keys[0] === one.keys[0]))
    .map((one) => ({ ...one, keys: one.keys.map((key) => OWN[key] ?? key) }));
}

function press(element) {
  for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (element.matches(`${TEXT}, input`)) element.focus();
  if (!element.matches(TEXT)) element.click();
}

// By place: digits, what Alt disfigures.
function nameOf(event, code) {
  const { altKey, shiftKey } = event;
  if (event.ctrlKey || event.metaKey) return `Ctrl+${event.key}`;
  const place = code && (altKey ? /^(?:Key|Digit)(.)$/ : shiftKey ? null : /^Digit(.)$/)?.exec(event.code);
  const key = place && !/^\w$/.test(event.key) ? place[1].toLowerCase() : event.key;
  const lower = key.toLowerCase(), shift = shiftKey && lower !== key.toUpperCase();
  const cap = key.length > 1 ? key : shift ? key.toUpperCase() : lower;
  return (altKey ? "Alt+" : "") + (shift ? "Shift+" : "") + cap;
}

function find(event) {
  const all = bindings();
  for (const name of [nameOf(event), nameOf(event, true)]) {
    const hit = all.findLast((one) => one.keys.includes(prefix + name));
    if (hit) return hit;
    if (!prefix && all.some((one) => one.keys.some((key) => key.startsWith(`${name} `)))) return { starts: `${name} ` };
  }
}

function leave({ target }) {
  const menu = $("details.menu[open]");
  if (!menu) return target.matches(TEXT) && !target.blur();
  menu.open = false;
  return !menu.firstElementChild.focus();
}

function silent(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || $("dialog[open], :popover-open")) return true;
  if (event.ctrlKey || event.metaKey) return false;
  if (event.target.closest(TEXT) || mode === "off") return true;
  const own = { Enter: "a[href], button, summary", " ": "input, button, summary" }[event.key];
  return own && !event.shiftKey && event.target.closest(own);
}

on("keydown", (event) => {
  if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
  if ((event.key === "Escape" && !$("dialog[open]") && leave(event)) || silent(event)) return;
  const hit = find(event);
  prefix = hit?.starts ?? "";
  clearTimeout(forget);
  forget = setTimeout(() => { prefix = ""; }, 1500);
  if (!hit || (event.key.startsWith("Arrow") && !current())) return;
  event.preventDefault();
  if (hit.act && (!event.repeat || hit.repeats)) hit.act();
});

on("focusin", ({ target }) => {
  const row = target.closest("[data-row]");
  if (!row) return;
  current()?.removeAttribute("aria-current");
  row.ariaCurrent = "true";
});

on("commands", ({ detail }) => detail.push(...bindings(true)));
