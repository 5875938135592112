"""Credit checks of orders: every evaluation is stored, and tells the order how to go on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from credit.checks import CheckFacts, Finding
from credit.events import ReleasesExpected
from credit.models import CreditCheck
from credit.services import accounts, order_holds
from credit.services.looking import Together, judge, read_together
from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.locks import lock, lock_found_under, lock_many, locking
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order

Outcome = CreditCheck.Outcome
WAITS = (Outcome.HOLD, Outcome.REFER)

LAST_SAID = """
    SELECT asked.id, last.outcome, last.reasons
      FROM unnest(%(orders)s::bigint[]) AS asked (id)
     CROSS JOIN LATERAL (
           SELECT outcome, reasons FROM credit_creditcheck
            WHERE order_id = asked.id ORDER BY id DESC LIMIT 1) AS last
"""


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
    tell(order, finding, at=at, actor=actor)
    orders.reword_waits({order: finding.message})
    return check


@service
def read_accounts(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Read the accounts and holds of customers that many orders are about to come from."""
    accounts.read_accounts(list(lock_many(Customer, customer_ids).values()), at=at)


@service
def recheck_waiting(customer_id: int, *, at: datetime, actor: Actor) -> int:
    """Check the customer's waiting orders again, oldest first; return how many were released.

    Each that fits what is left goes on. One that does not keeps its place and stops no younger
    one, just as it stops no new order. What is known is read of all of them at once, and
    nothing is written of those of which the check says what it said before. The others say why
    they wait now.
    """
    customer = lock(Customer, customer_id)
    waiting = lock_found_under(customer, _waiting_of, customer_id)
    if not waiting:
        return 0
    together = read_together(waiting, today=local_date(at, the_company()))
    order_holds.read_holds(waiting)
    for order in waiting:
        order.customer = customer
    said = _said_of([order.pk for order in waiting])
    checks, findings = [], {}
    in_turn = sorted(waiting, key=lambda order: (order.submitted_at, order.pk))
    are_expected = False
    for place, order in enumerate(in_turn):
        finding, check = assess(order, counted=ZERO, at=at, actor=actor, together=together)
        if check.outcome == Outcome.ALLOW or said.get(order.pk) != (check.outcome, check.reasons):
            checks.append(check)
        if not are_expected and _asks_for_stock(order, finding):
            _expect(in_turn[place:], at=at, actor=actor)
            are_expected = True
        tell(order, finding, at=at, actor=actor)
        findings[order] = finding
    rows.insert(checks)
    gone_on = sum(check.outcome == Outcome.ALLOW for check in checks)
    if gone_on:
        findings = _judge_again(findings, at=at, actor=actor, together=together)
    orders.reword_waits({order: finding.message for order, finding in findings.items()})
    return gone_on


def _asks_for_stock(order: Order, finding: Finding) -> bool:
    """Say whether `tell` claims goods for the order, or keeps some back for it."""
    is_new = order.state != Order.State.IN_REVIEW
    return finding.outcome == Outcome.ALLOW or (finding.outcome == Outcome.REFER and is_new)


def _expect(waiting: Sequence[Order], *, at: datetime, actor: Actor) -> None:
    """Tell what several orders will ask for one after the other: it is locked all at once."""
    if len(waiting) > 1:
        orders.read_lines(waiting)
        wanted = {line.product_id for order in waiting for line in orders.lines_of(order).values()}
        publish(ReleasesExpected(product_ids=sorted(wanted), at=at, actor=actor))


def _judge_again(
    findings: Mapping[Order, Finding], *, at: datetime, actor: Actor, together: Together
) -> dict[Order, Finding]:
    """Return what stops the others now that some have gone on and taken room."""
    left = [order for order, finding in findings.items() if finding.outcome in WAITS]
    return {
        order: judge(order, counted=ZERO, at=at, actor=actor, together=together)[1]
        for order in left
    }


def _said_of(order_ids: list[int]) -> dict[int, tuple[str, Any]]:
    """Return outcome and reasons of each order's last check."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_SAID, {"orders": order_ids})
        found = cursor.fetchall()
    return {pk: (outcome, json.loads(reasons)) for pk, outcome, reasons in found}


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
    order: Order,
    *,
    counted: Decimal,
    at: datetime,
    actor: Actor,
    together: Together | None = None,
) -> tuple[Finding, CreditCheck]:
    """Ask every rule about a locked order; the check is returned, not stored.

    `counted`: what the exposure holds of this very order already, tax included; `together`: what
    is known of it already, when many are looked at.
    """
    facts, finding = judge(order, counted=counted, at=at, actor=actor, together=together)
    return finding, check_of(order, facts, finding, at=at)


def check_of(order: Order, facts: CheckFacts, finding: Finding, *, at: datetime) -> CreditCheck:
    """Return the record of what was found, not stored yet."""
    return CreditCheck(
        order=order,
        outcome=finding.outcome,
        reasons=[reason.as_json() for reason in finding.reasons],
        inputs=facts.as_json(),
        checked_at=at,
    )


def tell(order: Order, finding: Finding, *, at: datetime, actor: Actor) -> None:
    """Let the order go on as was found; one that waits for the same already is left alone."""
    order_holds.keep(order, finding, at=at, actor=actor)
    reason = finding.message
    if finding.outcome == Outcome.ALLOW:
        orders.release_order(order.pk, at=at, actor=actor)
    elif finding.outcome == Outcome.DECLINE:
        orders.decline_order(order.pk, reason=reason, at=at, actor=actor)
    elif finding.outcome == Outcome.REFER and order.state != Order.State.IN_REVIEW:
        orders.refer_order(order.pk, reason=reason, at=at, actor=actor)
    elif finding.outcome == Outcome.HOLD and order.state != Order.State.ON_HOLD:
        orders.hold_order(order.pk, reason=reason, at=at, actor=actor)
