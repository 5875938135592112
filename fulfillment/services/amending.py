"""Claims and dates after a released order was changed."""

from collections.abc import Sequence
from datetime import datetime

from fulfillment.services import stock
from fulfillment.services.allocating import claim_lines
from fulfillment.services.freeing import free_lines, surplus_of
from fulfillment.services.promising import expected_days
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import lines_of, lock_order, record_progress


@service
def follow_amendment(order_id: int, *, line_ids: Sequence[int], at: datetime, actor: Actor) -> None:
    """Give back what the changed lines may no longer claim, claim what is new, date them afresh.

    The day that was promised first is kept; the one expected now may move. What is missing of a
    changed line is backordered or cancelled by the customer's policy; the rest of it is kept.

    Raises:
        OnTheFloor: a pick list has what would be given back.
    """
    order = lock_order(order_id)
    if order.state not in Order.CONFIRMED:
        return
    changed = [lines_of(order)[line_id] for line_id in line_ids]
    waiting = [line for line in changed if line.backordered > 0]
    if waiting and surplus_of(order, line_ids):
        stock.hold({line.product_id for line in changed})
    free_lines(order_id, line_ids=line_ids, at=at, actor=actor)
    served = [line for line in changed if line.open_quantity > 0 and line not in waiting]
    if waiting:
        claim_lines(order, waiting, at=at, actor=actor)
    if served:
        days = expected_days(served, short={}, at=at)
        record_progress(order_id, changes={}, expected=days, at=at, actor=actor)
