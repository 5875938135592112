"""Backorders served in sets: what came is shared out among those who wait, by their rank.

Orders, lines and stock are each locked and read once, shared out in memory, and written in one
statement per table, however many lines wait.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from customers.models import Customer
from fulfillment import selectors
from fulfillment.leaving import leaves_on
from fulfillment.models import Allocation
from fulfillment.promises import Arrivals, arrivals
from fulfillment.services.shelf import Claim, Shelf, hold_shelf
from fulfillment.services.sourcing import Claimant, claimants_of
from fulfillment.serving import servable
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.compiled import compiled
from o2c.kernel.gathering import gathering
from o2c.kernel.locks import lock_many
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders.models import Order, OrderLine
from orders.services import lines_of, read_lines, record_allocated

CUSTOMER: Any = Order._meta.get_field("customer")
# Line -> what it got.
Shares = dict[OrderLine, list[Claim]]


@service
def allocate_backorders(
    *, order_ids: Sequence[int], product_ids: Sequence[int], at: datetime, actor: Actor
) -> int:
    """Claim these products for orders that wait for them, by rank; return how many got some.

    Nothing is cancelled here: what is still missing waits on, and nobody loses what they have.
    """
    with gathering():
        orders = hold_orders(order_ids)
        read_lines(orders.values())
        waiting = _in_rank(orders.values(), product_ids)
        customer_ids = {order.customer_id for order in orders.values()}
        shelf = hold_shelf(product_ids, customer_ids=customer_ids, at=at)
        assert shelf is not None  # this step gathers
        claimants = claimants_of(orders.values(), at=at)
        shares = _share_out(shelf, waiting, claimants)
        _record(orders, shares, at=at, actor=actor)
    return len({line.order_id for line in shares})


@service
def serve_freed(*, at: datetime, actor: Actor) -> dict[str, int]:
    """Serve who waits from whatever has become free; return how many could be, and were.

    It looks at what is free now, not at what made it so: orders cancelled, amended or held, goods
    kept back no more, and an order that was placed while a delivery was being shared out. Where
    nothing is free it locks nothing; otherwise only the orders for which it suffices.
    """
    order_ids, product_ids = servable(at=at)
    if not order_ids:
        return {"waiting": 0, "served": 0}
    served = allocate_backorders(order_ids=order_ids, product_ids=product_ids, at=at, actor=actor)
    return {"waiting": len(order_ids), "served": served}


def hold_orders(order_ids: Iterable[int]) -> dict[int, Order]:
    """Lock orders and their customers from the top of the ladder down, before any stock.

    Those that are not confirmed any more are left out.
    """
    ids = set(order_ids)
    customers = lock_many(Customer, _customers_of(list(ids)))
    orders = lock_many(Order, ids)
    for order in orders.values():
        # Once a step: those who serve what came hold the orders already.
        if not CUSTOMER.is_cached(order):
            order.customer = customers[order.customer_id]
    return {pk: order for pk, order in orders.items() if order.state in Order.CONFIRMED}


@compiled
def _customers_of(order_ids: list[int]) -> QuerySet[Order, int]:
    orders = Order.objects.filter(pk__in=order_ids)
    return orders.order_by("customer").values_list("customer_id", flat=True).distinct()


def hold_backorders(more: Mapping[int, Decimal]) -> list[int]:
    """Lock the orders that so much more, `{product: quantity}`, can serve, by rank."""
    order_ids = selectors.waiting_for(more)
    hold_orders(order_ids)
    return order_ids


def _in_rank(orders: Iterable[Order], product_ids: Iterable[int]) -> list[OrderLine]:
    """Return the lines that wait for these products, as `selectors.in_rank` has them."""
    wanted = set(product_ids)
    ranked = [
        (
            (
                order.priority or order.customer.priority,
                line.promised_on or date.max,
                order.released_at,
                line.pk,
            ),
            line,
        )
        for order in orders
        for line in lines_of(order).values()
        if line.product_id in wanted and line.backordered > 0
    ]
    return [line for _rank, line in sorted(ranked, key=itemgetter(0))]


def _share_out(
    shelf: Shelf, waiting: Iterable[OrderLine], claimants: Mapping[int, Claimant]
) -> Shares:
    shares: Shares = {}
    used_up: set[tuple[int, int, date]] = set()
    country = the_company().country
    for line in waiting:
        claimant = claimants[line.order_id]
        day = leaves_on(line.requested_on, today=claimant.on, country=country)
        # Once a customer finds nothing of a product, their next line for that day does not ask.
        key = line.product_id, claimant.customer_id, day
        if key in used_up or not shelf.has_free(line.product_id):
            continue
        claims = shelf.claim(
            {line.product_id: line.backordered}, claimant=claimant, leaving={line.product_id: day}
        )
        if claims:
            shares[line] = claims
        else:
            used_up.add(key)
    return shares


def _record(orders: Mapping[int, Order], shares: Shares, *, at: datetime, actor: Actor) -> None:
    """Write the allocations and what the lines have got, with the day on which they come."""
    if not shares:
        return
    rows.insert(
        [
            rows.make(
                Allocation,
                line_id=line.pk,
                level_id=claim.level_id,
                quantity=claim.quantity,
                reason=claim.reason,
                allocated_at=at,
            )
            for line, claims in shares.items()
            for claim in claims
        ]
    )
    got: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line, claims in shares.items():
        got[line.order_id][line.pk] = sum((claim.quantity for claim in claims), ZERO)
    days = _served_on(got, orders, arrivals(at=at))
    record_allocated(got, expected=days, at=at, actor=actor)
    for order_id, lines in got.items():
        order = orders[order_id]
        missing = sum((lines_of(order)[pk].backordered for pk in lines), ZERO)
        audit.record(
            order.label,
            "allocate",
            at=at,
            actor=actor,
            changes={
                "allocated": (None, sum(lines.values(), ZERO)),
                "backordered": (None, missing),
            },
        )


def _served_on(
    got: Mapping[int, Mapping[int, Decimal]], orders: Mapping[int, Order], days: Arrivals
) -> dict[int, date]:
    """Return the new day of each line that waits no more; what waits on keeps its own."""
    return {
        pk: max(days.soon, line.requested_on)
        for order_id, lines in got.items()
        for pk, quantity in lines.items()
        if (line := lines_of(orders[order_id])[pk]).backordered == quantity
    }
