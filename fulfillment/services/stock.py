"""Claims on stock: taken and given back, for any number of products in one statement.

Stock levels are the hottest rows of the house: they are locked last, in the order of their keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from fulfillment.leaving import NEEDED_ON
from fulfillment.models import Allocation, PickLine, StockLevel
from fulfillment.services.shelf import LOCK, NO_DAYS, Claim, held_shelf
from fulfillment.services.sourcing import Claimant
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


# Lock every level of the products (a place that is new since is taken only if nobody has it: to
# wait for it out of turn could be to wait in a circle), then take of what is usable: the houses in
# the order of the sourcing rules (see `sourcing`), and within a house what expires first, but not
# before it leaves. What a picker did not find is not promised again before somebody has counted.
# What is kept for others is left, fit until they need it (see `kept`): of it may be what expires
# earlier only as far as they need it earlier. What was kept for the order is consumed. The last
# condition repeats what the lock guarantees: nothing is oversold. `selectors.usable_levels` says
# the same of what is usable, `shelf` of all of it.
TAKE = f"""
WITH want AS (
    SELECT * FROM unnest(%(products)s::bigint[], %(quantities)s::numeric[], %(leaving)s::date[])
        AS w(product_id, wanted, leaves_on)
), level AS (
    SELECT l.id, l.product_id, l.lot_id, l.on_hand - l.allocated AS free, p.warehouse_id,
           p.kind = 'storage' AND p.is_active AS is_picked_from
      FROM fulfillment_stocklevel l JOIN fulfillment_location p ON p.id = l.location_id
     WHERE l.product_id = ANY(%(products)s)
     ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED
), usable AS (
    SELECT level.id, level.product_id, level.free, level.warehouse_id, o.expires_on,
           o.expires_on IS NULL OR o.expires_on >= w.leaves_on AS lasts
      FROM level JOIN want w USING (product_id) LEFT JOIN fulfillment_lot o ON o.id = level.lot_id
     WHERE level.free > 0 AND level.is_picked_from
       AND (level.lot_id IS NULL OR o.blocked_reason = '')
       AND (o.expires_on IS NULL OR o.expires_on >= %(on)s::date)
       AND NOT EXISTS (SELECT FROM fulfillment_counttask t
                        WHERE t.level_id = level.id AND t.state = 'open' AND t.blocks)
), kept AS (
    SELECT r.id, r.product_id, r.quantity, r.expires_at > %(at)s::timestamptz AS is_live,
           greatest({NEEDED_ON}, %(on)s::date) AS needed_on,
           (r.holder = 'order:' || %(order)s::bigint
            OR (coalesce(r.customer_id = %(customer)s::bigint, false) AND r.holder LIKE 'entry:%%')
            OR r.holder IN (SELECT 'quote:' || q.id FROM orders_quote q
                             WHERE q.order_id = %(order)s::bigint)) AS is_own
      FROM fulfillment_reservation r
     WHERE r.product_id = ANY(%(products)s) AND r.state = 'live'
), own AS (
    SELECT r.id FROM fulfillment_reservation r
     WHERE r.id = ANY(ARRAY(SELECT k.id FROM kept k WHERE k.is_own)) AND r.state = 'live'
     ORDER BY r.id FOR UPDATE
), consumed AS (
    UPDATE fulfillment_reservation r SET state = 'consumed', ended_at = %(at)s::timestamptz
      FROM own WHERE own.id = r.id
), shelf AS (
    SELECT warehouse_id, product_id, sum(free) AS free FROM usable WHERE lasts GROUP BY 1, 2
), others AS (
    SELECT product_id, needed_on, sum(quantity) AS quantity
      FROM kept WHERE is_live AND NOT is_own GROUP BY 1, 2
), moment AS (
    SELECT product_id, leaves_on AS day FROM want
    UNION
    SELECT o.product_id, o.needed_on FROM others o JOIN want w USING (product_id)
     WHERE o.needed_on < w.leaves_on
), room AS (
    SELECT m.product_id, min(
               coalesce((SELECT sum(u.free) FROM usable u WHERE u.product_id = m.product_id
                            AND (u.expires_on IS NULL OR u.expires_on >= m.day)), 0)
             - coalesce((SELECT sum(o.quantity) FROM others o
                          WHERE o.product_id = m.product_id AND o.needed_on >= m.day), 0)) AS most
      FROM moment m GROUP BY 1
), share AS (
    SELECT w.product_id, least(w.wanted, room.most) AS most,
           coalesce((SELECT sum(o.quantity) FROM others o
                      WHERE o.product_id = w.product_id AND o.needed_on > w.leaves_on), 0) AS later
      FROM want w JOIN room USING (product_id)
), rule AS (
    SELECT r.warehouse_id, r.rank FROM fulfillment_sourcingrule r
     WHERE r.country = coalesce((
        SELECT a.country FROM customers_address a
         WHERE a.id = %(ship_to)s::bigint AND EXISTS (
            SELECT FROM fulfillment_sourcingrule x WHERE x.country = a.country)), '')
), house AS (
    SELECT s.warehouse_id, coalesce(min(r.rank), 32767) AS rank,
           count(*) FILTER (WHERE s.free >= w.wanted) = (SELECT count(*) FROM want) AS serves_all
      FROM shelf s JOIN want w USING (product_id) LEFT JOIN rule r USING (warehouse_id) GROUP BY 1
), standing AS (
    SELECT s.warehouse_id, s.product_id, row_number() OVER best AS place,
           CASE WHEN count(*) OVER (PARTITION BY s.product_id) = 1 THEN 'only'
                WHEN row_number() OVER best > 1 THEN 'rest'
                WHEN h.rank < lead(h.rank) OVER best THEN 'rule'
                WHEN h.serves_all AND NOT lead(h.serves_all) OVER best THEN 'whole'
                ELSE 'most' END AS reason
      FROM shelf s JOIN house h USING (warehouse_id)
    WINDOW best AS (PARTITION BY s.product_id
                    ORDER BY h.rank, h.serves_all DESC, s.free DESC, s.warehouse_id)
), spare AS (
    SELECT u.id, u.product_id, u.expires_on, u.free, w.most, s.reason, s.place,
           u.free - least(u.free, greatest(0, w.later - coalesce(sum(u.free) OVER (
               last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS spare
      FROM usable u JOIN share w USING (product_id)
      JOIN standing s USING (warehouse_id, product_id) WHERE u.lasts
    WINDOW last AS (PARTITION BY u.product_id
                    ORDER BY u.expires_on DESC NULLS FIRST, s.place DESC, u.free, u.id DESC)
), ranked AS (
    SELECT id, product_id, spare, most, reason, row_number() OVER best AS rank,
           coalesce(sum(spare) OVER (best ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
               AS before
      FROM spare WHERE spare > 0
    WINDOW best AS (PARTITION BY product_id
                    ORDER BY place, expires_on NULLS LAST, free DESC, id)
), taken AS (
    SELECT id, product_id, reason, rank, least(spare, most - before) AS quantity
      FROM ranked WHERE before < most
), claimed AS (
    UPDATE fulfillment_stocklevel l SET allocated = l.allocated + t.quantity
      FROM taken t WHERE l.id = t.id AND l.on_hand - l.allocated >= t.quantity
    RETURNING l.id, t.product_id, t.rank, t.quantity, t.reason
)
SELECT id, product_id, quantity, reason FROM claimed ORDER BY product_id, rank
"""  # noqa: S608  an expression of our own
CLAIM, CLAIM_OF_HELD, HOLD = Hot(LOCK + TAKE), Hot(TAKE), Hot(LOCK.rstrip(";\n"))


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
        return [Claim(*row) for row in cursor.fetchall()]


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
