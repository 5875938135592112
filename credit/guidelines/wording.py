"""Rules as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit.guidelines.catalogue import BY_NAME
from credit.guidelines.reading import REQUESTED, conditions_of
from o2c.kernel.ui.figures import Text

OPERATORS: dict[str, Text] = {
    "lte": "≤",
    "lt": "<",
    "gte": "≥",
    "gt": ">",
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
}
OUTCOMES: dict[str, Text] = {
    "approve": gettext_lazy("Approve"),
    "decline": gettext_lazy("Decline"),
    "refer": gettext_lazy("Refer to a person"),
}


@dataclass(frozen=True, kw_only=True)
class RuleInWords:
    name: str
    conditions: Sequence[str]
    outcome: str
    limit: str
    valid_days: int | None
    reason: str


def in_words(rule: dict[str, Any]) -> RuleInWords:
    """Put a rule into words; it has been read without a problem before."""
    outcome = rule["then"]
    return RuleInWords(
        name=rule["name"],
        conditions=[_condition(*parts) for parts in conditions_of(rule.get("when", {}))],
        outcome=str(OUTCOMES[outcome]),
        limit=_limit(str(rule["limit"])) if outcome == "approve" else "",
        valid_days=rule["valid_days"] if outcome == "approve" else None,
        reason=rule["reason"],
    )


def _condition(name: str, comparison: str, value: Any) -> str:
    values = ", ".join(value) if isinstance(value, list) else str(value)
    return f"{BY_NAME[name].label} {OPERATORS[comparison]} {values}"


def _limit(text: str) -> str:
    multiple = REQUESTED.fullmatch(text)
    if multiple is None:
        return text
    return _("%(times)s × what is requested") % {"times": multiple[1] or 1}
