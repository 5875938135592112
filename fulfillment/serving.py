"""Whom of those who wait what is free now can serve."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, Sum

from fulfillment.leaving import NEEDED_ON, leaves_on
from fulfillment.selectors import (
    BACKORDERED,
    backordered_lines,
    first_of_each,
    today_of,
    usable_levels,
)
from o2c.kernel.company import the_company
from o2c.kernel.money import ZERO
from o2c.kernel.working_days import DAY, next_working_day

# What is needed soonest takes what expires first, and leaves the most to the others.
KEPT = f"""
SELECT r.product_id, greatest({NEEDED_ON}, %(today)s::date) AS needed_on, sum(r.quantity)
  FROM fulfillment_reservation r
 WHERE r.product_id = ANY(%(products)s) AND r.state = 'live' AND r.expires_at > %(at)s
 GROUP BY 1, 2 ORDER BY 2, 1
"""  # noqa: S608  an expression of our own


def servable(*, at: datetime) -> tuple[list[int], list[int]]:
    """Return the orders that what is free now can serve, by rank, and the products.

    Not counted on is what a count may still correct, what is kept back for anybody, and for a line
    what expires before it leaves.
    """
    free = _free_and_wanted(at=at)
    left = {product_id: sum(days.values(), ZERO) for product_id, days in free.items()}
    for product_id, needed_on, quantity in _kept(free, at=at):
        left[product_id] -= quantity
        _take(free[product_id], quantity, lasting=needed_on)
    products = sorted(product_id for product_id, quantity in left.items() if quantity > 0)
    today, country = today_of(at), the_company().country
    lines = backordered_lines().filter(_leaves_in_time(products, free, country=country))
    orders: dict[int, None] = {}
    for order_id, product_id, requested_on, wanted in first_of_each(lines).values_list(
        "order_id", "product_id", "requested_on", BACKORDERED
    ):
        day = leaves_on(requested_on, today=today, country=country)
        taken = _take(free[product_id], min(wanted, left[product_id]), lasting=day)
        if taken:
            orders[order_id] = None
            left[product_id] -= taken
    return list(orders), products


def _leaves_in_time(
    product_ids: Iterable[int], free: Mapping[int, Mapping[date, Decimal]], *, country: str
) -> Q:
    """Return who leaves before the last of a product does that is free, `{product: {day: free}}`.

    Who leaves on a working day is wanted for the next one, or on the days off before that.
    """
    by_day: dict[date, list[int]] = {}
    for product_id in product_ids:
        last = max(day for day, quantity in free[product_id].items() if quantity > 0)
        by_day.setdefault(last, []).append(product_id)
    fits = Q(pk__in=[])
    for last, keys in by_day.items():
        is_in_time = (
            Q()
            if last == date.max
            else Q(requested_on__lte=next_working_day(last + DAY, country=country))
        )
        fits |= Q(product__in=keys) & is_in_time
    return fits


def _take(free: dict[date, Decimal], wanted: Decimal, *, lasting: date) -> Decimal:
    """Take what is wanted of what may leave until a day, the first to expire first."""
    taken = ZERO
    for day in sorted(day for day in free if day >= lasting):
        part = min(free[day], wanted - taken)
        free[day] -= part
        taken += part
    return taken


def _free_and_wanted(*, at: datetime) -> dict[int, dict[date, Decimal]]:
    """Return what is free of each product that somebody waits for, by its last day to leave."""
    usable = usable_levels(on=today_of(at)).filter(
        on_hand__gt=F("allocated"), product__in=backordered_lines().values("product")
    )
    summed = usable.values("product", "lot__expires_on").annotate(
        summed=Sum(F("on_hand") - F("allocated"))
    )
    free: dict[int, dict[date, Decimal]] = {}
    for product_id, day, quantity in summed.values_list("product", "lot__expires_on", "summed"):
        free.setdefault(product_id, {})[day or date.max] = quantity
    return free


def _kept(product_ids: Iterable[int], *, at: datetime) -> list[tuple[int, date, Decimal]]:
    """Return what is kept back of each product, and until when it must be fit, soonest first."""
    values: dict[str, Any] = {"products": list(product_ids), "today": today_of(at), "at": at}
    if not values["products"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(KEPT, values)
        return list(cursor.fetchall())
