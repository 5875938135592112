// A keyboard-wedge scanner types a code and Enter: the field sends its form, empties and keeps the focus.

const FIELD = "input[data-scan]";
let hadFocus = null;
// The page stays where somebody reads it: a scanner needs the focus only.
const keepFocus = () => document.querySelector(FIELD)?.focus({ preventScroll: true });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(FIELD)) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const field = event.detail.elt.matches("form") && event.detail.elt.querySelector(FIELD);
  if (!field || !event.detail.successful) return;
  field.value = "";
  field.focus({ preventScroll: true });
});
// Who had the focus in what a swap takes away finds it in the field; a part that comes by itself (a bell that counts)
// takes it from nobody, nor does it follow who leaves a field while the part settles.
const isGone = () => hadFocus?.isConnected === false;
document.addEventListener("htmx:beforeSwap", () => { if (!isGone()) hadFocus = document.activeElement; });
document.addEventListener("htmx:afterSettle", (event) => {
  if (isGone() && document.activeElement === document.body) keepFocus();
  hadFocus = null;
  // The answer to the label of a place: its lines.
  event.target.querySelector("[data-here]")?.scrollIntoView({ block: "center" });
});
keepFocus();
