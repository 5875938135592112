"""Credit checks of orders: every evaluation is stored, and tells the order how to go on."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from credit.checks import (
    ApplicationFacts,
    CheckFacts,
    Finding,
    HoldFacts,
    ReleaseFacts,
    evaluate,
)
from credit.models import CreditAccount, CreditApplication, CreditCheck, OrderRelease
from credit.services.accounts import account_of, active_holds
from credit.services.applications import Need, apply_for_credit
from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.gathering import is_held_back
from o2c.kernel.locks import lock, lock_found_under, locking
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import gross_of, open_gross

Outcome = CreditCheck.Outcome
Standing = CreditAccount.Standing


@service
def review_order(order_id: int, *, at: datetime, actor: Actor) -> CreditCheck:
    """Check an order that waits, keep the check, and release, hold, refer or decline the order.

    Raises:
        Order.DoesNotExist: no such order.
        TransitionNotAllowed: the order waits for nothing.
    """
    order = orders.lock_order(order_id)
    finding, check = assess(order, counted=ZERO, at=at, actor=actor)
    rows.insert([check])
    _tell(order, finding, at=at, actor=actor)
    return check


@service
def recheck_waiting(customer_id: int, *, at: datetime, actor: Actor) -> int:
    """Check the customer's waiting orders again, oldest first; return how many were released."""
    customer = lock(Customer, customer_id)
    waiting = lock_found_under(customer, _waiting_of, customer_id)
    checks = []
    for order in sorted(waiting, key=lambda order: (order.submitted_at, order.pk)):
        finding, check = assess(order, counted=ZERO, at=at, actor=actor)
        checks.append(check)
        _tell(order, finding, at=at, actor=actor)
    rows.insert(checks)
    return sum(check.outcome == Outcome.ALLOW for check in checks)


@locking
def _waiting_of(customer_id: int) -> QuerySet[Order]:
    states = [Order.State.IN_REVIEW, Order.State.ON_HOLD]
    return Order.objects.filter(customer=customer_id, state__in=states)


@service
def recheck_after(order_id: int, *, at: datetime, actor: Actor) -> int:
    """Check what else waits, after an order of the customer has become smaller."""
    order = orders.lock_order(order_id)
    return recheck_waiting(order.customer_id, at=at, actor=actor)


def assess(
    order: Order, *, counted: Decimal, at: datetime, actor: Actor
) -> tuple[Finding, CreditCheck]:
    """Ask every rule about a locked order; the check is returned, not stored.

    `counted`: what the exposure holds of this very order already, tax included.
    """
    facts = _facts(order, counted=counted, at=at, actor=actor)
    finding = evaluate(facts)
    check = CreditCheck(
        order=order,
        outcome=finding.outcome,
        reasons=[reason.as_json() for reason in finding.reasons],
        inputs=facts.as_json(),
        checked_at=at,
    )
    return finding, check


def _facts(order: Order, *, counted: Decimal, at: datetime, actor: Actor) -> CheckFacts:
    customer = lock(Customer, order.customer_id)
    account = account_of(customer, at=at, actor=actor)
    today = local_date(at, the_company())
    amount = open_gross(order, orders.lines_of(order))
    application = None
    if account.standing(today) != Standing.APPROVED:
        need = Need(order=order, amount=amount, today=today)
        application = apply_for_credit(account, need, at=at, actor=actor)
    exposure = account.exposure - counted
    return CheckFacts(
        standing=account.standing(today),
        application=_application_facts(application),
        holds=[HoldFacts(kind=hold.kind, reason=hold.reason) for hold in active_holds(customer)],
        exposure=exposure,
        limit=account.limit,
        amount=amount,
        currency=account.currency,
        release=_release_facts(order, today) if exposure + amount > account.limit else None,
    )


def _application_facts(application: CreditApplication | None) -> ApplicationFacts | None:
    if application is None:
        return None
    return ApplicationFacts(
        number=application.number, state=application.state, reason=application.reason
    )


def _release_facts(order: Order, today: date) -> ReleaseFacts | None:
    """Return the permission that covers all of the order, shipped goods too, if one is valid."""
    if is_held_back(order):
        return None  # not even written: nobody can have permitted it
    lines = orders.lines_of(order)
    amount = gross_of(order, lines, {pk: row.ordered - row.cancelled for pk, row in lines.items()})
    valid = OrderRelease.objects.filter(order=order, amount__gte=amount, expires_on__gte=today)
    release = valid.order_by("-expires_on", "-pk").first()
    if release is None:
        return None
    return ReleaseFacts(amount=release.amount, expires_on=release.expires_on.isoformat())


def _tell(order: Order, finding: Finding, *, at: datetime, actor: Actor) -> None:
    """Let the order go on as was found; one that waits for the same already is left alone."""
    reason = finding.message
    if finding.outcome == Outcome.ALLOW:
        orders.release_order(order.pk, at=at, actor=actor)
    elif finding.outcome == Outcome.DECLINE:
        orders.decline_order(order.pk, reason=reason, at=at, actor=actor)
    elif finding.outcome == Outcome.REFER and order.state != Order.State.IN_REVIEW:
        orders.refer_order(order.pk, reason=reason, at=at, actor=actor)
    elif finding.outcome == Outcome.HOLD and order.state != Order.State.ON_HOLD:
        orders.hold_order(order.pk, reason=reason, at=at, actor=actor)
