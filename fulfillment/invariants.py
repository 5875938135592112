"""What always holds of stock, claims on it and picking."""

from o2c.kernel.invariants import invariant

invariant(
    "fulfillment.on_hand_is_the_sum_of_moves",
    """
    SELECT l.id AS level, l.on_hand, coalesce(m.moved, 0) AS moved
      FROM fulfillment_stocklevel l
      LEFT JOIN (SELECT level_id, sum(quantity) AS moved FROM fulfillment_stockmove GROUP BY 1) m
        ON m.level_id = l.id
     WHERE l.on_hand <> coalesce(m.moved, 0)
    """,
)
invariant(
    "fulfillment.allocated_of_a_level_is_the_sum_of_its_claims",
    """
    SELECT l.id AS level, l.allocated, coalesce(a.claimed, 0) AS claimed
      FROM fulfillment_stocklevel l
      LEFT JOIN (SELECT level_id, sum(quantity) AS claimed FROM fulfillment_allocation
                  WHERE state = 'active' GROUP BY 1) a ON a.level_id = l.id
     WHERE l.allocated <> coalesce(a.claimed, 0)
    """,
)
invariant(
    "fulfillment.allocated_of_a_line_is_the_sum_of_its_claims",
    """
    SELECT l.id AS line, l.allocated, coalesce(a.claimed, 0) AS claimed
      FROM orders_orderline l
      LEFT JOIN (SELECT line_id, sum(quantity) AS claimed FROM fulfillment_allocation
                  WHERE state = 'active' GROUP BY 1) a ON a.line_id = l.id
     WHERE l.allocated <> coalesce(a.claimed, 0)
    """,
)
invariant(
    "fulfillment.only_released_orders_claim_stock",
    """
    SELECT a.id AS allocation, o.number, o.state
      FROM fulfillment_allocation a
      JOIN orders_orderline l ON l.id = a.line_id JOIN orders_order o ON o.id = l.order_id
     WHERE a.state = 'active' AND o.state NOT IN ('released', 'fulfilling')
    """,
)
# A list on the floor counts with what it is to take, one that is finished with what it found.
invariant(
    "fulfillment.picking_and_picked_are_the_sums_of_pick_lines",
    """
    SELECT l.id AS line, l.picking, l.picked, p.picking AS on_lists, p.picked AS found
      FROM orders_orderline l
      LEFT JOIN (SELECT k.order_line_id, sum(coalesce(k.picked, k.quantity)) AS picking,
                        sum(coalesce(k.picked, 0)) AS picked
                   FROM fulfillment_pickline k JOIN fulfillment_picklist t ON t.id = k.pick_list_id
                  WHERE t.state <> 'cancelled' GROUP BY 1) p ON p.order_line_id = l.id
     WHERE l.picking <> coalesce(p.picking, 0) OR l.picked <> coalesce(p.picked, 0)
    """,
)
invariant(
    "fulfillment.goods_of_handed_over_lists_are_claimed_no_more",
    """
    SELECT t.number, a.id AS allocation, a.state
      FROM fulfillment_picklist t
      JOIN fulfillment_pickline k ON k.pick_list_id = t.id
      JOIN fulfillment_allocation a ON a.id = k.allocation_id
     WHERE t.state = 'handed_over' AND a.state = 'active'
    """,
)
invariant(
    "fulfillment.a_serial_number_lies_once",
    """
    SELECT t.code, p.sku, sum(l.on_hand) AS pieces
      FROM fulfillment_stocklevel l JOIN fulfillment_lot t ON t.id = l.lot_id
      JOIN catalog_product p ON p.id = t.product_id
     WHERE t.is_serial GROUP BY t.id, p.id HAVING sum(l.on_hand) > 1
    """,
)
invariant(
    "fulfillment.stock_of_a_lot_is_of_its_product",
    """
    SELECT l.id AS level, l.product_id, t.product_id AS of_lot
      FROM fulfillment_stocklevel l JOIN fulfillment_lot t ON t.id = l.lot_id
     WHERE l.product_id <> t.product_id
    """,
)
invariant(
    "fulfillment.what_is_tracked_lies_by_lot",
    """
    SELECT l.id AS level, p.sku, p.tracking, l.on_hand
      FROM fulfillment_stocklevel l JOIN catalog_product p ON p.id = l.product_id
     WHERE l.on_hand > 0 AND (p.tracking = 'none') <> (l.lot_id IS NULL)
    """,
)
invariant(
    "fulfillment.no_more_is_packed_than_was_picked",
    """
    SELECT k.id AS pick_line, k.picked, sum(p.quantity) AS packed
      FROM fulfillment_packageline p
      JOIN fulfillment_package b ON b.id = p.package_id
      JOIN fulfillment_pickline k ON k.id = p.pick_line_id
     GROUP BY k.id
    HAVING sum(p.quantity) > coalesce(k.picked, 0)
        OR bool_or(b.pick_list_id <> k.pick_list_id)
    """,
)
# Who was claiming while the lot was recalled gives it back by a message that follows.
invariant(
    "fulfillment.nothing_of_a_recalled_lot_is_on_its_way_to_a_package",
    """
    SELECT t.code, a.id AS allocation, a.quantity
      FROM fulfillment_allocation a
      JOIN fulfillment_stocklevel l ON l.id = a.level_id
      JOIN fulfillment_lot t ON t.id = l.lot_id
      LEFT JOIN fulfillment_pickline k ON k.allocation_id = a.id
      LEFT JOIN fulfillment_picklist p ON p.id = k.pick_list_id
     WHERE a.state = 'active' AND t.blocked_reason <> ''
       AND (p.id IS NULL OR p.state IN ('released', 'picking', 'picked'))
       AND NOT EXISTS (SELECT FROM kernel_outboxmessage message
                        WHERE message.delivered_at IS NULL
                          AND (message.payload ->> 'lot_id')::bigint = t.id
                          AND message.handler LIKE 'fulfillment.%')
    """,
)
invariant(
    "fulfillment.nothing_is_kept_back_for_an_order_that_is_over",
    """
    SELECT r.id AS reservation, o.number, o.state
      FROM fulfillment_reservation r
      JOIN orders_order o
        ON o.id = CASE WHEN r.holder LIKE 'order:%' THEN substr(r.holder, 7)::bigint END
     WHERE r.state = 'live' AND o.state IN ('declined', 'cancelled')
    """,
)
invariant(
    "fulfillment.no_more_is_kept_back_for_an_order_than_it_wants",
    """
    SELECT r.id AS reservation, r.holder, r.quantity, w.wanted
      FROM fulfillment_reservation r
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(l.ordered - l.cancelled - l.shipped), 0) AS wanted
             FROM orders_orderline l
            WHERE l.order_id = CASE WHEN r.holder LIKE 'order:%'
                                    THEN substr(r.holder, 7)::bigint END
              AND l.product_id = r.product_id) AS w
     WHERE r.state = 'live' AND r.holder LIKE 'order:%' AND r.quantity > w.wanted
    """,
)
invariant(
    "fulfillment.what_was_kept_back_ended_for_its_reason",
    """
    SELECT id AS reservation, state, expires_at, ended_at FROM fulfillment_reservation
     WHERE state = 'expired' AND ended_at < expires_at
    """,
)
