"""What would happen to an order that is submitted now, by the rules of the check itself."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import guidelines
from credit.checks import ApplicationFacts, CheckFacts, HoldFacts, Outcome, evaluate
from credit.checks.facts import facts_about
from credit.models import CreditAccount, CreditApplication, GuidelineTable
from credit.selectors.accounts import holds_that_stand
from credit.selectors.facts import Request, guideline_facts
from credit.selectors.history import history_of
from credit.selectors.together import exceptions_of
from customers.models import Address
from o2c.kernel.company import the_company
from o2c.kernel.money import ZERO

Standing = CreditAccount.Standing


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What would happen to an order that is submitted now."""

    outcome: str
    message: str


def forecast(
    account: CreditAccount,
    amount: Decimal,
    *,
    today: date,
    counted: Decimal = ZERO,
    order_id: int | None = None,
    is_far: bool = False,
) -> Forecast:
    """Say what would happen to an order of `amount`, tax included, submitted now.

    Args:
        account: as `account_for_page` returns it.
        counted: what the exposure holds of the order already.
        order_id: the order that is about to change, None: there is none yet.
        is_far: all of it is wanted beyond the horizon, so it is not counted yet.
    """
    holds = [HoldFacts(kind=hold.kind, reason=hold.reason) for hold in holds_that_stand(account.pk)]
    facts = facts_about(
        account,
        holds,
        amount=amount,
        counted=counted,
        today=today,
        house_currency=the_company().currency,
    )
    facts = replace(facts, is_far=is_far)
    if order_id is not None and evaluate(facts).outcome != Outcome.ALLOW:
        found = exceptions_of({order_id: amount}, today=today)[order_id]
        facts = replace(facts, prepaid=found.prepaid, release=found.release)
    if facts.standing != Standing.APPROVED and not facts.is_prepaid:
        return _first_time(account, facts, today)
    return _told(
        facts, far_words(account) if is_far else _("It will go on to the warehouse at once.")
    )


def far_words(account: CreditAccount) -> str:
    """Say what being wanted beyond the horizon means for an order."""
    days = account.policy.horizon_days
    return _(
        "It is wanted later than in %(days)s days: it does not count against the limit yet, and "
        "credit looks at it again when its day comes near."
    ) % {"days": days}


def _told(facts: CheckFacts, welcome: str) -> Forecast:
    """Ask the rules of the check, and put what they say into the future."""
    found = evaluate(facts)
    if found.outcome == Outcome.ALLOW:
        return Forecast(outcome="allow", message=" ".join([welcome, *found.warnings]))
    opening = (
        _("It will wait.")
        if found.outcome == Outcome.HOLD
        else _("Credit control will look at it first.")
    )
    return Forecast(outcome=str(found.outcome), message=f"{opening} {found.message}")


def _first_time(account: CreditAccount, facts: CheckFacts, today: date) -> Forecast:
    """Say what the guidelines will say, and what the check makes of it."""
    waiting = CreditApplication.objects.waiting().filter(customer=account.pk).first()
    if waiting is not None:
        told = ApplicationFacts(number=waiting.number, state=waiting.state, reason=waiting.reason)
        return _told(replace(facts, application=told), "")
    history = history_of(account.pk, today=today, but_orders=[])
    if history.waits_for_bureau:
        message = _("The credit bureau is asked first, then the guidelines decide.")
        return Forecast(outcome="refer", message=message)
    table = GuidelineTable.objects.get(status=GuidelineTable.Status.ACTIVE)
    usual = Address.objects.filter(customer=account.pk, kind=Address.Kind.SHIP_TO)
    country = usual.order_by("-is_default", "pk").values_list("country", flat=True).first() or ""
    request = Request(
        requested_amount=account.exposure + facts.amount,
        order_amount=facts.amount,
        country=country,
    )
    known = guideline_facts(account, CreditApplication(), request, history, today=today)
    verdict = guidelines.decide(guidelines.parse(table.rules), known)
    if verdict.outcome == guidelines.APPROVE:
        granted = replace(facts, standing=str(Standing.APPROVED), limit=verdict.limit)
        return _told(granted, _("Credit will be approved with it: %s") % verdict.reason)
    outcome = "refer" if verdict.outcome == guidelines.REFER else "decline"
    message = _("Credit control will look at it first: %s") % verdict.reason
    return Forecast(outcome=outcome, message=message)
