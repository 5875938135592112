// An ARIA combobox over a list that hx-get fills: options are `[role=option][data-value]`, chosen by arrows and Enter.

const INPUT = "[data-combobox]";
const listOf = (input) => document.querySelector(input.getAttribute("hx-target"));
const optionsOf = (list) => [...list.querySelectorAll("[role=option]")];
const inputOf = (list) => [...document.querySelectorAll(INPUT)].find((input) => listOf(input) === list);

function open(input, isOpen) {
  const list = listOf(input);
  if (!list) return;
  list.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) input.removeAttribute("aria-activedescendant");
}

function mark(input, index) {
  const options = optionsOf(listOf(input));
  options.forEach((option, at) => {
    option.id ||= `${listOf(input).id}-${at}`;
    option.setAttribute("aria-selected", String(at === index));
  });
  if (!options[index]) return;
  input.setAttribute("aria-activedescendant", options[index].id);
  options[index].scrollIntoView({ block: "nearest" });
}

function choose(input, option) {
  input.value = option.dataset.label ?? option.textContent.trim();
  const hidden = document.getElementById(input.dataset.combobox);
  if (hidden) {
    hidden.value = option.dataset.value;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }
  input.dataset.settled = "";
  open(input, false);
  input.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { ...option.dataset } }));
}

document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.(INPUT);
  const list = input && listOf(input);
  if (!list || list.hidden) return;
  const options = optionsOf(list);
  const index = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: options.length - 1 }[event.key];
  if (next !== undefined && options.length) mark(input, (next + options.length) % options.length);
  else if (event.key === "Enter" && options[index]) choose(input, options[index]);
  else if (event.key === "Escape" || event.key === "Tab") return open(input, false);
  else return;
  event.preventDefault();
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[role=option]");
  const input = option && inputOf(option.closest("[role=listbox]"));
  if (!input) return;
  event.preventDefault();
  choose(input, option);
});

document.addEventListener("input", (event) => {
  if (!event.target.matches(INPUT)) return;
  delete event.target.dataset.settled;
  const hidden = document.getElementById(event.target.dataset.combobox);
  if (hidden) hidden.value = "";
});
document.addEventListener("focusout", (event) => event.target.matches(INPUT) && open(event.target, false));
document.addEventListener("htmx:afterSwap", (event) => {
  const input = inputOf(event.detail.target);
  // A reply that comes after the choice must not ask again.
  if (!input || document.activeElement !== input || "settled" in input.dataset) return;
  const found = optionsOf(listOf(input)).length;
  open(input, found > 0);
  if (found) mark(input, 0);
});
