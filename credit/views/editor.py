"""A table of rules while somebody edits it in a form, right or wrong.

Rules and conditions have keys that stay with them; their order is that of the hidden fields
`rule` and `r-<key>-c`, so that moving a rule moves its fields and nothing is renumbered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from credit.guidelines import BY_NAME, Problem
from credit.guidelines.reading import REQUESTED, conditions_of
from o2c.kernel.requests import number_of

MANY = ("in", "not_in")
FIXED, TIMES = "fixed", "times"
# Fields of a rule that are typed, with what a new rule starts with.
BLANK = {
    "name": "",
    "then": "refer",
    "limit_kind": FIXED,
    "limit": "",
    "valid_days": "365",
    "reason": "",
}
# The place of a problem within a rule, by the field that shows it.
SHOWN_AT = {"then": "then", "limit": "limit", "valid_days": "valid_days", "reason": "reason"}
PARTS = ("fact", "operator", "value")
# More fields than any table has; the rest of a forged form is left aside.
MOST = 300


@dataclass
class EditedCondition:
    key: str
    fact: str = ""
    operator: str = ""
    value: str = ""
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.fact or self.value)

    @property
    def unit(self) -> str:
        return str(BY_NAME[self.fact].unit) if self.fact in BY_NAME else ""

    def as_json(self) -> list[Any]:
        fact = BY_NAME.get(self.fact)
        text = self.value.strip()
        if fact is not None and fact.is_number:
            return [self.fact, self.operator, text.replace(",", "")]
        if fact is not None and not fact.choices:
            text = text.upper()
        values: Any = text.replace(",", " ").split() if self.operator in MANY else text
        return [self.fact, self.operator, values]


@dataclass
class EditedRule:
    key: str
    values: dict[str, str] = field(default_factory=lambda: dict(BLANK))
    conditions: list[EditedCondition] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> list[EditedCondition]:
        """Return the conditions that say something; an empty row is none."""
        return [condition for condition in self.conditions if not condition.is_blank]

    def as_json(self) -> dict[str, Any]:
        values = self.values
        rule: dict[str, Any] = {
            "name": values["name"].strip(),
            "when": [condition.as_json() for condition in self.told],
            "then": values["then"],
            "reason": values["reason"].strip(),
        }
        if values["then"] == "approve":
            rule["limit"] = self._limit()
            days = values["valid_days"].strip()
            number = number_of(days)
            rule["valid_days"] = days if number is None else number
        return rule

    def _limit(self) -> str:
        text = self.values["limit"].strip().replace(",", "")
        return f"requested*{text}" if self.values["limit_kind"] == TIMES else text


@dataclass
class Editor:
    rules: list[EditedRule]
    problem: str = ""

    @classmethod
    def of_table(cls, table: Iterable[dict[str, Any]]) -> "Editor":
        return cls(rules=[_edited(str(n), rule) for n, rule in enumerate(table)])

    @classmethod
    def of_form(cls, form: QueryDict) -> "Editor":
        return cls(rules=[_posted(key, form) for key in form.getlist("rule")[:MOST]])

    def as_json(self) -> list[dict[str, Any]]:
        return [rule.as_json() for rule in self.rules]

    def do(self, command: str) -> bool:
        """Carry out a button of the form (`up-3`, `drop-3-1`); say whether it was one."""
        verb, _dash, place = command.partition("-")
        if verb == "add":
            self.rules.append(EditedRule(key=self._new_key()))
            return True
        key, _dash, inner = place.partition("-")
        found = next((n for n, rule in enumerate(self.rules) if rule.key == key), None)
        if verb not in CHANGES or found is None:
            return False
        CHANGES[verb](self, found, inner)
        return True

    def note(self, problems: Sequence[Problem]) -> None:
        """Put each problem at the field that it belongs to."""
        for problem in problems:
            parts = problem.place.split(".")
            if len(parts) == 1:
                self.problem = problem.message
                continue
            _place(self.rules[int(parts[1])], parts[2:], problem.message)

    def _new_key(self) -> str:
        taken = {rule.key for rule in self.rules}
        return next(str(n) for n in range(len(taken), 2 * len(taken) + 2) if str(n) not in taken)

    def move(self, place: int, step: int) -> None:
        other = place + step
        if 0 <= other < len(self.rules):
            self.rules[place], self.rules[other] = self.rules[other], self.rules[place]

    def copy(self, place: int) -> None:
        rule = self.rules[place]
        twin = EditedRule(
            key=self._new_key(),
            values={**rule.values, "name": f"{rule.values['name']}_copy"[:60]},
            conditions=[EditedCondition(c.key, c.fact, c.operator, c.value) for c in rule.told],
        )
        self.rules.insert(place + 1, twin)

    def add_condition(self, place: int) -> None:
        conditions = self.rules[place].conditions
        taken = {condition.key for condition in conditions}
        key = next(str(n) for n in range(2 * len(taken) + 2) if str(n) not in taken)
        conditions.append(EditedCondition(key=key))

    def drop_condition(self, place: int, key: str) -> None:
        rule = self.rules[place]
        rule.conditions = [condition for condition in rule.conditions if condition.key != key]


CHANGES: dict[str, Callable[[Editor, int, str], object]] = {
    "up": lambda editor, place, inner: editor.move(place, -1),
    "down": lambda editor, place, inner: editor.move(place, 1),
    "copy": lambda editor, place, inner: editor.copy(place),
    "remove": lambda editor, place, inner: editor.rules.pop(place),
    "condition": lambda editor, place, inner: editor.add_condition(place),
    "drop": lambda editor, place, inner: editor.drop_condition(place, inner),
}


def _edited(key: str, rule: dict[str, Any]) -> EditedRule:
    multiple = REQUESTED.fullmatch(str(rule.get("limit", "")))
    limit = (multiple[1] or "1") if multiple else str(rule.get("limit", ""))
    values = {
        "name": rule["name"],
        "then": rule["then"],
        "limit_kind": TIMES if multiple else FIXED,
        "limit": limit,
        "valid_days": str(rule.get("valid_days", BLANK["valid_days"])),
        "reason": rule["reason"],
    }
    conditions = [
        EditedCondition(str(n), fact, operator, " ".join(v) if isinstance(v, list) else str(v))
        for n, (fact, operator, v) in enumerate(conditions_of(rule.get("when", {})))
    ]
    return EditedRule(key=key, values=values, conditions=conditions)


def _posted(key: str, form: QueryDict) -> EditedRule:
    values = {name: form.get(f"r-{key}-{name}", blank) for name, blank in BLANK.items()}
    conditions = [
        EditedCondition(inner, *(form.get(f"r-{key}-{inner}-{part}", "") for part in PARTS))
        for inner in form.getlist(f"r-{key}-c")[:MOST]
    ]
    return EditedRule(key=key, values=values, conditions=conditions)


def _place(rule: EditedRule, parts: Sequence[str], message: str) -> None:
    """Show a problem in a rule: at a condition, at a field, or at the name."""
    if parts[:1] == ["when"] and len(parts) > 1:
        condition = rule.told[int(parts[1])]
        condition.problem = condition.problem or message
        return
    where = SHOWN_AT.get(parts[0] if parts else "", "name")
    rule.problems[where] = rule.problems.get(where, message)
