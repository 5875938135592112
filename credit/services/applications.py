"""Credit applications that open by themselves, and what the guidelines say about them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from credit import guidelines
from credit.events import ApplicationDecided, ApplicationReferred
from credit.models import CreditAccount, CreditApplication, CreditDecision, GuidelineTable
from credit.selectors.facts import guideline_facts
from credit.services.accounts import decide_credit
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from orders.models import Order

# Whoever is referred to us hears from us within this time.
ANSWER_WITHIN = timedelta(hours=4)
Outcome = CreditDecision.Outcome


@dataclass(frozen=True, kw_only=True)
class Need:
    """The order that makes a customer apply, and what it comes to, tax included."""

    order: Order
    amount: Decimal
    today: date


def apply_for_credit(
    account: CreditAccount, need: Need, *, at: datetime, actor: Actor
) -> CreditApplication:
    """Return the customer's open application, or open one and let the guidelines decide it."""
    waiting = CreditApplication.objects.waiting().filter(customer=account.pk).first()
    if waiting is not None:
        return waiting
    table = GuidelineTable.objects.get(status=GuidelineTable.Status.ACTIVE)
    requested = account.exposure + need.amount
    facts = guideline_facts(
        account,
        requested_amount=requested,
        country=need.order.ship_to.country,
        today=need.today,
        but_order=need.order.pk,
    )
    verdict = guidelines.decide(guidelines.parse(table.rules), facts)
    application = CreditApplication(
        customer_id=account.pk,
        order=need.order,
        requested_amount=requested,
        inputs=facts,
        guideline=table,
        rule=verdict.rule,
        opened_at=at,
        answer_by=at + ANSWER_WITHIN,
    )
    if verdict.outcome == "refer":
        _refer(application, verdict, at=at, actor=actor)
    else:
        _decide(application, account, verdict, need=need, at=at, actor=actor)
    return application


def _refer(
    application: CreditApplication, verdict: guidelines.Verdict, *, at: datetime, actor: Actor
) -> None:
    application.refer(reason=verdict.reason)
    audit.create(application, at=at, actor=actor, touches=_touched(application))
    publish(ApplicationReferred(application_id=application.pk, at=at, actor=actor))


def _decide(
    application: CreditApplication,
    account: CreditAccount,
    verdict: guidelines.Verdict,
    *,
    need: Need,
    at: datetime,
    actor: Actor,
) -> None:
    is_approved = verdict.outcome == "approve"
    decision = CreditDecision(
        customer_id=account.pk,
        outcome=Outcome.APPROVED if is_approved else Outcome.DECLINED,
        limit=verdict.limit if is_approved else ZERO,
        valid_until=need.today + timedelta(days=verdict.valid_days) if is_approved else None,
        inputs=application.inputs,
        guideline=application.guideline,
        rule=verdict.rule,
        reason=verdict.reason,
        decided_at=at,
        decided_by=f"{application.guideline}",
    )
    decide_credit(account, decision, at=at, actor=actor)
    record = application.approve if is_approved else application.decline
    record(reason=verdict.reason, at=at)
    audit.create(application, at=at, actor=actor, touches=_touched(application))
    publish(ApplicationDecided(application_id=application.pk, at=at, actor=actor))


def _touched(application: CreditApplication) -> list[str]:
    return [f"customer:{application.customer_id}", f"order:{application.order_id}"]
