// Cards of the planning board are moved by drag or by the arrow keys: both send the card's own form "Move to…".
// Dropped onto a card to the same address, or with +, they are joined; with - the last pick list is taken out.
let dragged = null;

const cardOf = (event) => event.target.closest?.("[data-card]");
const laneOf = (node) => node.closest?.("[data-lane]");

function move(card, lane) {
  const form = card.querySelector("form[data-move]");
  const pickup = form?.elements.namedItem("pickup");
  if (!lane?.dataset.lane || lane === laneOf(card) || !pickup) return false;
  pickup.value = lane.dataset.lane;
  if (pickup.value !== lane.dataset.lane) return false;
  form.requestSubmit();
  return true;
}

// Without a card to join: the first that its form offers.
function join(card, other) {
  const form = card.querySelector("form[data-join]");
  const choice = form?.elements.namedItem("with");
  if (!choice || other === card) return false;
  if (other && ![...choice.options].some((option) => option.value === other.id)) return false;
  if (other) choice.value = other.id;
  form.requestSubmit();
  return true;
}

function takeOut(card) {
  const form = card.querySelector("form[data-take-out]");
  form?.requestSubmit();
  return Boolean(form);
}

function aim(lane) {
  document.querySelectorAll("[data-lane][data-over]").forEach((other) => other.removeAttribute("data-over"));
  if (lane?.dataset.lane && lane !== laneOf(dragged)) lane.dataset.over = "";
}

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event) ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
});

document.addEventListener("dragover", (event) => {
  const lane = laneOf(event.target);
  if (!dragged) return;
  aim(lane);
  if (lane) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const other = cardOf(event);
  if (!other || !join(dragged, other)) move(dragged, laneOf(event.target));
});

document.addEventListener("dragend", () => {
  if (!dragged) return;
  aim(null);
  dragged = null;
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-card]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" && join(event.target)) event.preventDefault();
  if (event.key === "-" && takeOut(event.target)) event.preventDefault();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const lanes = [...document.querySelectorAll("[data-board] [data-lane]")];
  let index = lanes.indexOf(laneOf(event.target)) + step;
  while (lanes[index] && !lanes[index].dataset.lane) index += step;
  if (move(event.target, lanes[index])) event.preventDefault();
});

// After a move the card is where it went: it keeps the focus, so that it can be moved on.
const moved = document.getElementById(location.hash.slice(1));
if (moved?.matches("[data-card]")) moved.focus();
