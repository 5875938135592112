"""How far an order has come: its line quantities, and the header state that follows them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.gathering import is_held_back
from o2c.kernel.outbox import publish
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders import progress
from orders.events import OrderClosed
from orders.models import Order, OrderLine
from orders.services.locking import lines_of, lock_order, read_lines
from orders.services.shop_news import tell_shop_later


@service
def record_progress(
    order_id: int,
    *,
    changes: Mapping[str, Mapping[int, Decimal]],
    expected: Mapping[int, date] = MappingProxyType({}),
    at: datetime,
    actor: Actor,
) -> Order:
    """Add `{column: {line id: delta}}` to the line quantities; the header state follows.

    `expected` dates lines: the first date given is kept as the promise. One UPDATE however many
    lines there are, the header with them.
    """
    order = lock_order(order_id)
    lines = lines_of(order)
    moved = {
        column: {line_id: delta for line_id, delta in deltas.items() if delta}
        for column, deltas in changes.items()
    }
    moved = {column: deltas for column, deltas in moved.items() if deltas}
    noted = _noted(lines, moved)
    _apply(lines, moved)
    has_new_state = bool(moved) and _take_state(order)
    header = order if has_new_state else None
    days = _date(lines, expected)
    if not is_held_back(order):
        add_to(OrderLine, moved, days=days, header=header)
    if moved:
        audit.record(order.label, "quantities", at=at, actor=actor, changes=noted)
    if has_new_state:
        audit.record_written(order, at=at, actor=actor, touches=_touches(order))
        _announce(order, at=at, actor=actor)
    return order


@service
def record_allocated(
    changes: Mapping[int, Mapping[int, Decimal]],
    *,
    expected: Mapping[int, date],
    at: datetime,
    actor: Actor,
) -> None:
    """Add `{order id: {line id: delta}}` to what is allocated, of many locked orders in one UPDATE.

    `expected` dates lines as in `record_progress`. No header state follows from what is allocated.
    """
    orders = [lock_order(order_id) for order_id in changes]
    read_lines(orders)
    lines: dict[int, OrderLine] = {}
    for order in orders:
        held = lines_of(order)
        lines |= {line_id: held[line_id] for line_id in changes[order.pk]}
        moved = {"allocated": changes[order.pk]}
        audit.record(order.label, "quantities", at=at, actor=actor, changes=_noted(held, moved))
        _apply(held, moved)
    add_to(
        OrderLine,
        {"allocated": {pk: delta for deltas in changes.values() for pk, delta in deltas.items()}},
        days=_date(lines, expected),
    )


@service
def move_dates(expected: Mapping[int, Mapping[int, date]], *, at: datetime, actor: Actor) -> None:
    """Date lines of many locked orders anew, `{order id: {line id: day}}`, in one UPDATE.

    The day that was promised first is kept. Who was told an earlier one is told of the new one:
    see `announce_moved_promises`.
    """
    orders = [lock_order(order_id) for order_id in expected]
    read_lines(orders)
    lines: dict[int, OrderLine] = {}
    days: dict[int, date] = {}
    for order in orders:
        held, moved = lines_of(order), expected[order.pk]
        noted = {
            f"line {held[pk].position} expected_on": (held[pk].expected_on, day)
            for pk, day in moved.items()
        }
        audit.record(order.label, "date", at=at, actor=actor, changes=noted)
        lines |= {pk: held[pk] for pk in moved}
        days |= moved
    add_to(OrderLine, {}, days=_date(lines, days))


@service
def settle_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Note that nothing of the order is owed any more; it closes when all is billed too."""
    settle_orders([order_id], at=at, actor=actor)
    return lock_order(order_id)


@service
def settle_orders(order_ids: Iterable[int], *, at: datetime, actor: Actor) -> None:
    """Settle orders of one customer, in a fixed number of statements; see `settle_order`."""
    orders = [lock_order(order_id) for order_id in sorted(order_ids)]
    read_lines(orders)
    for order in orders:
        order.settled_at = at
    moved = [order for order in orders if _take_state(order)]
    audit.save_many({order: _touches(order) for order in orders}, at=at, actor=actor)
    for order in moved:
        _announce(order, at=at, actor=actor)


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
    if not _take_state(order):
        return
    audit.save(order, at=at, actor=actor, touches=_touches(order))
    _announce(order, at=at, actor=actor)


def _announce(order: Order, *, at: datetime, actor: Actor) -> None:
    if order.state == Order.State.SHIPPED:
        tell_shop_later(order, at=at, actor=actor)
    if order.state == Order.State.CLOSED:
        publish(OrderClosed(order_id=order.pk, at=at, actor=actor))


def _take_state(order: Order) -> bool:
    """Set the state of a confirmed order to what its lines say; False: it is that already."""
    if order.state not in Order.CONFIRMED:
        return False
    state = progress.state_of(lines_of(order).values(), order.settled_at is not None)
    if state == order.state:
        return False
    order.follow_lines(state=state)
    return True


def _touches(order: Order) -> list[str]:
    """A change of state concerns the customer too."""
    return [order.customer.label] if "state" in order.changes() else []


def _date(
    lines: Mapping[int, OrderLine], expected: Mapping[int, date]
) -> dict[str, dict[int, date]]:
    """Date the held lines; return the columns as they are to be written."""
    for line_id, day in expected.items():
        line = lines[line_id]
        line.expected_on = day
        line.promised_on = line.promised_on or day
    if not expected:
        return {}
    return {
        "expected_on": dict(expected),
        "promised_on": {
            line_id: lines[line_id].promised_on or day for line_id, day in expected.items()
        },
    }


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
