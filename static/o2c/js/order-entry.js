// Order entry by keyboard: Enter walks through the rows, a new row appears when it is needed, and
// lines are pasted from a spreadsheet. Without this module the same form works by its buttons.

const form = document.getElementById("order-entry");
const rows = form.querySelector(".lines tbody");
const count = form.elements["lines-count"];
const template = document.getElementById("line-template");

const shown = () => [...rows.rows].filter((row) => !row.hidden);
const skuOf = (row) => row.querySelector(".sku");
const quantityOf = (row) => row.querySelector(".qty");

function addRow() {
  const place = Number(count.value);
  const html = template.innerHTML.replaceAll("__n__", place).replaceAll("__m__", place + 1);
  rows.insertAdjacentHTML("beforeend", html);
  count.value = place + 1;
  const row = rows.rows[rows.rows.length - 1];
  htmx.process(row);
  return row;
}

function rowAfter(row) {
  const all = shown();
  return all[all.indexOf(row) + 1] ?? addRow();
}

function goTo(field) {
  field.focus();
  field.select();
}

function walk(event) {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (!form.contains(event.target) || !event.target.matches("input.input")) return;
  event.preventDefault();
  const row = event.target.closest(".lines tr");
  if (!row) return goTo(skuOf(shown()[0] ?? addRow()));
  if (event.target.matches(".price")) return goTo(row.querySelector(".reason"));
  goTo(event.target.matches(".sku") ? quantityOf(row) : skuOf(rowAfter(row)));
}

// The fields of a price or day of the line's own open with the focus in the first of them.
function unfold(event) {
  if (event.target.matches(".special") && event.target.open && event.target.contains(document.activeElement)) {
    event.target.querySelector("input")?.focus();
  }
}

function shipLater(value) {
  const [, place, ...day] = value.split("-");
  const field = form.elements[`lines-${place}-date`];
  field.value = day.join("-");
  field.closest("details").open = true;
  touched();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function use(button) {
  const row = button.closest("tr");
  skuOf(row).value = button.dataset.use;
  touched();
  skuOf(row).dispatchEvent(new Event("change", { bubbles: true }));
  goTo(quantityOf(row));
}

function remove(row) {
  const next = rowAfter(row);
  skuOf(row).value = "";
  row.querySelectorAll("input").forEach((field) => { field.value = ""; });
  row.hidden = true;
  touched();
  skuOf(row).dispatchEvent(new Event("change", { bubbles: true }));
  skuOf(next).focus();
}

function press(event) {
  const button = event.target.closest("button[name=do]");
  if (button?.value === "rows") goTo(skuOf(addRow()));
  else if (button?.value.startsWith("remove-")) remove(button.closest("tr"));
  else if (button?.value.startsWith("later-")) shipLater(button.value);
  else if (button?.dataset.use) use(button);
  else return;
  event.preventDefault();
}

// A block copied from a spreadsheet: SKU, tab, quantity; one row of the screen per line.
function paste(event) {
  const text = event.clipboardData.getData("text/plain");
  if (!event.target.matches(".sku") || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  let row = event.target.closest("tr");
  for (const line of text.split(/\r?\n/).filter((each) => each.trim())) {
    const [sku, quantity = "1"] = line.split("\t");
    skuOf(row).value = sku.trim();
    quantityOf(row).value = quantity.trim();
    row = rowAfter(row);
  }
  skuOf(row).focus();
  touched();
  form.querySelector("#all-lines").dispatchEvent(new Event("lines-changed"));
}

// What is typed is kept every ten seconds, and when the window is left: right or wrong.
const SAVE_EVERY = 10000;
const saved = document.getElementById("saved");
const others = document.getElementById("others");
const typed = form.elements.typed;
// Quotes and blanket orders have the same lines, and are kept only when they are handed in.
const isKept = Boolean(form.dataset.autosave);
let isFresh = false;

function touched() {
  if (!isKept) return;
  typed.value = "1";
  isFresh = true;
}

function show(answer) {
  if (answer.saved) saved.textContent = answer.saved;
  others.hidden = !answer.others;
  others.lastElementChild.textContent = answer.others;
}

async function save() {
  if (document.hidden || (!isFresh && !form.elements.draft_of)) return;
  const body = new FormData(form);
  if (!isFresh) body.delete("typed");
  isFresh = false;
  try {
    const response = await fetch(form.dataset.autosave, { method: "POST", body });
    if (response.redirected || !response.ok) throw new Error("not saved");
    show(await response.json());
  } catch {
    isFresh = Boolean(typed.value);
    saved.textContent = form.dataset.unsaved;
  }
}

function leave() {
  if (document.visibilityState !== "hidden" || !isFresh) return;
  isFresh = false;
  navigator.sendBeacon(form.dataset.autosave, new FormData(form));
}

if (isKept) {
  setInterval(save, SAVE_EVERY);
  save();
}
document.addEventListener("visibilitychange", leave);
form.addEventListener("input", touched);
form.addEventListener("combobox:chosen", touched);
// What is handed in is stored by that.
form.addEventListener("submit", () => { isFresh = false; });
form.addEventListener("toggle", unfold, true);

// On the document, where the combobox has had its turn: Enter may have chosen an option.
document.addEventListener("keydown", walk);
form.addEventListener("click", press);
form.addEventListener("paste", paste);
rows.addEventListener("combobox:chosen", (event) => goTo(quantityOf(event.target.closest("tr"))));
