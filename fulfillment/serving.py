"""Whom of those who wait what is free now can serve."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from fulfillment.leaving import leaves_on
from fulfillment.selectors import (
    BACKORDERED,
    MOST_SERVED,
    backordered_lines,
    in_rank,
    live_reservations,
    today_of,
    usable_levels,
)
from o2c.kernel.company import the_company
from o2c.kernel.money import ZERO


def servable(*, at: datetime) -> tuple[list[int], list[int]]:
    """Return the orders that what is free now can serve, by rank, and the products.

    Not counted on is what a count may still correct, what is kept back for anybody, and for a line
    what expires before it leaves.
    """
    free = _free_and_wanted(at=at)
    left = {product_id: sum(days.values(), ZERO) for product_id, days in free.items()}
    for product_id, quantity in _kept(free, at=at):
        left[product_id] -= quantity
    products = sorted(product_id for product_id, quantity in left.items() if quantity > 0)
    waiting = in_rank(backordered_lines().filter(product__in=products)).values_list(
        "order_id", "product_id", "requested_on", BACKORDERED
    )
    orders: dict[int, None] = {}
    today, country = today_of(at), the_company().country
    for order_id, product_id, requested_on, wanted in waiting[:MOST_SERVED]:
        day = leaves_on(requested_on, today=today, country=country)
        taken = _take(free[product_id], min(wanted, left[product_id]), lasting=day)
        if taken:
            orders[order_id] = None
            left[product_id] -= taken
    return list(orders), products


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


def _kept(product_ids: Iterable[int], *, at: datetime) -> QuerySet[Any]:
    kept = live_reservations(at=at).filter(product__in=list(product_ids)).values("product")
    return kept.annotate(summed=Sum("quantity")).values_list("product", "summed")
