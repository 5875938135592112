// A document beside its order: a field shows its place on the page, a place leads to its field.

const pathOf = (control) => control?.dataset?.path;
const marks = (path) => document.querySelectorAll(`[data-mark="${CSS.escape(path)}"]`);

function show(control) {
  document.querySelectorAll(".review .on").forEach((place) => place.classList.remove("on"));
  const places = pathOf(control) ? [...marks(pathOf(control))] : [];
  const row = control.closest("[data-source]")?.dataset.source;
  if (!places.length && row) places.push(...document.querySelectorAll(`[data-row="${CSS.escape(row)}"]`));
  places.forEach((place) => place.classList.add("on"));
  places[0]?.scrollIntoView({ block: "center" });
}

function nextDoubt() {
  const doubts = [...document.querySelectorAll(".review form [aria-invalid=true]")];
  const after = doubts.indexOf(document.activeElement);
  const next = doubts[(after + 1) % doubts.length];
  next?.focus();
  next?.select?.();
  return Boolean(next);
}

document.addEventListener("focusin", (event) => {
  if (event.target.closest(".review form") && event.target.matches("input, select, textarea")) show(event.target);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-doubts]")) nextDoubt();
  const path = event.target.closest("[data-mark]")?.dataset.mark;
  if (path) document.querySelector(`.review form [data-path="${CSS.escape(path)}"]`)?.focus();
});

// Inside a field, where letters are text, F8 leads on.
document.addEventListener("keydown", (event) => {
  if (event.key === "F8" && document.querySelector(".review") && nextDoubt()) event.preventDefault();
});
