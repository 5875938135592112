"""What is on the shelf for many orders of one step: locked and read once, claimed in memory.

`Shelf.claim` decides as `stock.CLAIM` does in the database; a test compares them. What was claimed
is written when the step writes what it has gathered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from fulfillment.models import StockLevel
from o2c.kernel.gathering import gathered_now
from o2c.kernel.locks import reach
from o2c.kernel.money import ZERO
from o2c.kernel.sql import add_to

LEVELS = """
SELECT l.id, l.product_id, p.warehouse_id, l.on_hand - l.allocated,
       EXISTS (SELECT FROM fulfillment_counttask t WHERE t.level_id = l.id AND t.state = 'open')
  FROM fulfillment_stocklevel l JOIN fulfillment_location p ON p.id = l.location_id
 WHERE l.product_id = ANY(%s)
 ORDER BY l.id FOR NO KEY UPDATE OF l
"""


@dataclass(frozen=True)
class Claim:
    """So much of a product was claimed at one stock level."""

    level_id: int
    product_id: int
    quantity: Decimal


@dataclass
class Place:
    """A locked level; `free` is what nobody claims, the claims of this step included."""

    level_id: int
    product_id: int
    warehouse_id: int
    free: Decimal
    is_in_doubt: bool


class Shelf:
    """The levels of some products, all locked by this step."""

    def __init__(self, places: Iterable[Place], product_ids: Collection[int]) -> None:
        self._places: dict[int, list[Place]] = defaultdict(list)
        self._levels: dict[int, Place] = {}
        for place in places:
            self._places[place.product_id].append(place)
            self._levels[place.level_id] = place
        self._product_ids = frozenset(product_ids)
        self._claimed: dict[int, Decimal] = {}

    def holds(self, product_ids: Iterable[int]) -> bool:
        return self._product_ids.issuperset(product_ids)

    def has_levels(self, level_ids: Iterable[int]) -> bool:
        return self._levels.keys() >= set(level_ids)

    def claim(self, wanted: Mapping[int, Decimal]) -> list[Claim]:
        """Claim up to these quantities, by product; return what was there, best place first."""
        usable = {
            product_id: [
                place
                for place in self._places.get(product_id, ())
                if place.free > 0 and not place.is_in_doubt
            ]
            for product_id in sorted(wanted)
        }
        whole = _whole(usable, wanted)
        claims = []
        for product_id, places in usable.items():
            left = wanted[product_id]
            for place in _ranked(places, whole):
                if left <= 0:
                    break
                quantity = min(place.free, left)
                left -= quantity
                self._move(place, quantity)
                claims.append(Claim(place.level_id, product_id, quantity))
        return claims

    def give_back(self, claims: Mapping[int, Decimal]) -> None:
        """Lower what is claimed of levels, by key."""
        for level_id, quantity in claims.items():
            self._move(self._levels[level_id], -quantity)

    def write(self) -> None:
        """Write what was claimed since the last time."""
        claimed, self._claimed = self._claimed, {}
        add_to(StockLevel, {"allocated": {key: sum_ for key, sum_ in claimed.items() if sum_}})

    def _move(self, place: Place, quantity: Decimal) -> None:
        gathered = gathered_now()
        assert gathered is not None  # it keeps this shelf
        if not self._claimed:
            gathered.on_flush(self.write)
        place.free -= quantity
        self._claimed[place.level_id] = self._claimed.get(place.level_id, ZERO) + quantity


def hold_shelf(product_ids: Collection[int]) -> None:
    """Lock the levels of these products in the order of their keys, and keep them for the step."""
    gathered = gathered_now()
    if gathered is None:
        return
    reach(StockLevel)
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, [list(product_ids)])
        places = [Place(*row) for row in cursor.fetchall()]
    gathered.keep(Shelf(places, product_ids))


def held_shelf() -> Shelf | None:
    """Return what the running step has locked of the shelf, if it places many orders."""
    gathered = gathered_now()
    return gathered.kept(Shelf) if gathered is not None else None


def _whole(
    usable: Mapping[int, Collection[Place]], wanted: Mapping[int, Decimal]
) -> Collection[int]:
    """Return the warehouses that can serve everything."""
    free: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for product_id, places in usable.items():
        for place in places:
            free[place.warehouse_id][product_id] += place.free
    return {
        warehouse_id
        for warehouse_id, products in free.items()
        if all(products.get(key, ZERO) >= quantity for key, quantity in wanted.items())
    }


def _ranked(places: Collection[Place], whole: Collection[int]) -> list[Place]:
    """Put a warehouse that can serve everything first, then where most of the product lies."""
    if len(places) < 2:  # noqa: PLR2004  nothing to put in order
        return list(places)
    free: dict[int, Decimal] = defaultdict(Decimal)
    for place in places:
        free[place.warehouse_id] += place.free
    return sorted(
        places,
        key=lambda place: (
            place.warehouse_id not in whole,
            -free[place.warehouse_id],
            place.warehouse_id,
            -place.free,
            place.level_id,
        ),
    )
