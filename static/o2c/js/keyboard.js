// Single keys act outside fields only, and can be switched off (WCAG 2.1.4); `?` lists them.
import * as rows from "./rows.js";

const SWITCH = "o2c-single-keys";
const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]";
const GO_WITHIN = 1500;
let goUntil = 0;

const isOn = () => localStorage.getItem(SWITCH) !== "off";

const KEYS = {
  "?": () => openDialog("keys-dialog"),
  j: () => rows.move(1),
  k: () => rows.move(-1),
  x: () => rows.select(false),
  X: () => rows.select(true),
  ".": () => rows.menu(),
  f: () => focusOn(document.querySelector("main .filters input[type=search]")),
  g: () => { goUntil = Date.now() + GO_WITHIN; return true; },
};

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog?.open === false) dialog.showModal();
  return Boolean(dialog);
}

function focusOn(field) {
  field?.focus();
  field?.select?.();
  return Boolean(field);
}

function activate(target) {
  if (!target) return false;
  if (target.matches(FIELD)) return focusOn(target);
  target.click();
  return true;
}

function escape(event) {
  if (event.target.matches(FIELD)) event.target.blur();
  else if (rows.clear()) event.preventDefault();
}

function act(event) {
  if (Date.now() < goUntil) {
    goUntil = 0;
    return activate(document.querySelector(`[data-go="${CSS.escape(event.key)}"]`));
  }
  const scope = document.querySelector("dialog[open]") ?? document;
  const marked = scope.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
  if (marked) return activate(marked);
  if (event.key === "Enter" && event.target === document.body) return rows.open();
  return scope === document && KEYS[event.key]?.();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return escape(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!isOn() || event.target.matches(FIELD)) return;
  if (act(event)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-switch]")) localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = isOn(); });
