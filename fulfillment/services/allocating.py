"""Allocation: what of an order is claimed on the shelf, and what happens to the rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from customers.models import Customer
from fulfillment.events import OrderShort
from fulfillment.leaving import leaving_days
from fulfillment.models import Allocation
from fulfillment.services import stock
from fulfillment.services.promising import expected_days
from fulfillment.services.sourcing import claimant_of
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order, OrderLine
from orders.services import cancel_quantities, lines_of, lock_order, record_progress


@service
def allocate_order(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Claim stock for a released order as far as it goes; the customer's policy decides the rest.

    This is for the release of an order alone: what waits from then on, waits.
    """
    order = lock_order(order_id)
    short = _allocate(order, _waiting_lines(order), at=at, actor=actor)
    if short:
        _settle_shortage(order, short, at=at, actor=actor)


@service
def allocate_again(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Claim what has become free for an order that waits; what is still missing waits on.

    Nothing is cancelled, whatever policy the customer has by now, and nobody is told once more.
    """
    order = lock_order(order_id)
    _allocate(order, _waiting_lines(order), at=at, actor=actor)


def claim_waiting(
    order: Order, lines: Iterable[OrderLine], *, at: datetime, actor: Actor
) -> dict[int, Decimal]:
    """Claim what lines of a locked order wait for; return what is missing of each short line.

    Nothing is cancelled, and nobody is told.
    """
    return _allocate(order, [line for line in lines if line.backordered > 0], at=at, actor=actor)


def claim_lines(order: Order, lines: Sequence[OrderLine], *, at: datetime, actor: Actor) -> None:
    """Claim what lines of a locked order wait for; of what is missing nothing else is cancelled."""
    short = _allocate(order, lines, at=at, actor=actor)
    if not short:
        return
    if order.customer.shortage_policy != Customer.ShortagePolicy.BACKORDER:
        _cancel_missing(order, short, at=at, actor=actor)
    publish(OrderShort(order_id=order.pk, line_ids=list(short), at=at, actor=actor))


def _waiting_lines(order: Order) -> list[OrderLine]:
    if order.state not in Order.CONFIRMED:
        return []
    return [line for line in lines_of(order).values() if line.backordered > 0]


def _allocate(
    order: Order, lines: Sequence[OrderLine], *, at: datetime, actor: Actor
) -> dict[int, Decimal]:
    """Claim what the lines wait for; return what is missing of each short line."""
    if not lines:
        return {}
    claimant = claimant_of(order, at=at)
    leaving = leaving_days(lines, today=claimant.on)
    claims = stock.claim(_per_product(lines), claimant=claimant, leaving=leaving)
    allocations = _share_out(lines, claims, at=at)
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for allocation in allocations:
        taken[allocation.line_id] += allocation.quantity
    missing = {line.pk: line.backordered - taken.get(line.pk, ZERO) for line in lines}
    short = {pk: quantity for pk, quantity in missing.items() if quantity}
    if allocations:
        rows.insert(allocations)
    record_progress(
        order.pk,
        changes={"allocated": taken},
        expected=expected_days(lines, short=short, at=at),
        at=at,
        actor=actor,
    )
    audit.record(
        order.label,
        "allocate",
        at=at,
        actor=actor,
        changes={
            "allocated": (None, sum(taken.values(), ZERO)),
            "backordered": (None, sum(short.values(), ZERO)),
        },
    )
    return short


def _per_product(lines: Iterable[OrderLine]) -> dict[int, Decimal]:
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[line.product_id] += line.backordered
    return wanted


def _share_out(
    lines: Iterable[OrderLine], claims: Iterable[stock.Claim], *, at: datetime
) -> list[Allocation]:
    """Give what was claimed to the lines, in their order on the order."""
    left: dict[int, list[tuple[int, Decimal, str]]] = defaultdict(list)
    for claim in claims:
        left[claim.product_id].append((claim.level_id, claim.quantity, claim.reason))
    allocations = []
    for line in lines:
        wanted, places = line.backordered, left[line.product_id]
        while wanted and places:
            level_id, free, reason = places.pop(0)
            quantity = min(wanted, free)
            wanted -= quantity
            if free > quantity:
                places.insert(0, (level_id, free - quantity, reason))
            allocations.append(
                rows.make(
                    Allocation,
                    line_id=line.pk,
                    level_id=level_id,
                    quantity=quantity,
                    reason=reason,
                    allocated_at=at,
                )
            )
    return allocations


def _settle_shortage(
    order: Order, short: Mapping[int, Decimal], *, at: datetime, actor: Actor
) -> None:
    """Backorder what is missing, or cancel it: the customer's policy."""
    cancelled = _to_cancel(order, short)
    if cancelled:
        _cancel_missing(order, cancelled, at=at, actor=actor)
    publish(OrderShort(order_id=order.pk, line_ids=list(short), at=at, actor=actor))


def _cancel_missing(
    order: Order, quantities: Mapping[int, Decimal], *, at: datetime, actor: Actor
) -> None:
    reason = Order.CancelReason.OUT_OF_STOCK
    cancel_quantities(order.pk, quantities=quantities, reason=reason, at=at, actor=actor)


def _to_cancel(order: Order, short: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
    policy = order.customer.shortage_policy
    if policy == Customer.ShortagePolicy.BACKORDER:
        return {}
    if policy == Customer.ShortagePolicy.CANCEL:
        return {pk: lines_of(order)[pk].open_quantity for pk in short}
    return short
