// Forms: sent once, by Ctrl+Enter too; after a failure the focus moves to the list of problems.

const sending = new WeakSet();

function busy(form, submitter, isBusy) {
  const button = submitter ?? form.querySelector("[type=submit].primary, [type=submit]");
  if (isBusy) {
    button?.setAttribute("aria-busy", "true");
    sending.add(form);
  } else {
    form.querySelectorAll("[aria-busy=true]").forEach((part) => part.removeAttribute("aria-busy"));
    sending.delete(form);
  }
}

function refuseSecondSubmit(event) {
  const form = event.target;
  if (form.method !== "post" && !form.matches("[hx-post]")) return;
  // The answer comes in a tab of its own: this page stays, and is never told that it came.
  if (event.submitter?.formTarget === "_blank") return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  busy(form, event.submitter, true);
  // Somebody else refused the submit (a check, a confirmation): the form is free again.
  queueMicrotask(() => event.defaultPrevented && !form.matches("[hx-post], [hx-boost]") && busy(form, null, false));
}

function focusProblems(root) {
  const summary = root.querySelector?.(".errsum");
  summary?.focus();
}

function sendByKeyboard(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form") ?? document.querySelector("main form[method=post]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit].primary") ?? undefined);
}

// What is typed here outdates a reply that is under way: it would put back what stood here before.
function supersede(event) {
  if (event.target.closest?.("[data-supersedes]")) htmx.trigger(event.target.form, "htmx:abort");
}

// A poll in a hidden window would only cost.
function pausePolling(event) {
  const trigger = event.detail.elt.getAttribute("hx-trigger") ?? "";
  if (document.hidden && trigger.includes("every ")) event.preventDefault();
}

document.addEventListener("submit", refuseSecondSubmit, true);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) busy(form, null, false);
});
document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.target));
document.addEventListener("htmx:beforeRequest", pausePolling);
document.addEventListener("input", supersede);
document.addEventListener("keydown", sendByKeyboard);
// The browser's back button may bring back a page that was left while it was sent.
window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form").forEach((form) => busy(form, null, false)));
focusProblems(document);
