"""What must always be true of freight that customers are charged."""

from o2c.kernel.invariants import invariant

invariant(
    "invoicing.freight_is_charged_once_per_order_and_shipment",
    """
    SELECT charge.order_id, charge.shipment_id, count(DISTINCT charge.invoice_id) AS invoices
      FROM invoicing_invoicecharge charge JOIN invoicing_invoice invoice
        ON invoice.id = charge.invoice_id
     WHERE charge.original_id IS NULL
     GROUP BY charge.order_id, charge.shipment_id
    HAVING count(DISTINCT charge.invoice_id) > 1
        OR bool_or(invoice.order_id <> charge.order_id
                   OR invoice.shipment_id <> charge.shipment_id
                   OR invoice.kind <> 'invoice' OR invoice.state = 'discarded')
    """,
)
invariant(
    "invoicing.freight_is_charged_where_it_was_agreed_or_entered",
    """
    SELECT charge.id, invoice.number, orders.number AS order_number
      FROM invoicing_invoicecharge charge
      JOIN invoicing_invoice invoice ON invoice.id = charge.invoice_id
      JOIN orders_order orders ON orders.id = charge.order_id
     WHERE charge.original_id IS NULL AND orders.freight_terms <> 'charged'
       AND NOT invoice.freight_is_entered
    """,
)
# As of lines: all that credit memos take off is rounded as a whole.
invariant(
    "invoicing.no_freight_is_credited_beyond_what_was_charged",
    """
    SELECT charge.id, charge.invoice_id, charge.net_amount, sum(taken.net_amount) AS credited
      FROM invoicing_invoicecharge taken
      JOIN invoicing_invoice memo ON memo.id = taken.invoice_id
      JOIN invoicing_invoicecharge charge ON charge.id = taken.original_id
     GROUP BY charge.id
    HAVING sum(taken.net_amount) > charge.net_amount
        OR sum(taken.goods_amount) > charge.goods_amount
        OR (sum(taken.goods_amount) = charge.goods_amount
            AND sum(taken.net_amount) <> charge.net_amount)
        OR bool_or(memo.original_id <> charge.invoice_id)
    """,
)
