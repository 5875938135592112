// A keyboard-wedge scanner types a code and Enter: the field sends its form, empties and keeps the focus.

const FIELD = "input[data-scan]";
let hadFocus = false;
const keepFocus = () => document.querySelector(FIELD)?.focus();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(FIELD)) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const field = event.detail.elt.matches("form") && event.detail.elt.querySelector(FIELD);
  if (!field || !event.detail.successful) return;
  field.value = "";
  field.focus();
});
// What a swap takes the focus from gives it to the field; who had none (a bell that counts by itself) gets none.
document.addEventListener("htmx:beforeSwap", () => { hadFocus = document.activeElement !== document.body; });
document.addEventListener("htmx:afterSettle", () => hadFocus && document.activeElement === document.body && keepFocus());
keepFocus();
