// Done things, said once: `toast` events from the server, messages in the page, and a server that is away.

const LIFETIME = 8000;
const region = () => document.getElementById("toasts");

export function show({ text, undo = "", undoLabel = "" }) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) toast.append(undoButton(toast, undo, undoLabel));
  region()?.append(toast);
}

function undoButton(toast, address, label) {
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "btn sm", textContent: label,
  });
  button.addEventListener("click", () => {
    toast.remove();
    window.htmx.ajax("POST", address, { target: "#main", select: "#main", swap: "outerHTML" });
  });
  return button;
}

function fade(toast) {
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, LIFETIME);
}

function watch() {
  const toasts = region();
  if (!toasts || toasts.dataset.watched) return;
  toasts.dataset.watched = "yes";
  toasts.querySelectorAll(".toast").forEach(fade);
  new MutationObserver((changes) => {
    changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".toast")).forEach(fade);
  }).observe(toasts, { childList: true });
}

document.addEventListener("toast", (event) => show(event.detail));
document.addEventListener("htmx:sendError", () => show({ text: document.body.dataset.offline }));
document.addEventListener("htmx:timeout", () => show({ text: document.body.dataset.offline }));
document.addEventListener("htmx:responseError", () => show({ text: document.body.dataset.failed }));
document.addEventListener("htmx:afterSettle", watch);
watch();
