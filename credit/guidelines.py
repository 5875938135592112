"""The guideline interpreter: a decision table applied to facts. Pure, so any decision replays.

The first rule whose conditions all hold speaks. A fact that is unknown (None) meets no
condition. Amounts are in the account's currency, tax included.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError

Facts = Mapping[str, Any]

NUMBERS = {
    "requested_amount",
    "exposure",
    "orders_placed",
    "orders_closed",
    "orders_paid_on_time",
    "overdue_holds_last_year",
    "years_as_customer",
    "days_since_declined",
}
TEXTS = {"standing", "country", "currency"}
OUTCOMES = ("approve", "decline", "refer")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda fact, values: fact in values,
    "not_in": lambda fact, values: fact not in values,
}
FOR_NUMBERS = {"eq", "ne", "lt", "lte", "gt", "gte"}
FOR_TEXTS = {"eq", "ne", "in", "not_in"}
REQUESTED = re.compile(r"requested(?:\*(\d+(?:\.\d+)?))?")
KEYS = {"name", "when", "then", "limit", "valid_days", "reason"}


class InvalidGuidelines(DomainError):
    """The table cannot be applied as it is written."""

    code = "invalid_guidelines"


@dataclass(frozen=True, kw_only=True)
class Condition:
    fact: str
    comparison: str
    value: Any

    def holds(self, facts: Facts) -> bool:
        found = facts.get(self.fact)
        if found is None:
            return False
        known = Decimal(str(found)) if self.fact in NUMBERS else found
        return COMPARISONS[self.comparison](known, self.value)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A fixed amount, or a multiple of what is requested."""

    amount: Decimal = Decimal(0)
    times_requested: Decimal = Decimal(0)

    def of(self, facts: Facts) -> Decimal:
        return self.amount + self.times_requested * Decimal(str(facts["requested_amount"]))


@dataclass(frozen=True, kw_only=True)
class Rule:
    name: str
    conditions: Sequence[Condition]
    outcome: str
    limit: Limit
    valid_days: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a table says about a customer. `limit` and `valid_days` are 0 unless it approves."""

    rule: str
    outcome: str
    limit: Decimal
    valid_days: int
    reason: str


def decide(rules: Iterable[Rule], facts: Facts) -> Verdict:
    """Apply the table; what no rule speaks about is referred to a person."""
    for rule in rules:
        if all(condition.holds(facts) for condition in rule.conditions):
            return Verdict(
                rule=rule.name,
                outcome=rule.outcome,
                limit=rule.limit.of(facts),
                valid_days=rule.valid_days,
                reason=rule.reason,
            )
    reason = _("No guideline speaks about this case.")
    return Verdict(rule="", outcome="refer", limit=Decimal(0), valid_days=0, reason=reason)


def parse(table: Any) -> list[Rule]:
    """Read a table of rules.

    Raises:
        InvalidGuidelines: something in it has no meaning; the message names the rule.
    """
    if not isinstance(table, list) or not table:
        raise InvalidGuidelines(_("The guidelines must be a list with at least one rule."))
    rules = [_rule(number, entry) for number, entry in enumerate(table, start=1)]
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise InvalidGuidelines(_("Two rules are named %(name)s.") % {"name": name})
    return rules


def _rule(number: int, entry: Any) -> Rule:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise InvalidGuidelines(_("Rule %(number)s has no name.") % {"number": number})
    name = entry["name"]
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise _refusal(name, _("%(key)s is not part of a rule") % {"key": unknown[0]})
    outcome = entry.get("then")
    if outcome not in OUTCOMES:
        raise _refusal(name, _("“then” must be one of %(words)s") % {"words": ", ".join(OUTCOMES)})
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason:
        raise _refusal(name, _("it gives no reason"))
    limit, valid_days = _approval(name, entry) if outcome == "approve" else (Limit(), 0)
    when = entry.get("when", {})
    if not isinstance(when, dict):
        raise _refusal(name, _("“when” must map facts to conditions"))
    return Rule(
        name=name,
        conditions=[_condition(name, fact, condition) for fact, condition in when.items()],
        outcome=outcome,
        limit=limit,
        valid_days=valid_days,
        reason=reason,
    )


def _approval(name: str, entry: dict[str, Any]) -> tuple[Limit, int]:
    valid_days = entry.get("valid_days")
    if not isinstance(valid_days, int) or valid_days < 1:
        raise _refusal(name, _("an approval needs “valid_days”, at least 1"))
    text = str(entry.get("limit", ""))
    multiple = REQUESTED.fullmatch(text)
    if multiple:
        return Limit(times_requested=Decimal(multiple[1] or 1)), valid_days
    amount = _number(text)
    if amount is None or amount < 0:
        raise _refusal(name, _("“limit” must be an amount, “requested” or “requested*2”"))
    return Limit(amount=amount), valid_days


def _condition(name: str, fact: str, condition: Any) -> Condition:
    if fact not in NUMBERS | TEXTS:
        raise _refusal(name, _("there is no fact named %(fact)s") % {"fact": fact})
    if not isinstance(condition, list | tuple) or len(condition) != len(("operator", "value")):
        raise _refusal(name, _("%(fact)s needs an operator and a value") % {"fact": fact})
    comparison, value = condition
    allowed = FOR_NUMBERS if fact in NUMBERS else FOR_TEXTS
    if comparison not in allowed:
        words = {"fact": fact, "words": ", ".join(sorted(allowed))}
        raise _refusal(name, _("%(fact)s can be compared by %(words)s") % words)
    known = _number(value) if fact in NUMBERS else _text(comparison, value)
    if known is None:
        raise _refusal(name, _("%(fact)s cannot be compared with that value") % {"fact": fact})
    return Condition(fact=fact, comparison=comparison, value=known)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(comparison: str, value: Any) -> Any:
    if comparison in ("in", "not_in"):
        is_list = isinstance(value, list) and all(isinstance(word, str) for word in value)
        return frozenset(value) if is_list else None
    return value if isinstance(value, str) else None


def _refusal(name: str, problem: str) -> InvalidGuidelines:
    return InvalidGuidelines(_("Rule %(name)s: %(problem)s.") % {"name": name, "problem": problem})
