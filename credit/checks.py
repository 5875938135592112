"""The rules of a credit check. Each says what it finds about one order, with words for people."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit.models import CreditAccount, CreditApplication, CreditCheck, Hold
from o2c.kernel.ui.figures import money_in

Outcome = CreditCheck.Outcome
# The worst that any rule says is what happens.
SEVERITY = (Outcome.ALLOW, Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)

WAY_OUT = {
    Hold.Kind.OVERDUE: gettext_lazy("It ends at once when the overdue invoices are paid."),
    Hold.Kind.MANUAL: gettext_lazy("It ends when credit control releases it."),
}


@dataclass(frozen=True, kw_only=True)
class HoldFacts:
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """A person's permission for this order, still valid on the day of the check."""

    amount: Decimal
    expires_on: str


@dataclass(frozen=True, kw_only=True)
class ApplicationFacts:
    number: str
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CheckFacts:
    """What the rules see. Amounts include tax and are in `currency`."""

    standing: str
    application: ApplicationFacts | None
    holds: Sequence[HoldFacts]
    exposure: Decimal
    limit: Decimal
    amount: Decimal
    currency: str
    release: ReleaseFacts | None

    @property
    def over_limit(self) -> Decimal:
        return self.exposure + self.amount - self.limit

    def as_json(self) -> dict[str, Any]:
        amounts = {name: str(getattr(self, name)) for name in ("exposure", "limit", "amount")}
        release = self.release and {**asdict(self.release), "amount": str(self.release.amount)}
        return {**asdict(self), **amounts, "release": release}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What one rule said."""

    rule: str
    outcome: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"rule": self.rule, "outcome": str(self.outcome), "message": self.message}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The outcome of all rules for one order; `message` is what the order is told."""

    outcome: str
    reasons: list[Reason]

    @property
    def message(self) -> str:
        return " ".join(r.message for r in self.reasons if r.outcome == self.outcome)


def evaluate(facts: CheckFacts) -> Finding:
    """Ask every rule; the gravest outcome counts."""
    reasons = [rule(facts) for rule in RULES]
    gravest = max((reason.outcome for reason in reasons), key=SEVERITY.index)
    return Finding(outcome=gravest, reasons=reasons)


def check_standing(facts: CheckFacts) -> Reason:
    """Only a customer with a current approval buys on credit; who has none applies first."""
    application = facts.application
    if facts.standing == CreditAccount.Standing.APPROVED:
        return Reason(
            rule="standing", outcome=Outcome.ALLOW, message=_("The customer's credit is approved.")
        )
    if application is None or application.state == CreditApplication.State.DECLINED:
        why = application.reason if application else _("There is no approval.")
        return Reason(
            rule="standing", outcome=Outcome.DECLINE, message=_("Credit declined: %s") % why
        )
    return Reason(
        rule="standing",
        outcome=Outcome.REFER,
        message=_("Credit application %(number)s waits for a decision: %(reason)s")
        % {"number": application.number, "reason": application.reason},
    )


def check_holds(facts: CheckFacts) -> Reason:
    """While a hold stands, nothing more is released."""
    if not facts.holds:
        return Reason(rule="holds", outcome=Outcome.ALLOW, message=_("No hold stands."))
    message = " ".join(
        _("The account is on hold: %(reason)s. %(way_out)s")
        % {"reason": hold.reason.rstrip("."), "way_out": WAY_OUT[Hold.Kind(hold.kind)]}
        for hold in facts.holds
    )
    return Reason(rule="holds", outcome=Outcome.HOLD, message=message)


def check_limit(facts: CheckFacts) -> Reason:
    """Exposure with this order stays within the limit, or a person has permitted the order."""
    amounts = {
        "exposure": money_in(facts.exposure, facts.currency),
        "amount": money_in(facts.amount, facts.currency),
        "limit": money_in(facts.limit, facts.currency),
        "excess": money_in(facts.over_limit, facts.currency),
    }
    if facts.over_limit <= 0:
        message = _("%(exposure)s owed and this order of %(amount)s fit the limit of %(limit)s.")
        return Reason(rule="limit", outcome=Outcome.ALLOW, message=message % amounts)
    if facts.release is not None and facts.release.amount >= facts.amount:
        message = _("Over the limit by %(excess)s, permitted for this order by credit control.")
        return Reason(rule="limit", outcome=Outcome.ALLOW, message=message % amounts)
    message = _(
        "%(excess)s over the credit limit: %(exposure)s owed and this order of %(amount)s against "
        "%(limit)s. It goes on as soon as payments or a higher limit make room for it."
    )
    return Reason(rule="limit", outcome=Outcome.HOLD, message=message % amounts)


RULES: tuple[Callable[[CheckFacts], Reason], ...] = (check_standing, check_holds, check_limit)
