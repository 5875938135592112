"""Goods of an order that waits for a credit decision: kept back while that should take."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from fulfillment.leaving import leaving_days
from fulfillment.selectors import kept_until, today_of
from fulfillment.services.reserving import lower_reservations, reserve, withdraw_reservations
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Order, OrderLine
from orders.services import lines_of, lock_order

# A decision on credit takes days, not weeks.
REVIEW_TAKES = timedelta(days=5)
WAITS = (Order.State.IN_REVIEW, Order.State.ON_HOLD)


def holder_of_order(order_id: int) -> str:
    """Return under which name the goods of an order are kept back."""
    return f"order:{order_id}"


@service
def keep_for_review(order_id: int, *, at: datetime, actor: Actor) -> dict[int, Decimal]:
    """Keep back what is free of what an order still wants, `{product: quantity}`; return it."""
    return _keep(lock_order(order_id), until=at + REVIEW_TAKES, at=at, actor=actor)


@service
def lower_in_review(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Keep back no more of a waiting order's goods than it still wants; the rest is free."""
    order = lock_order(order_id)
    if order.state in WAITS:
        lower_reservations(holder_of_order(order_id), _wanted(order), at=at, actor=actor)


@service
def follow_in_review(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Keep back for a changed order what it wants now, no longer than it was kept already.

    Of an order in review of which nothing was free, what is free now is kept from now on. An order
    that waits for nothing is left alone: its goods are allocated, or let go.
    """
    order = lock_order(order_id)
    if order.state not in WAITS:
        return
    until = kept_until([holder_of_order(order_id)], at=at)
    if until is None and order.state == Order.State.IN_REVIEW:
        until = at + REVIEW_TAKES
    if until is not None:
        _keep(order, until=until, at=at, actor=actor)


def _keep(order: Order, *, until: datetime, at: datetime, actor: Actor) -> dict[int, Decimal]:
    holder, wanted = holder_of_order(order.pk), _wanted(order)
    if not wanted:
        withdraw_reservations(holder, at=at, actor=actor)
        return {}
    return reserve(
        holder,
        wanted,
        customer_id=order.customer_id,
        expires_at=until,
        leaving=leaving_days(_open_lines(order), today=today_of(at)),
        at=at,
        actor=actor,
    )


def _wanted(order: Order) -> dict[int, Decimal]:
    """Return how much of which product is open; what was cancelled of it is wanted no more."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in _open_lines(order):
        wanted[line.product_id] += line.open_quantity
    return wanted


def _open_lines(order: Order) -> list[OrderLine]:
    return [line for line in lines_of(order).values() if line.open_quantity > 0]
