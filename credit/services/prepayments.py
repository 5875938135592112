"""Money that comes in advance for one order: it goes on as soon as all of it is paid."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from credit.events import PrepaymentRecorded, PrepaymentTakenBack
from credit.models import CreditCheck, OrderPrepayment
from credit.services import order_holds
from credit.services.exposure import ledger_of
from credit.services.looking import whole_of
from credit.services.reviews import assess, review_order
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order

Outcome = CreditCheck.Outcome
State = Order.State

KEEP = """
    INSERT INTO credit_orderprepayment (order_id, source, amount, at)
    VALUES (%(order_id)s, %(source)s, %(amount)s, %(at)s)
    ON CONFLICT (source) DO NOTHING RETURNING {columns}
"""


@service
def record_prepayment(
    order_id: int, *, source: str, amount: Decimal, at: datetime, actor: Actor
) -> bool:
    """Keep what was paid in advance for an order, and look at the order again.

    One that waits, or was declined, goes on when all of it is paid. When money is taken back
    (a negative amount), one on which nobody works yet waits again; of any other credit control
    is told.

    Args:
        source: where the money comes from, once for ever: `receipt:17`. The same source again
            changes nothing, and False is returned.

    Raises:
        Order.DoesNotExist: no such order.
    """
    order = orders.lock_order(order_id)
    values = {"order_id": order_id, "source": source, "amount": amount, "at": at}
    if not rows.read(OrderPrepayment, KEEP, values):
        return False
    if amount > 0:
        _let_go(order, at=at, actor=actor)
    else:
        _follow_loss(order, at=at, actor=actor)
    publish(PrepaymentRecorded(order_id=order_id, at=at, actor=actor))
    return True


def total_of(order: Order) -> Decimal:
    """Return what all of a locked order comes to that is not cancelled, tax included."""
    return whole_of(order, orders.lines_of(order))


def missing_of(order: Order) -> Decimal:
    """Return what of a locked order is not paid in advance yet, tax included; never below zero."""
    return max(total_of(order) - prepaid_of(order), ZERO)


def prepaid_of(order: Order) -> Decimal:
    """Return what was paid in advance for an order and not taken back."""
    paid = OrderPrepayment.objects.filter(order=order).aggregate(paid=Sum("amount"))["paid"]
    return paid or ZERO


def _let_go(order: Order, *, at: datetime, actor: Actor) -> None:
    if order.state in (State.IN_REVIEW, State.ON_HOLD):
        review_order(order.pk, at=at, actor=actor)
    elif order.state == State.DECLINED and not missing_of(order):
        orders.revive_order(order.pk, at=at, actor=actor)


def _follow_loss(order: Order, *, at: datetime, actor: Actor) -> None:
    if order.state not in Order.CONFIRMED or order.state == State.CLOSED:
        return
    if order.state == State.RELEASED and _waits_again(order, at=at, actor=actor):
        return
    if missing_of(order):
        publish(PrepaymentTakenBack(order_id=order.pk, at=at, actor=actor))


def _waits_again(order: Order, *, at: datetime, actor: Actor) -> bool:
    """Let a released order that nobody picks wait, unless credit allows it without the money."""
    lines = orders.lines_of(order).values()
    if any(line.picking or line.shipped for line in lines):
        return False
    counted, _is_left_out = ledger_of(order)
    finding, check = assess(order, counted=counted, at=at, actor=actor)
    rows.insert([check])
    if finding.outcome == Outcome.ALLOW:
        return True
    order_holds.keep(order, finding, at=at, actor=actor)
    orders.suspend_order(order.pk, reason=finding.message, at=at, actor=actor)
    if finding.outcome == Outcome.REFER:
        orders.refer_order(order.pk, reason=finding.message, at=at, actor=actor)
    return True
