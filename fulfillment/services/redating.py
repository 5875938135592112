"""New days for what waits: from what is expected, shared out among those who wait by rank."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from fulfillment import selectors
from fulfillment.promises import Arrivals, Promise, arrivals, promises
from fulfillment.services.reallocating import hold_orders
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders.models import OrderLine
from orders.services import lines_of, move_dates, read_lines


@service
def redate_backorders(*, product_ids: Sequence[int], at: datetime, actor: Actor) -> int:
    """Date the lines that wait for these products anew; return how many days have moved.

    Each waiting line gets the day on which what is there and expected reaches it in its rank.
    Where nothing is known the day that was given stays, unless it cannot be kept any more.
    Whoever was told an earlier day is told of the new one.
    """
    waiting = list(selectors.ranked_for(product_ids)[: selectors.MOST_SERVED])
    orders = hold_orders({line.order_id for line in waiting})
    read_lines(orders.values())
    supply = promises(product_ids, at=at, is_waiting_counted=False)
    days, before = arrivals(at=at), dict.fromkeys(product_ids, ZERO)
    moved: dict[int, dict[int, date]] = defaultdict(dict)
    for seen in waiting:
        order = orders.get(seen.order_id)
        line = lines_of(order).get(seen.pk) if order else None
        if line is None or line.backordered <= 0:
            continue
        day = _day_of(line, supply[line.product_id], before, days)
        if day != line.expected_on:
            moved[line.order_id][line.pk] = day
    if moved:
        move_dates(moved, at=at, actor=actor)
    return sum(map(len, moved.values()))


def _day_of(line: OrderLine, supply: Promise, before: dict[int, Decimal], days: Arrivals) -> date:
    before[line.product_id] += line.backordered
    until = days.leaves_on(line.requested_on)
    there = supply.earliest(before[line.product_id], until=until)
    if there is not None:
        return max(days.of(there), line.requested_on)
    if line.expected_on and line.expected_on >= days.soon:
        return line.expected_on
    rest_on = days.of_rest(supply, before[line.product_id], requested_on=line.requested_on)
    return max(rest_on, line.requested_on)


def waiting_products() -> list[int]:
    """Return the products that somebody waits for."""
    found = selectors.backordered_lines().order_by().values_list("product_id", flat=True)
    return sorted(found.distinct())
