"""What is on the shelf for many orders of one step: locked and read once, claimed in memory.

`Shelf.claim` decides as `taking.TAKE` does in the database; a test compares them. What was claimed
is written when the step writes what it has gathered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import connection

from fulfillment.models import Allocation, StockLevel
from fulfillment.services.kept import KEPT, Kept, Place, room_for, spare_of
from fulfillment.services.sourcing import Claimant, Ranks, Rules, in_order, whole_houses
from o2c.kernel.company import local_date, the_company
from o2c.kernel.gathering import gathered_now
from o2c.kernel.locks import reach_all
from o2c.kernel.money import ZERO
from o2c.kernel.sql import add_to

# A statement of its own, sent with the next one: that sees what was committed while this one
# waited, such as a recall, a reservation or a count that somebody asked for.
LOCK = """
SELECT l.id FROM fulfillment_stocklevel l
 WHERE l.product_id = ANY(%(products)s::bigint[]) ORDER BY l.id FOR NO KEY UPDATE OF l;
"""
LEVELS_OF_HELD = """
SELECT l.id, l.product_id, p.warehouse_id, l.on_hand - l.allocated, o.expires_on,
       p.kind = 'storage' AND p.is_active
           AND (l.lot_id IS NULL OR o.blocked_reason = '')
           AND (o.expires_on IS NULL OR o.expires_on >= %(on)s::date)
           AND NOT EXISTS (SELECT FROM fulfillment_counttask t
                            WHERE t.level_id = l.id AND t.state = 'open' AND t.blocks)
  FROM fulfillment_stocklevel l JOIN fulfillment_location p ON p.id = l.location_id
  LEFT JOIN fulfillment_lot o ON o.id = l.lot_id
 WHERE l.product_id = ANY(%(products)s)
 ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED
"""
LEVELS = LOCK + LEVELS_OF_HELD
CONSUME = """
UPDATE fulfillment_reservation r SET state = 'consumed', ended_at = %s
  FROM (SELECT id FROM fulfillment_reservation
         WHERE id = ANY(%s) AND state = 'live' ORDER BY id FOR UPDATE) AS own
 WHERE r.id = own.id
