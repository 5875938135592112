"""What must always be true of invoices."""

from invoicing import credit_invariants, freight_invariants  # noqa: F401  declare their own
from invoicing.places import PLACES
from o2c.kernel.invariants import invariant

invariant(
    "invoicing.shipped_lines_are_billed_once_for_what_stays_with_the_customer",
    """
    WITH back AS (
        SELECT shipment_line_id, sum(quantity) AS quantity
          FROM invoicing_unbilledreturn GROUP BY shipment_line_id
    )
    SELECT shipped.id AS shipment_line, line.quantity AS billed, shipped.quantity, back.quantity
      FROM invoicing_invoiceline line
      JOIN invoicing_invoice invoice ON invoice.id = line.invoice_id
      JOIN shipping_shipmentline shipped ON shipped.id = line.shipment_line_id
      LEFT JOIN back ON back.shipment_line_id = shipped.id
     WHERE line.original_id IS NULL
       AND (line.quantity > shipped.quantity
            OR invoice.number IS NOT NULL
               AND line.quantity <> shipped.quantity - COALESCE(back.quantity, 0))
    """,
)
invariant(
    "invoicing.order_lines_count_what_issued_invoices_bill_and_credit_memos_take_off",
    """
    SELECT order_line.id, order_line.invoiced, order_line.credited, counted.billed,
           counted.credited AS taken_off, back.quantity AS never_billed
      FROM orders_orderline order_line
      LEFT JOIN (
          SELECT line.order_line_id,
                 sum(line.quantity) FILTER (WHERE line.original_id IS NULL) AS billed,
                 sum(line.quantity) FILTER (WHERE line.original_id IS NOT NULL) AS credited
            FROM invoicing_invoiceline line
            JOIN invoicing_invoice invoice ON invoice.id = line.invoice_id
           WHERE invoice.number IS NOT NULL
           GROUP BY line.order_line_id
      ) counted ON counted.order_line_id = order_line.id
      LEFT JOIN (
          SELECT shipped.order_line_id, sum(unbilled.quantity) AS quantity
            FROM invoicing_unbilledreturn unbilled
            JOIN shipping_shipmentline shipped ON shipped.id = unbilled.shipment_line_id
           GROUP BY shipped.order_line_id
      ) back ON back.order_line_id = order_line.id
     WHERE order_line.invoiced
           <> COALESCE(counted.billed, 0) + COALESCE(back.quantity, 0)
        OR order_line.credited
           <> COALESCE(counted.credited, 0) + COALESCE(back.quantity, 0)
    """,
)
# A shipment is billed by a message that follows it; for an hour it may be on its way.
invariant(
    "invoicing.what_is_due_is_billed",
    """
    SELECT shipped.id AS shipment_line, shipment.number
      FROM shipping_shipmentline shipped
      JOIN shipping_shipment shipment ON shipment.id = shipped.shipment_id
      JOIN customers_customer customer ON customer.id = shipment.customer_id
     WHERE CASE customer.billing_trigger WHEN 'delivery' THEN shipment.delivered_at
                ELSE shipment.dispatched_at END < now() - interval '1 hour'
       AND NOT EXISTS (SELECT FROM invoicing_invoiceline line
                        WHERE line.shipment_line_id = shipped.id)
       AND shipped.quantity > COALESCE((SELECT sum(quantity) FROM invoicing_unbilledreturn back
                                         WHERE back.shipment_line_id = shipped.id), 0)
       AND NOT EXISTS (SELECT FROM kernel_outboxmessage message
                        WHERE message.delivered_at IS NULL
                          AND (message.payload ->> 'shipment_id')::bigint = shipment.id
                          AND message.handler LIKE 'invoicing.%')
    """,
)
invariant(
    "invoicing.lines_and_taxes_make_the_total",
    """
    SELECT invoice.id, invoice.net_amount, lines.net, charges.net AS charged, taxes.base,
           invoice.tax_amount, taxes.tax
      FROM invoicing_invoice invoice
      LEFT JOIN (SELECT invoice_id, sum(net_amount) AS net
                   FROM invoicing_invoiceline GROUP BY invoice_id) lines
        ON lines.invoice_id = invoice.id
      LEFT JOIN (SELECT invoice_id, sum(net_amount) AS net
                   FROM invoicing_invoicecharge GROUP BY invoice_id) charges
        ON charges.invoice_id = invoice.id
      LEFT JOIN (SELECT invoice_id, sum(base_amount) AS base, sum(tax_amount) AS tax
                   FROM invoicing_invoicetax GROUP BY invoice_id) taxes
        ON taxes.invoice_id = invoice.id
     WHERE invoice.state <> 'discarded'
       AND (invoice.net_amount IS DISTINCT FROM lines.net + COALESCE(charges.net, 0)
            OR invoice.freight_amount <> COALESCE(charges.net, 0)
            OR invoice.net_amount IS DISTINCT FROM taxes.base
            OR invoice.tax_amount IS DISTINCT FROM taxes.tax)
    """,
)
# PostgreSQL rounds a numeric half away from zero, as our one rounding rule does. Credit memos are
# proved together: see below.
invariant(
    "invoicing.taxes_are_their_base_times_their_rate",
    f"""
    SELECT tax.id, tax.base_amount, tax.rate, tax.tax_amount
      FROM invoicing_invoicetax tax JOIN invoicing_invoice invoice ON invoice.id = tax.invoice_id
     WHERE invoice.kind = 'invoice' AND tax.tax_amount <> round(
               tax.base_amount * tax.rate, CASE invoice.currency {PLACES} ELSE 2 END)
    """,  # noqa: S608  babel's own table
)
invariant(
    "invoicing.numbers_have_no_gap",
    """
    WITH numbered AS (
        SELECT series.id AS series, series.prefix, series.last_number,
               count(invoice.id) AS invoices,
               count(DISTINCT substr(invoice.number, length(series.prefix) + 1)::bigint) AS known,
               COALESCE(max(substr(invoice.number, length(series.prefix) + 1)::bigint), 0) AS last
          FROM kernel_numberseries series
          LEFT JOIN invoicing_invoice invoice
            ON invoice.company_id = series.company_id
           AND invoice.number ~ ('^' || series.prefix || '[0-9]+$')
         WHERE series.kind IN ('invoice', 'credit_memo')
         GROUP BY series.id
    )
    SELECT * FROM numbered
     WHERE invoices <> last_number OR known <> last_number OR last <> last_number
    """,
)
invariant(
    "invoicing.dates_rise_with_numbers",
    """
    SELECT * FROM (
        SELECT number, issued_on,
               max(issued_on) OVER (
                   PARTITION BY company_id, regexp_replace(number, '[0-9]+$', '')
                   ORDER BY length(number), number) AS latest
          FROM invoicing_invoice WHERE number IS NOT NULL
    ) invoice WHERE issued_on < latest
    """,
)
invariant(
    "invoicing.issued_invoices_say_what_they_said",
    """
    SELECT id, number FROM invoicing_invoice
     WHERE number IS NOT NULL
       AND (content_hash <> encode(sha256(convert_to(content, 'UTF8')), 'hex')
            OR content::jsonb ->> 'number' <> number
            OR (content::jsonb ->> 'net_amount')::numeric <> net_amount
            OR (content::jsonb ->> 'tax_amount')::numeric <> tax_amount
            OR (content::jsonb ->> 'gross_amount')::numeric <> gross_amount
            OR (content::jsonb ->> 'due_on')::date <> due_on)
    """,
)
invariant(
    "invoicing.exposure_knows_what_is_shipped_and_not_billed",
    f"""
    WITH unbilled AS (
        SELECT account_id, sum(amount) AS amount
          FROM credit_exposureentry WHERE kind = 'shipped_unbilled' GROUP BY account_id
    ), parts AS (
        SELECT shipped.shipment_id, shipped.order_id, line.id, line.tax_category, line.tax_rate,
               CASE orders.currency {PLACES} ELSE 2 END AS places,
               line.unit_price * sum(shipped.quantity - COALESCE(
                   (SELECT sum(quantity) FROM invoicing_unbilledreturn back
                     WHERE back.shipment_line_id = shipped.id), 0)) AS net
          FROM shipping_shipmentline shipped
          JOIN shipping_shipment shipment ON shipment.id = shipped.shipment_id
          JOIN orders_order orders ON orders.id = shipped.order_id
          JOIN orders_orderline line ON line.id = shipped.order_line_id
         WHERE shipment.dispatched_at IS NOT NULL
           AND NOT EXISTS (
               SELECT FROM invoicing_invoiceline billed
                 JOIN invoicing_invoice invoice ON invoice.id = billed.invoice_id
                WHERE billed.shipment_line_id = shipped.id AND invoice.number IS NOT NULL)
         GROUP BY shipped.shipment_id, shipped.order_id, line.id, orders.currency
    ), rated AS (
        SELECT shipment_id, order_id,
               sum(round(net, places)) + round(sum(round(net, places)) * tax_rate, places) AS gross
          FROM parts GROUP BY shipment_id, order_id, places, tax_category, tax_rate
    ), owed AS (
        SELECT shipment.customer_id, sum(rated.gross) AS gross
          FROM rated JOIN shipping_shipment shipment ON shipment.id = rated.shipment_id
         GROUP BY shipment.customer_id
    )
    SELECT customer.id AS customer, unbilled.amount AS exposure, owed.gross AS documents
      FROM customers_customer customer
      LEFT JOIN unbilled ON unbilled.account_id = customer.id
      LEFT JOIN owed ON owed.customer_id = customer.id
     WHERE COALESCE(unbilled.amount, 0) <> COALESCE(owed.gross, 0)
    """,  # noqa: S608  babel's own table
)
invariant(
    "invoicing.pro_formas_ask_for_orders_that_wait",
    """
    SELECT pro_forma.id, pro_forma.number, orders.state
      FROM invoicing_proforma pro_forma
      JOIN orders_order orders ON orders.id = pro_forma.order_id
     WHERE pro_forma.state = 'issued'
       AND orders.state NOT IN ('in_review', 'on_hold', 'declined')
    """,
)
# What is kept for an order, or has paid its invoice, is what credit was told; less than the
# pro forma asked for only where less than that is left of the order.
invariant(
    "invoicing.paid_pro_formas_have_their_money",
    f"""
    WITH rated AS (
        SELECT orders.id AS order_id, line.tax_rate,
               CASE orders.currency {PLACES} ELSE 2 END AS places,
               sum(round(line.unit_price * (line.ordered - line.cancelled),
                         CASE orders.currency {PLACES} ELSE 2 END)) AS net
          FROM orders_orderline line JOIN orders_order orders ON orders.id = line.order_id
         WHERE orders.id IN (SELECT order_id FROM invoicing_proforma WHERE state = 'paid')
         GROUP BY orders.id, line.tax_category, line.tax_rate
    ), left_of AS (
        SELECT order_id, sum(net + round(net * tax_rate, places)) AS gross
          FROM rated GROUP BY order_id
    ), paid AS (
        SELECT order_id, sum(amount) AS amount FROM credit_orderprepayment GROUP BY order_id
    )
    SELECT pro_forma.id, pro_forma.number, pro_forma.gross_amount, paid.amount
      FROM invoicing_proforma pro_forma
      JOIN left_of ON left_of.order_id = pro_forma.order_id
      LEFT JOIN paid ON paid.order_id = pro_forma.order_id
     WHERE pro_forma.state = 'paid'
       AND coalesce(paid.amount, 0) < least(pro_forma.gross_amount, left_of.gross)
    """,  # noqa: S608  babel's own table
)
invariant(
    "invoicing.pro_formas_say_what_they_ask_for",
    """
    SELECT id, number FROM invoicing_proforma
     WHERE (content::jsonb ->> 'amount')::numeric <> amount
        OR (content::jsonb ->> 'gross_amount')::numeric <> gross_amount
        OR (content::jsonb ->> 'net_amount')::numeric <> net_amount
        OR (content::jsonb ->> 'tax_amount')::numeric <> tax_amount
        OR (content::jsonb ->> 'valid_until')::date <> valid_until
        OR content::jsonb ->> 'currency' <> currency
    """,
)
