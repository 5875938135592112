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
  goTo(event.target.matches(".sku") ? quantityOf(row) : skuOf(rowAfter(row)));
}

function remove(row) {
  const next = rowAfter(row);
  skuOf(row).value = "";
  quantityOf(row).value = "";
  row.hidden = true;
  skuOf(row).dispatchEvent(new Event("change", { bubbles: true }));
  skuOf(next).focus();
}

function press(event) {
  const button = event.target.closest("button[name=do]");
  if (button?.value === "rows") goTo(skuOf(addRow()));
  else if (button?.value.startsWith("remove-")) remove(button.closest("tr"));
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
  form.querySelector("#all-lines").dispatchEvent(new Event("lines-changed"));
}

// On the document, where the combobox has had its turn: Enter may have chosen an option.
document.addEventListener("keydown", walk);
form.addEventListener("click", press);
form.addEventListener("paste", paste);
rows.addEventListener("combobox:chosen", (event) => goTo(quantityOf(event.target.closest("tr"))));
