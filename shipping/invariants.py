"""What always holds of shipments."""

from o2c.kernel.invariants import invariant

invariant(
    "shipping.shipped_is_the_sum_of_what_has_left",
    """
    SELECT l.id AS line, l.shipped, coalesce(s.gone, 0) AS gone
      FROM orders_orderline l
      LEFT JOIN (SELECT i.order_line_id, sum(i.quantity) AS gone
                   FROM shipping_shipmentline i JOIN shipping_shipment s ON s.id = i.shipment_id
                  WHERE s.dispatched_at IS NOT NULL GROUP BY 1) s ON s.order_line_id = l.id
     WHERE l.shipped <> coalesce(s.gone, 0)
    """,
)
# What was refused at the door has not been delivered.
invariant(
    "shipping.delivered_is_the_sum_of_what_was_accepted",
    """
    SELECT l.id AS line, l.delivered, coalesce(s.arrived, 0) AS arrived
      FROM orders_orderline l
      LEFT JOIN (SELECT i.order_line_id, sum(coalesce(p.accepted, i.quantity)) AS arrived
                   FROM shipping_shipmentline i JOIN shipping_shipment s ON s.id = i.shipment_id
                   LEFT JOIN shipping_proofline p ON p.shipment_line_id = i.id
                  WHERE s.delivered_at IS NOT NULL GROUP BY 1) s ON s.order_line_id = l.id
     WHERE l.delivered <> coalesce(s.arrived, 0)
    """,
)
invariant(
    "shipping.a_proof_tells_of_all_that_was_sent",
    """
    SELECT o.id AS proof, i.id AS line, i.quantity, p.accepted, p.refused
      FROM shipping_proofofdelivery o
      JOIN shipping_shipmentline i ON i.shipment_id = o.shipment_id
      LEFT JOIN shipping_proofline p ON p.shipment_line_id = i.id AND p.proof_id = o.id
     WHERE coalesce(p.accepted + p.refused, -1) <> i.quantity
    """,
)
invariant(
    "shipping.what_was_refused_has_a_case",
    """
    SELECT o.shipment_id, p.refused
      FROM shipping_proofofdelivery o JOIN shipping_proofline p ON p.proof_id = o.id
      JOIN shipping_shipment s ON s.id = o.shipment_id
     WHERE p.refused > 0 AND s.state <> 'lost'
       AND NOT EXISTS (SELECT FROM shipping_deliverycase c
                        WHERE c.shipment_id = o.shipment_id AND c.kind = 'refused')
    """,
)
invariant(
    "shipping.each_shipment_took_its_goods_from_stock",
    """
    SELECT s.number, s.loaded, coalesce(m.moved, 0) AS moved
      FROM (SELECT s.id, s.number, sum(i.quantity) AS loaded
              FROM shipping_shipment s JOIN shipping_shipmentline i ON i.shipment_id = s.id
             WHERE s.dispatched_at IS NOT NULL GROUP BY 1, 2) s
      LEFT JOIN (SELECT source, -sum(quantity) AS moved FROM fulfillment_stockmove
                  WHERE kind = 'ship' GROUP BY 1) m ON m.source = 'shipment:' || s.id
     WHERE s.loaded <> coalesce(m.moved, 0)
    """,
)
invariant(
    "shipping.returned_is_the_sum_of_what_came_back",
    """
    SELECT l.id AS line, l.returned, coalesce(r.back, 0) AS back
      FROM orders_orderline l
      LEFT JOIN (SELECT i.order_line_id, sum(b.received) AS back
                   FROM shipping_returnline b
                   JOIN shipping_shipmentline i ON i.id = b.shipment_line_id
                  GROUP BY 1) r ON r.order_line_id = l.id
     WHERE l.returned <> coalesce(r.back, 0)
    """,
)
invariant(
    "shipping.no_more_comes_back_than_was_shipped",
    """
    SELECT i.id AS shipment_line, i.quantity, sum(b.received) AS back
      FROM shipping_shipmentline i
      JOIN shipping_shipment s ON s.id = i.shipment_id
      JOIN shipping_returnline b ON b.shipment_line_id = i.id
      JOIN shipping_return o ON o.id = b.of_id
     GROUP BY i.id, i.quantity, s.dispatched_at
    HAVING sum(CASE o.state WHEN 'announced' THEN b.announced ELSE b.received END) > i.quantity
        OR s.dispatched_at IS NULL
    """,
)
# Goods are put to their places by a message that follows; for an hour it may be on its way (eight
# tries take that long). What cannot be put waits for a person, who is told why.
invariant(
    "shipping.what_came_back_lies_where_it_was_put",
    """
    SELECT o.number, b.id AS line, b.received, m.quantity
      FROM shipping_returnline b
      JOIN shipping_return o ON o.id = b.of_id
      LEFT JOIN fulfillment_stockmove m ON m.kind = 'return' AND m.source = 'return:' || b.id
     WHERE b.disposition IN ('restock', 'quarantine') AND b.received > 0
       AND b.received IS DISTINCT FROM m.quantity AND (b.problem = '' OR m.id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM kernel_outboxmessage message
                        WHERE message.delivered_at IS NULL
                          AND (message.payload ->> 'return_id')::bigint = o.id
                          AND message.handler = 'shipping.handlers.store_returned'
                          AND message.attempts < 8
                          AND message.due_at > now() - interval '1 hour')
    """,
)
# It is over: nobody took it, and nothing of it is missing.
invariant(
    "shipping.a_returned_shipment_is_back",
    """
    SELECT s.number, i.id AS line, i.quantity, s.delivered_at,
           coalesce((SELECT sum(b.received) FROM shipping_returnline b
                      WHERE b.shipment_line_id = i.id), 0) AS received
      FROM shipping_shipment s JOIN shipping_shipmentline i ON i.shipment_id = s.id
     WHERE s.state = 'returned'
       AND (s.delivered_at IS NOT NULL
            OR i.quantity > coalesce((SELECT sum(b.received) FROM shipping_returnline b
                                       WHERE b.shipment_line_id = i.id), 0))
    """,
)
invariant(
    "shipping.a_shipment_counts_and_weighs_its_packages",
    """
    SELECT s.number, s.package_count, s.weight_kg, p.packages, p.weight
      FROM shipping_shipment s
      JOIN (SELECT i.shipment_id, count(b.id) AS packages, coalesce(sum(b.weight_kg), 0) AS weight
              FROM (SELECT DISTINCT shipment_id, pick_list_id FROM shipping_shipmentline) i
              JOIN fulfillment_package b USING (pick_list_id) GROUP BY 1) p ON p.shipment_id = s.id
     WHERE s.package_count <> p.packages OR s.weight_kg <> p.weight
    """,
)
# What a carrier has booked is labelled or gone with that carrier; nothing is asked for what is not.
invariant(
    "shipping.a_live_booking_is_its_shipments",
    """
    SELECT b.id AS booking, b.state, s.number, s.state AS shipment
      FROM shipping_booking b JOIN shipping_shipment s ON s.id = b.shipment_id
     WHERE b.state IN ('wanted', 'booked', 'failed')
       AND ((b.state = 'booked') <> (s.state <> 'planned') OR s.state = 'cancelled'
            OR b.carrier_id IS DISTINCT FROM s.carrier_id)
    """,
)
# Until it leaves, a list may be joined to another shipment or taken out: always as a whole.
invariant(
    "shipping.a_list_goes_with_one_shipment",
    """
    SELECT l.number, l.state, count(DISTINCT s.id) AS shipments
      FROM shipping_shipmentline i
      JOIN shipping_shipment s ON s.id = i.shipment_id
      JOIN fulfillment_picklist l ON l.id = i.pick_list_id
     GROUP BY l.id
    HAVING count(DISTINCT s.id) > 1
        OR (l.state = 'handed_over') <> bool_or(s.dispatched_at IS NOT NULL)
    """,
)
invariant(
    "shipping.a_shipment_is_of_one_customer_and_house",
    """
    SELECT s.number, o.number AS of_order, l.number AS list
      FROM shipping_shipmentline i
      JOIN shipping_shipment s ON s.id = i.shipment_id
      JOIN orders_order o ON o.id = i.order_id
      JOIN fulfillment_picklist l ON l.id = i.pick_list_id
     WHERE o.customer_id <> s.customer_id OR l.warehouse_id <> s.warehouse_id OR l.order_id <> o.id
    """,
)
