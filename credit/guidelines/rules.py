"""The guideline interpreter: a decision table applied to facts. Pure, so any decision replays.

The first rule whose conditions all hold speaks. A fact that is unknown (None) meets no
condition. Amounts are in the account's currency, tax included.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from credit.guidelines.catalogue import NUMBERS
from o2c.kernel.money import ZERO, round_money

Facts = Mapping[str, Any]

APPROVE, DECLINE, REFER = "approve", "decline", "refer"
OUTCOMES = (APPROVE, DECLINE, REFER)
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
FOR_NUMBERS = ("lte", "lt", "gte", "gt", "eq", "ne")
FOR_TEXTS = ("in", "not_in", "eq", "ne")
# What the tables can hold.
LARGEST_LIMIT = Decimal("999999999999")


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

    amount: Decimal = ZERO
    times_requested: Decimal = ZERO

    def of(self, facts: Facts) -> Decimal:
        """Return the limit, at the currency's minor unit, never below zero."""
        exact = self.amount + self.times_requested * Decimal(str(facts["requested_amount"]))
        return round_money(min(max(exact, ZERO), LARGEST_LIMIT), facts["currency"])


@dataclass(frozen=True, kw_only=True)
class Rule:
    name: str
    conditions: Sequence[Condition]
    outcome: str
    limit: Limit
    valid_days: int
    reason: str

    @property
    def result(self) -> tuple[str, Limit, int]:
        """Return what the rule does to a customer, whatever it says about it."""
        return self.outcome, self.limit, self.valid_days


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a table says about a customer. `limit` and `valid_days` are 0 unless it approves."""

    rule: str
    outcome: str
    limit: Decimal
    valid_days: int
    reason: str

    @property
    def effect(self) -> tuple[str, Decimal, int]:
        return self.outcome, self.limit, self.valid_days


def decide(rules: Iterable[Rule], facts: Facts) -> Verdict:
    """Apply the table; what no rule speaks about is referred to a person."""
    for rule in rules:
        if all(condition.holds(facts) for condition in rule.conditions):
            return Verdict(
                rule=rule.name,
                outcome=rule.outcome,
                limit=rule.limit.of(facts) if rule.outcome == APPROVE else ZERO,
                valid_days=rule.valid_days,
                reason=rule.reason,
            )
    reason = _("No guideline speaks about this case.")
    return Verdict(rule="", outcome=REFER, limit=ZERO, valid_days=0, reason=reason)
