"""Taking goods off the shelves for an order: the statements, for any number of products each.

Every level of the products is locked first (`shelf.LOCK`; a place that is new since is taken only
if nobody has it: to wait for it out of turn could be to wait in a circle). Then they take of what
is usable: the houses in the order of the sourcing rules (see `sourcing`), and within a house what
expires first, but not before it leaves. What a picker did not find is not promised again before
somebody has counted. The last condition repeats what the lock guarantees: nothing is oversold.
`selectors.usable_levels` says the same of what is usable, `shelf` of all of it.
"""

from fulfillment.leaving import NEEDED_ON

USABLE = """want AS (
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
)"""
HOUSES = """shelf AS (
    SELECT warehouse_id, product_id, sum(free) AS free FROM usable WHERE lasts GROUP BY 1, 2
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
)"""
# Of `spare`: what may be taken of each level that lasts, and the most of its product.
TAKEN = """ranked AS (
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
)"""

# What is kept for others is left, fit until they need it (see `kept`): of it may be what expires
# earlier only as far as they need it earlier. What was kept for the order is consumed.
TAKE = f"""
WITH {USABLE}, kept AS (
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
), {HOUSES}, others AS (
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
), spare AS (
    SELECT u.id, u.product_id, u.expires_on, u.free, w.most, s.reason, s.place,
           u.free - least(u.free, greatest(0, w.later - coalesce(sum(u.free) OVER (
               last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS spare
      FROM usable u JOIN share w USING (product_id)
      JOIN standing s USING (warehouse_id, product_id) WHERE u.lasts
    WINDOW last AS (PARTITION BY u.product_id
                    ORDER BY u.expires_on DESC NULLS FIRST, s.place DESC, u.free, u.id DESC)
), {TAKEN}
SELECT id, product_id, quantity, reason FROM claimed ORDER BY product_id, rank
"""  # noqa: S608  expressions of our own

# The same, for half of the work, where nothing is kept of these products: where something is, it
# takes nothing and says so, on each row. There is always one.
TAKE_PLAIN = f"""
WITH kept AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM fulfillment_reservation
                    WHERE product_id = ANY(%(products)s::bigint[]) AND state = 'live') AS is_some
), {USABLE}, {HOUSES}, spare AS (
    SELECT u.id, u.product_id, u.expires_on, u.free, w.wanted AS most, s.reason, s.place,
           u.free AS spare
      FROM usable u JOIN want w USING (product_id)
      JOIN standing s USING (warehouse_id, product_id)
     WHERE u.lasts AND NOT (SELECT is_some FROM kept)
), {TAKEN}
SELECT c.id, c.product_id, c.quantity, c.reason, k.is_some
  FROM kept k LEFT JOIN claimed c ON true ORDER BY c.product_id, c.rank
"""  # noqa: S608  expressions of our own
