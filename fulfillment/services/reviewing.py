"""Goods of an order that waits for a credit decision: kept back while that should take."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from fulfillment.services.reserving import reserve
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import lines_of, lock_order

# A decision on credit takes days, not weeks.
REVIEW_TAKES = timedelta(days=5)


def holder_of_order(order_id: int) -> str:
    """Return under which name the goods of an order are kept back."""
    return f"order:{order_id}"


@service
def keep_for_review(order_id: int, *, at: datetime, actor: Actor) -> dict[int, Decimal]:
    """Keep back what is free of what an order still wants, `{product: quantity}`; return it."""
    order = lock_order(order_id)
    wanted = _wanted(order)
    if not wanted:
        return {}
    return reserve(
        holder_of_order(order_id),
        wanted,
        customer_id=order.customer_id,
        expires_at=at + REVIEW_TAKES,
        at=at,
        actor=actor,
    )


def _wanted(order: Order) -> dict[int, Decimal]:
    """Return how much of which product is open; what was cancelled of it is wanted no more."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines_of(order).values():
        if line.open_quantity > 0:
            wanted[line.product_id] += line.open_quantity
    return wanted
