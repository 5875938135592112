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
invariant(
    "shipping.delivered_is_the_sum_of_what_arrived",
    """
    SELECT l.id AS line, l.delivered, coalesce(s.arrived, 0) AS arrived
      FROM orders_orderline l
      LEFT JOIN (SELECT i.order_line_id, sum(i.quantity) AS arrived
                   FROM shipping_shipmentline i JOIN shipping_shipment s ON s.id = i.shipment_id
                  WHERE s.delivered_at IS NOT NULL GROUP BY 1) s ON s.order_line_id = l.id
     WHERE l.delivered <> coalesce(s.arrived, 0)
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
