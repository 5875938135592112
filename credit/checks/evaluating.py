"""All rules together: the gravest outcome is what happens to the order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credit.checks.facts import CheckFacts, Outcome, Reason
from credit.checks.rules import check_group_limit, check_holds, check_limit, check_standing
from credit.checks.settings import check_settings

# The worst that any rule says is what happens.
SEVERITY = (Outcome.ALLOW, Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)
# Those of the policy come after them: see `check_settings`.
RULES: tuple[Callable[[CheckFacts], Reason | None], ...] = (
    check_standing,
    check_holds,
    check_limit,
    check_group_limit,
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The outcome of all rules for one order; `message` is what the order is told."""

    outcome: str
    reasons: Sequence[Reason]

    @property
    def message(self) -> str:
        """Return the words of the rules that decided; of an order that goes on, of all."""
        return " ".join(r.message for r in self.reasons if r.outcome == self.outcome)

    @property
    def warnings(self) -> list[str]:
        return [reason.message for reason in self.reasons if reason.warns]


def evaluate(facts: CheckFacts) -> Finding:
    """Ask every rule; the gravest outcome counts. Pure: the same facts always say the same."""
    asked = [rule(facts) for rule in RULES]
    reasons = [reason for reason in asked if reason is not None] + check_settings(facts)
    gravest = max((reason.outcome for reason in reasons), key=SEVERITY.index)
    return Finding(outcome=gravest, reasons=reasons)
