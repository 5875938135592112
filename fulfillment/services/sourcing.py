"""Which house and place goods are taken from, and why: kept with each allocation.

Houses come in the order of the rules for the country that the goods go to; within one rank the
house that can serve everything comes first, then the one where most of the product lies. Within a
house what expires first leaves first, then the fullest place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from fulfillment.models import Allocation
from o2c.kernel.company import local_date, the_company
from o2c.kernel.money import ZERO
from orders.models import Order

# A house that no rule names comes after all that one names.
LAST_RANK = 32767


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """The order that claims: what is kept for it, and where its goods go. `on` is our day."""

    order_id: int
    customer_id: int
    ship_to_id: int
    on: date
    at: datetime


def claimant_of(order: Order, *, at: datetime) -> Claimant:
    return claimants_of([order], at=at)[order.pk]


def claimants_of(orders: Iterable[Order], *, at: datetime) -> dict[int, Claimant]:
    """Return the claimants of many orders, by the keys of these."""
    on = local_date(at, the_company())
    return {
        order.pk: Claimant(
            order_id=order.pk,
            customer_id=order.customer_id,
            ship_to_id=order.ship_to_id,
            on=on,
            at=at,
        )
        for order in orders
    }


# Warehouse -> its rank for one country.
Ranks = Mapping[int, int]

RULES = "SELECT country, warehouse_id, rank FROM fulfillment_sourcingrule"
COUNTRIES = "SELECT id, country FROM customers_address WHERE customer_id = ANY(%s)"


class Rules:
    """The sourcing rules, with the countries of the customers' addresses that they may name."""

    def __init__(self, customer_ids: Iterable[int]) -> None:
        self._ranks: dict[str, dict[int, int]] = defaultdict(dict)
        self._countries: dict[int, str] = {}
        with connection.cursor() as cursor:
            cursor.execute(RULES)
            for country, warehouse_id, rank in cursor.fetchall():
                self._ranks[country][warehouse_id] = rank
            if self._ranks.keys() - {""}:
                cursor.execute(COUNTRIES, [list(customer_ids)])
                self._countries = dict(cursor.fetchall())

    def ranks_for(self, ship_to_id: int) -> Ranks:
        """Return the ranks for where the goods go: those of its country, else the general ones."""
        country = self._countries.get(ship_to_id, "")
        return self._ranks.get(country) or self._ranks.get("", {})


@dataclass(frozen=True, kw_only=True)
class House:
    """A warehouse as one of those that have some of a product."""

    warehouse_id: int
    rank: int
    serves_all: bool
    free: Decimal

    @property
    def order(self) -> tuple[int, bool, Decimal, int]:
        """What sorts the best house first."""
        return (self.rank, not self.serves_all, -self.free, self.warehouse_id)


def in_order(
    free: Mapping[int, Decimal], *, ranks: Ranks, whole: Iterable[int]
) -> dict[int, tuple[int, str]]:
    """Return per warehouse of `{warehouse: free}` its place in the order, and why it is there."""
    serving = set(whole)
    houses = sorted(
        (
            House(
                warehouse_id=key,
                rank=ranks.get(key, LAST_RANK),
                serves_all=key in serving,
                free=quantity,
            )
            for key, quantity in free.items()
        ),
        key=lambda house: house.order,
    )
    return {
        house.warehouse_id: (place, _reason(place, houses)) for place, house in enumerate(houses)
    }


def _reason(place: int, houses: list[House]) -> str:
    if len(houses) == 1:
        return Allocation.Reason.ONLY
    if place:
        return Allocation.Reason.REST
    first, second = houses[:2]
    if first.rank < second.rank:
        return Allocation.Reason.RULE
    reason = Allocation.Reason
    return reason.WHOLE if first.serves_all and not second.serves_all else reason.MOST


def whole_houses(
    free: Mapping[int, Mapping[int, Decimal]], wanted: Mapping[int, Decimal]
) -> set[int]:
    """Return the warehouses of `{warehouse: {product: free}}` that can serve everything."""
    return {
        warehouse_id
        for warehouse_id, products in free.items()
        if all(products.get(key, ZERO) >= quantity for key, quantity in wanted.items())
    }
