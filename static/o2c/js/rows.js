// Lists by keyboard: the current row (`aria-current`), selection with ranges, and how many are selected.

const LIST = "[data-rows]";
let anchor = null;

const list = () => document.querySelector(`main ${LIST}`);
const rows = () => [...(list()?.children ?? [])].filter((row) => !row.matches("[aria-busy=true], .more, .grp"));
const current = () => rows().find((row) => row.getAttribute("aria-current") === "true");
const box = (row) => row?.querySelector(".sel input[type=checkbox]");

function go(row) {
  if (!row) return;
  current()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a[href], button")?.focus({ preventScroll: true });
}

export function move(step) {
  const all = rows();
  const index = all.indexOf(current());
  go(all[index < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(index + step, 0), all.length - 1)]);
  return all.length > 0;
}

function set(checkbox, checked) {
  if (!checkbox || checkbox.checked === checked) return;
  checkbox.checked = checked;
  checkbox.dispatchEvent(new Event("change", { bubbles: true }));
}

export function select(isRange) {
  const row = current();
  if (!box(row)) return false;
  const all = rows();
  const from = isRange && anchor ? all.indexOf(anchor) : -1;
  const to = all.indexOf(row);
  if (from < 0) set(box(row), !box(row).checked);
  else all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => set(box(one), true));
  anchor = row;
  return true;
}

export function open() {
  const link = current()?.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

export function menu() {
  const actions = current()?.querySelector("[data-menu], [popovertarget], details > summary");
  actions?.click();
  return Boolean(actions);
}

export function clear() {
  const chosen = rows().map(box).filter((checkbox) => checkbox?.checked);
  chosen.forEach((checkbox) => set(checkbox, false));
  return chosen.length > 0;
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table || !event.target.closest(".sel")) return;
  const boxes = [...table.querySelectorAll("tbody .sel input[type=checkbox]")];
  const head = table.querySelector("thead .sel input[type=checkbox]");
  const wanted = head?.checked;
  if (event.target === head) boxes.forEach((checkbox) => set(checkbox, wanted));
  const count = boxes.filter((checkbox) => checkbox.checked).length;
  if (head) {
    head.checked = count > 0 && count === boxes.length;
    head.indeterminate = count > 0 && count < boxes.length;
  }
  table.closest(".panel, form")?.querySelectorAll("[data-selected-count]").forEach((place) => {
    place.textContent = count;
  });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-clear]")) clear();
});
