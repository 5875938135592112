"""Claims on stock: taken and given back, for any number of products in one statement.

Stock levels are the hottest rows of the house: they are locked last, in the order of their keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from fulfillment.models import Allocation, PickLine, StockLevel
from fulfillment.services.shelf import LOCK, NO_DAYS, Claim, held_shelf
from fulfillment.services.sourcing import Claimant
from fulfillment.services.taking import TAKE, TAKE_PLAIN
from o2c.kernel.locks import lock_all, reach, reach_all, reach_some
from o2c.kernel.prepared import Hot

__all__ = [
    "Claim",
    "claim",
    "give_back",
    "hold",
    "hold_levels",
    "record_found",
    "reduce_allocations",
    "ship",
]

# Most products have nothing kept back: the plainer statement goes first, and says if one has.
CLAIM, CLAIM_OF_HELD, WITH_KEPT = Hot(LOCK + TAKE_PLAIN), Hot(TAKE_PLAIN), Hot(TAKE)
HOLD = Hot(LOCK.rstrip(";\n"))


def claim(
    wanted: Mapping[int, Decimal],
    *,
    claimant: Claimant,
    leaving: Mapping[int, date] = NO_DAYS,
) -> list[Claim]:
    """Claim up to these quantities, by product; return what was there, best place first.

    `leaving` says by product on which day it leaves, if that is not today: what expires before
    is left to others.
    """
    shelf = held_shelf()
    if shelf is not None and shelf.holds(wanted):
        return shelf.claim(wanted, claimant=claimant, leaving=leaving)
    is_held = reach_all(StockLevel, "product_id", wanted)
    values: dict[str, Any] = {
        "products": list(wanted),
        "quantities": list(wanted.values()),
        "leaving": [leaving.get(product_id, claimant.on) for product_id in wanted],
        "order": claimant.order_id,
        "customer": claimant.customer_id,
        "ship_to": claimant.ship_to_id,
        "on": claimant.on,
        "at": claimant.at,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_OF_HELD if is_held else CLAIM, values)
        found = cursor.fetchall()
        is_kept_for_somebody = found[0][-1]
        if is_kept_for_somebody:
            cursor.execute(WITH_KEPT, values)
            found = cursor.fetchall()
    return [Claim(*row[:4]) for row in found if row[0] is not None]


def hold(product_ids: Iterable[int]) -> None:
    """Lock all places of these products, for a step that will ask for some more than once.

    None of them is read: a product by serial number has one for every piece that ever came.
    """
    wanted = list(product_ids)
    if reach_all(StockLevel, "product_id", wanted):
        return
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"products": wanted})


def hold_levels(product_ids: Iterable[int]) -> dict[int, StockLevel]:
    """Lock all places of these products and return them, for a step that looks at them itself."""
    return lock_all(StockLevel, "product_id", product_ids)


LOWER = """
WITH less AS (
    SELECT * FROM unnest(%s::bigint[], %s::numeric[]) AS d(id, claimed)
), level AS (
    SELECT l.id FROM fulfillment_stocklevel l JOIN less USING (id)
     ORDER BY l.id FOR NO KEY UPDATE OF l
)
UPDATE fulfillment_stocklevel l
   SET allocated = l.allocated - d.claimed
  FROM less d JOIN level USING (id) WHERE l.id = d.id
"""


def give_back(claims: Mapping[int, Decimal], *, product_ids: Iterable[int]) -> None:
    """Lower what is claimed of stock levels of these products, by key; the goods stay."""
    shelf = held_shelf()
    if shelf is not None and shelf.has_levels(claims):
        shelf.give_back(claims)
        return
    reach_some(StockLevel, "product_id", product_ids)
    _execute(LOWER, list(claims), list(claims.values()))


# The goods leave in one statement: claims, moves and levels cannot come apart. What is on hand is
# the sum of the moves, and a source moves a level once: a constraint says so.
SHIP = """
WITH leaving AS (
    UPDATE fulfillment_allocation a SET state = 'shipped'
      FROM fulfillment_pickline p
     WHERE p.allocation_id = a.id AND p.pick_list_id = ANY(%(pick_lists)s) AND a.state = 'active'
    RETURNING a.level_id, a.quantity
), less AS (
    SELECT level_id AS id, sum(quantity) AS gone FROM leaving GROUP BY 1
), level AS (
    SELECT l.id FROM fulfillment_stocklevel l JOIN less USING (id)
     ORDER BY l.id FOR NO KEY UPDATE OF l
), moved AS (
    INSERT INTO fulfillment_stockmove (level_id, kind, quantity, source, reason, at, actor)
    SELECT id, 'ship', -gone, %(source)s, '', %(at)s, %(actor)s FROM less
)
UPDATE fulfillment_stocklevel l
   SET allocated = l.allocated - d.gone, on_hand = l.on_hand - d.gone
  FROM less d JOIN level USING (id) WHERE l.id = d.id
"""


def ship(pick_list_ids: Sequence[int], *, source: str, at: datetime, actor: str) -> None:
    """Let what these pick lists claim leave its levels, and note the moves."""
    reach(StockLevel)
    values: dict[str, Any] = {
        "pick_lists": list(pick_list_ids),
        "source": source,
        "at": at,
        "actor": actor,
    }
    with connection.cursor() as cursor:
        cursor.execute(SHIP, values)


REDUCE = f"""
UPDATE {Allocation._meta.db_table} a
   SET state = CASE WHEN a.quantity = d.less THEN 'released' ELSE a.state END,
       quantity = CASE WHEN a.quantity = d.less THEN a.quantity ELSE a.quantity - d.less END
  FROM unnest(%s::bigint[], %s::numeric[]) AS d(id, less) WHERE a.id = d.id
"""  # noqa: S608  names of our own models


def reduce_allocations(less: Mapping[int, Decimal]) -> None:
    """Make allocations smaller, by key; one of which nothing is left is released."""
    _execute(REDUCE, list(less), list(less.values()))


FOUND = f"""
UPDATE {PickLine._meta.db_table} p SET picked = d.picked, short_reason = d.reason
  FROM unnest(%s::bigint[], %s::numeric[], %s::text[]) AS d(id, picked, reason) WHERE p.id = d.id
"""  # noqa: S608  names of our own models


def record_found(lines: Iterable[PickLine]) -> None:
    """Write `picked` and `short_reason` of pick lines."""
    rows = list(lines)
    _execute(
        FOUND,
        [row.pk for row in rows],
        [row.picked for row in rows],
        [row.short_reason for row in rows],
    )


def _execute(statement: str, *columns: list[object]) -> None:
    if columns[0]:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)