"""


# Goods that leave today.
NO_DAYS: Mapping[int, date] = MappingProxyType({})


@dataclass(frozen=True)
class Claim:
    """So much of a product was claimed at one stock level; `reason` is a word of `sourcing`."""

    level_id: int
    product_id: int
    quantity: Decimal
    reason: str


class Shelf:
    """The levels of some products, all locked by this step, and what is kept back of them."""

    def __init__(
        self,
        places: Iterable[Place],
        kept: Iterable[Kept],
        rules: Rules,
        product_ids: Collection[int],
    ) -> None:
        self._places: dict[int, list[Place]] = defaultdict(list)
        self._kept: dict[int, list[Kept]] = defaultdict(list)
        self._levels: dict[int, Place] = {}
        for place in places:
            self._places[place.product_id].append(place)
            self._levels[place.level_id] = place
        for row in kept:
            self._kept[row.product_id].append(row)
        self._rules = rules
        self._product_ids = frozenset(product_ids)
        self._claimed: dict[int, Decimal] = {}
        self._consumed: dict[int, datetime] = {}

    def holds(self, product_ids: Iterable[int]) -> bool:
        return self._product_ids.issuperset(product_ids)

    def has_levels(self, level_ids: Iterable[int]) -> bool:
        return self._levels.keys() >= set(level_ids)

    def has_free(self, product_id: int) -> bool:
        """Say whether anything of a product can still be claimed, by whomever."""
        return bool(self._usable(product_id))

    def claim(
        self,
        wanted: Mapping[int, Decimal],
        *,
        claimant: Claimant,
        leaving: Mapping[int, date] = NO_DAYS,
    ) -> list[Claim]:
        """Claim up to these quantities, by product; return what was there, best place first.

        `leaving` says by product on which day it leaves, if that is not today.
        """
        usable = {product_id: self._usable(product_id) for product_id in sorted(wanted)}
        lasting = {
            key: [place for place in places if place.lasts_until(leaving.get(key, claimant.on))]
            for key, places in usable.items()
        }
        free = _free_by_house(lasting)
        whole = whole_houses(free, wanted)
        ranks = self._rules.ranks_for(claimant.ship_to_id)
        claims = []
        for product_id, places in lasting.items():
            kept = self._keep_back(product_id, claimant)
            day = leaving.get(product_id, claimant.on)
            left = min(wanted[product_id], room_for(usable[product_id], kept, day=day))
            in_turn = _ranked(places, ranks=ranks, whole=whole)
            spare = spare_of([place for place, _reason in in_turn], kept, day=day)
            for place, reason in in_turn:
                quantity = min(spare[place.level_id], left)
                if quantity <= 0:
                    continue
                left -= quantity
                self._move(place, quantity)
                claims.append(Claim(place.level_id, product_id, quantity, reason))
        return claims

    def give_back(self, claims: Mapping[int, Decimal]) -> None:
        """Lower what is claimed of levels, by key."""
        for level_id, quantity in claims.items():
            self._move(self._levels[level_id], -quantity)

    def write(self) -> None:
        """Write what was claimed and consumed since the last time."""
        claimed, self._claimed = self._claimed, {}
        consumed, self._consumed = self._consumed, {}
        add_to(StockLevel, {"allocated": {key: sum_ for key, sum_ in claimed.items() if sum_}})
        if consumed:
            with connection.cursor() as cursor:
                cursor.execute(CONSUME, [max(consumed.values()), list(consumed)])

    def _usable(self, product_id: int) -> list[Place]:
        places = self._places.get(product_id, ())
        return [place for place in places if place.free > 0 and place.is_usable]

    def _keep_back(self, product_id: int, claimant: Claimant) -> list[Kept]:
        """Consume what is kept for the claimant; return what is kept for others."""
        kept = self._kept.get(product_id)
        if not kept:
            return []
        others = [row for row in kept if not row.is_for(claimant)]
        for row in kept:
            if row not in others:
                self._will_write()
                self._consumed[row.reservation_id] = claimant.at
        self._kept[product_id] = others
        return [row for row in others if row.is_live]

    def _move(self, place: Place, quantity: Decimal) -> None:
        self._will_write()
        place.free -= quantity
        self._claimed[place.level_id] = self._claimed.get(place.level_id, ZERO) + quantity

    def _will_write(self) -> None:
        gathered = gathered_now()
        assert gathered is not None  # it keeps this shelf
        if not self._claimed and not self._consumed:
            gathered.on_flush(self.write)


def hold_shelf(
    product_ids: Collection[int], *, customer_ids: Collection[int], at: datetime
) -> Shelf | None:
    """Lock the levels of these products in the order of their keys, and keep them for the step.

    `customer_ids` are those whose orders will claim. None: this step holds nothing back.
    """
    gathered = gathered_now()
    if gathered is None:
        return None
    is_held = reach_all(StockLevel, "product_id", product_ids)
    values: dict[str, Any] = {
        "products": list(product_ids),
        "on": local_date(at, the_company()),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(LEVELS_OF_HELD if is_held else LEVELS, values)
        places = [Place(*row) for row in cursor.fetchall()]
        cursor.execute(KEPT, values)
        kept = [Kept(*row) for row in cursor.fetchall()]
    shelf = Shelf(places, kept, Rules(customer_ids), product_ids)
    gathered.keep(shelf)
    return shelf


def held_shelf() -> Shelf | None:
    """Return what the running step has locked of the shelf, if it places many orders."""
    gathered = gathered_now()
    return gathered.kept(Shelf) if gathered is not None else None


def _free_by_house(usable: Mapping[int, Collection[Place]]) -> dict[int, dict[int, Decimal]]:
    free: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for product_id, places in usable.items():
        for place in places:
            free[place.warehouse_id][product_id] += place.free
    return free


def _ranked(
    places: Collection[Place], *, ranks: Ranks, whole: Collection[int]
) -> list[tuple[Place, str]]:
    """Put the places of a product in the order in which they are taken from, with the reason."""
    if len(places) == 1:
        return [(place, Allocation.Reason.ONLY) for place in places]
    free: dict[int, Decimal] = defaultdict(Decimal)
    for place in places:
        free[place.warehouse_id] += place.free
    houses = in_order(free, ranks=ranks, whole=whole)
    in_turn = sorted(
        places,
        key=lambda place: (
            houses[place.warehouse_id][0],
            place.expires_on or date.max,
            -place.free,
            place.level_id,
        ),
    )
    return [(place, houses[place.warehouse_id][1]) for place in in_turn]
