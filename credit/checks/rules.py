"""The rules about standing, holds and limits. Each says what it finds, with words for people."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit.checks.facts import CheckFacts, Outcome, Reason
from credit.models import CreditAccount, CreditApplication, Hold
from o2c.kernel.ui.figures import money_in

WAY_OUT = {
    Hold.Kind.OVERDUE: gettext_lazy("It ends at once when the overdue invoices are paid."),
    Hold.Kind.MANUAL: gettext_lazy("It ends when credit control releases it."),
}


def check_standing(facts: CheckFacts) -> Reason:
    """Only a customer with a current approval buys on credit; who has none applies first."""
    application = facts.application
    if facts.is_prepaid:
        return paid_in_advance("standing")
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
    if facts.is_prepaid:
        return paid_in_advance("limit")
    if facts.is_far:
        message = _("It is wanted later than the horizon: it is not counted yet.")
        return Reason(rule="limit", outcome=Outcome.ALLOW, message=message)
    amounts = _amounts(
        facts, exposure=facts.exposure, limit=facts.limit + facts.backing, excess=facts.over_limit
    )
    if facts.over_limit <= 0:
        message = _("%(exposure)s owed and this order of %(amount)s fit the limit of %(limit)s.")
        return Reason(rule="limit", outcome=Outcome.ALLOW, message=message % amounts)
    if facts.is_permitted:
        message = _("Over the limit by %(excess)s, permitted for this order by credit control.")
        return Reason(rule="limit", outcome=Outcome.ALLOW, message=message % amounts)
    message = _(
        "%(excess)s over the credit limit: %(exposure)s owed and this order of %(amount)s against "
        "%(limit)s. It goes on as soon as payments or a higher limit make room for it."
    )
    return Reason(rule="limit", outcome=Outcome.HOLD, message=message % amounts)


def check_group_limit(facts: CheckFacts) -> Reason | None:
    """What all members of the group owe stays within the group's limit."""
    group = facts.group
    if group is None or facts.is_far:
        return None
    if facts.is_prepaid:
        return paid_in_advance("group_limit")
    excess = facts.over_group_limit
    amounts = _amounts(facts, exposure=group.exposure, limit=group.limit, excess=excess)
    if excess <= 0:
        message = _("The group owes %(exposure)s; this order fits its limit of %(limit)s.")
        return Reason(rule="group_limit", outcome=Outcome.ALLOW, message=message % amounts)
    if facts.is_permitted:
        message = _("Over the group's limit by %(excess)s, permitted by credit control.")
        return Reason(rule="group_limit", outcome=Outcome.ALLOW, message=message % amounts)
    message = _(
        "%(excess)s over the limit of the group: its members owe %(exposure)s, and this order of "
        "%(amount)s counts against %(limit)s. It goes on as soon as one of them pays."
    )
    return Reason(rule="group_limit", outcome=Outcome.HOLD, message=message % amounts)


def paid_in_advance(rule: str) -> Reason:
    return Reason(rule=rule, outcome=Outcome.ALLOW, message=_("It is paid in advance."))


def _amounts(facts: CheckFacts, **amounts: Decimal) -> dict[str, str]:
    amounts["amount"] = facts.amount
    return {name: money_in(amount, facts.currency) for name, amount in amounts.items()}
