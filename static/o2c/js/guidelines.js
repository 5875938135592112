// The editor of guidelines: rules and conditions are added, moved, copied and removed in place.
// Without this module the same buttons send the form, and the server does the same.

const form = document.getElementById("guideline-form");
const rules = document.getElementById("rules");

const keysOf = (selector, name) => [...form.querySelectorAll(selector)].map((part) => part.dataset[name]);
const changed = () => form.dispatchEvent(new Event("rules-changed"));

function freeKey(taken) {
  let key = taken.length;
  while (taken.includes(String(key))) key += 1;
  return String(key);
}

function made(id, key, inner = "") {
  const html = document.getElementById(id).innerHTML.replaceAll("__k__", key).replaceAll("__c__", inner);
  const holder = document.createElement("div");
  holder.innerHTML = html;
  return holder.firstElementChild;
}

const field = (rule, name) => rule.querySelector(`[name="r-${rule.dataset.rule}-${name}"]`);

function addRule(after = null) {
  const rule = made("rule-template", freeKey(keysOf("[data-rule]", "rule")));
  if (after) after.after(rule);
  else rules.append(rule);
  fit(rule);
  return rule;
}

function addCondition(rule) {
  const taken = [...rule.querySelectorAll("[data-condition]")].map((part) => part.dataset.condition);
  const condition = made("condition-template", rule.dataset.rule, freeKey(taken));
  rule.querySelector(".conditions").append(condition);
  fitCondition(condition);
  return condition;
}

function copyRule(rule) {
  const twin = addRule(rule);
  for (const name of ["then", "limit_kind", "limit", "valid_days", "reason"]) field(twin, name).value = field(rule, name).value;
  field(twin, "name").value = `${field(rule, "name").value}_copy`.slice(0, 60);
  for (const condition of rule.querySelectorAll("[data-condition]")) {
    const [from, to] = [condition, addCondition(twin)].map((part) => part.querySelectorAll("select, input:not([type=hidden])"));
    from.forEach((control, place) => { to[place].value = control.value; });
  }
  fit(twin);
  return twin;
}

function move(rule, step) {
  const other = step < 0 ? rule.previousElementSibling : rule.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(rule);
  else other.after(rule);
}

const VERBS = {
  add: () => field(addRule(), "name").focus(),
  up: (rule, button) => { move(rule, -1); button.focus(); },
  down: (rule, button) => { move(rule, 1); button.focus(); },
  copy: (rule) => field(copyRule(rule), "name").select(),
  remove: (rule) => {
    const next = rule.nextElementSibling ?? rule.previousElementSibling;
    rule.remove();
    (next ? field(next, "name") : form.querySelector("[value=add]")).focus();
  },
  condition: (rule) => addCondition(rule).querySelector("select").focus(),
  drop: (rule, button) => {
    button.closest("[data-condition]").remove();
    rule.querySelector("[value^=condition-]").focus();
  },
};

function press(event) {
  const button = event.target.closest("button[name=do]");
  const act = VERBS[button?.value.split("-")[0]];
  if (!act) return;
  event.preventDefault();
  act(button.closest("[data-rule]"), button);
  changed();
}

// What fits the chosen fact: its comparisons, its unit, and the values that it can have.
function fitCondition(condition) {
  const [fact, operator] = condition.querySelectorAll("select");
  const chosen = fact.selectedOptions[0]?.dataset ?? {};
  for (const option of operator.options) option.hidden = option.disabled = Boolean(chosen.kind && option.dataset.for && option.dataset.for !== chosen.kind);
  if (operator.selectedOptions[0]?.disabled) operator.value = [...operator.options].find((option) => !option.disabled).value;
  condition.querySelector(".hint").textContent = chosen.unit ?? "";
  const value = condition.querySelector("input:not([type=hidden])");
  if (chosen.list) value.setAttribute("list", chosen.list);
  else value.removeAttribute("list");
}

function fit(rule) {
  const isApproval = field(rule, "then").value === "approve";
  rule.querySelectorAll(".of-approval").forEach((part) => { part.hidden = !isApproval; });
  rule.querySelectorAll("[data-condition]").forEach(fitCondition);
}

function refit(event) {
  const rule = event.target.closest("[data-rule]");
  if (rule && event.target.matches("select")) fit(rule);
}

// Alt and an arrow move the rule in which one is typing.
function moveByKey(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const rule = event.target.closest?.("[data-rule]");
  if (!step || !event.altKey || !rule) return;
  event.preventDefault();
  move(rule, step);
  event.target.focus();
  changed();
}

form.addEventListener("click", press);
form.addEventListener("change", refit);
form.addEventListener("keydown", moveByKey);
rules.querySelectorAll("[data-rule]").forEach(fit);
