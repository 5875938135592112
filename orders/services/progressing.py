"""How far an order has come: its line quantities, and the header state that follows them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders import progress
from orders.events import OrderClosed
from orders.models import Order, OrderLine
from orders.services.locking import lines_of, lock_order


@service
def record_progress(
    order_id: int,
    *,
    changes: Mapping[str, Mapping[int, Decimal]],
    at: datetime,
    actor: Actor,
) -> Order:
    """Add `{column: {line id: delta}}` to the line quantities; the header state follows.

    One UPDATE however many lines there are, and one more when the state changes.
    """
    order = lock_order(order_id)
    lines = lines_of(order)
    moved = {
        column: {line_id: delta for line_id, delta in deltas.items() if delta}
        for column, deltas in changes.items()
    }
    moved = {column: deltas for column, deltas in moved.items() if deltas}
    if not moved:
        return order
    noted = _noted(lines, moved)
    add_to(OrderLine, moved)
    _apply(lines, moved)
    audit.record(order.label, "quantities", at=at, actor=actor, changes=noted)
    follow(order, at=at, actor=actor)
    return order


@service
def settle_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Note that nothing of the order is owed any more; it closes when all is billed too."""
    order = lock_order(order_id)
    order.settled_at = at
    follow(order, at=at, actor=actor)
    audit.save(order, at=at, actor=actor)
    return order


@service
def unsettle_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Note that something of the order is owed again; a closed one opens."""
    order = lock_order(order_id)
    order.settled_at = None
    follow(order, at=at, actor=actor)
    audit.save(order, at=at, actor=actor)
    return order


def follow(order: Order, *, at: datetime, actor: Actor) -> None:
    """Give a confirmed order the state that its lines say; one UPDATE when it differs."""
    if order.state not in Order.CONFIRMED:
        return
    state = progress.state_of(lines_of(order).values(), order.settled_at is not None)
    if state == order.state:
        return
    order.follow_lines(state=state)
    audit.save(order, at=at, actor=actor, touches=[order.customer.label])
    if order.state == Order.State.CLOSED:
        publish(OrderClosed(order_id=order.pk, at=at, actor=actor))


def _noted(
    lines: Mapping[int, OrderLine], moved: Mapping[str, Mapping[int, Decimal]]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Name each change for the audit trail: `line 2 shipped`, from 3 to 5."""
    return {
        f"line {lines[line_id].position} {column}": (
            getattr(lines[line_id], column),
            getattr(lines[line_id], column) + delta,
        )
        for column, deltas in moved.items()
        for line_id, delta in deltas.items()
    }


def _apply(lines: Mapping[int, OrderLine], moved: Mapping[str, Mapping[int, Decimal]]) -> None:
    for column, deltas in moved.items():
        for line_id, delta in deltas.items():
            setattr(lines[line_id], column, getattr(lines[line_id], column) + delta)
