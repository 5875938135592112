"""Credit applications that open by themselves, and what the guidelines say about them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import guidelines
from credit.events import ApplicationDecided, ApplicationReferred, BureauAsked
from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditDecision,
    GuidelineTable,
    GuidelineVerdict,
)
from credit.selectors.facts import Request, guideline_facts
from credit.selectors.history import history_of
from credit.service_level import answer_by
from credit.services.accounts import decide_credit
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from orders.models import Order

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
    history = history_of(account.pk, today=need.today, but_orders=[need.order.pk])
    request = Request(
        requested_amount=account.exposure + need.amount,
        order_amount=need.amount,
        country=need.order.ship_to.country,
    )
    application = CreditApplication(
        customer_id=account.pk,
        order=need.order,
        requested_amount=request.requested_amount,
        opened_at=at,
        answer_by=answer_by(at, within=history.answer_within, company=the_company()),
    )
    application.inputs = guideline_facts(account, application, request, history, today=need.today)
    if history.waits_for_bureau:
        _wait_for_bureau(application, at=at, actor=actor)
        return application
    verdict = hear_guidelines(application, at=at)
    if verdict.outcome == guidelines.REFER:
        application.refer(reason=verdict.reason)
    else:
        grant(application, account, verdict, today=need.today, at=at, actor=actor)
    audit.create(application, at=at, actor=actor, touches=touched(application))
    rows.insert([verdict])
    publish_outcome(application, at=at, actor=actor)
    return application


def _wait_for_bureau(application: CreditApplication, *, at: datetime, actor: Actor) -> None:
    """Ask for the report after this step: nobody outside is asked while an order is placed."""
    application.refer(reason=_("Waiting for the report of the credit bureau."))
    audit.create(application, at=at, actor=actor, touches=touched(application))
    publish(BureauAsked(application_id=application.pk, person_id=None, at=at, actor=actor))


def hear_guidelines(application: CreditApplication, *, at: datetime) -> GuidelineVerdict:
    """Apply the table in force to the application's facts, and note on it which rule spoke."""
    table = GuidelineTable.objects.get(status=GuidelineTable.Status.ACTIVE)
    verdict = guidelines.decide(guidelines.parse(table.rules), application.inputs)
    application.guideline, application.rule = table, verdict.rule
    return GuidelineVerdict(
        application=application,
        guideline=table,
        inputs=application.inputs,
        rule=verdict.rule,
        outcome=verdict.outcome,
        limit=verdict.limit,
        valid_days=verdict.valid_days,
        reason=verdict.reason,
        at=at,
    )


def grant(
    application: CreditApplication,
    account: CreditAccount,
    verdict: GuidelineVerdict,
    *,
    today: date,
    at: datetime,
    actor: Actor,
) -> None:
    """Give the account what the guidelines say, and mark the application so; it is not stored."""
    is_approved = verdict.outcome == guidelines.APPROVE
    decision = CreditDecision(
        customer_id=account.pk,
        outcome=Outcome.APPROVED if is_approved else Outcome.DECLINED,
        limit=verdict.limit if is_approved else ZERO,
        valid_until=today + timedelta(days=verdict.valid_days) if is_approved else None,
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


def publish_outcome(application: CreditApplication, *, at: datetime, actor: Actor) -> None:
    """Tell what has become of a stored application: a person is needed, or it is decided."""
    waits = application.state in CreditApplication.WAITING
    event = ApplicationReferred if waits else ApplicationDecided
    publish(event(application_id=application.pk, at=at, actor=actor))


def touched(application: CreditApplication) -> list[str]:
    return [f"customer:{application.customer_id}", f"order:{application.order_id}"]


def request_of(
    application: CreditApplication, account: CreditAccount, amounts: dict[int, Decimal]
) -> Request:
    """Return what an application asks for now: `amounts` are those of its waiting orders."""
    needed = account.exposure + sum(amounts.values(), ZERO)
    order_amount = amounts.get(application.order_id or 0)
    return Request(
        requested_amount=max(needed, application.requested_limit or ZERO),
        order_amount=order_amount,
        country=application.inputs["country"],
    )
