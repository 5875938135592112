"""What must always be true of credit memos."""

from invoicing.places import PLACES
from o2c.kernel.invariants import invariant

invariant(
    "invoicing.no_line_is_credited_beyond_what_was_billed",
    """
    SELECT billed.id, billed.invoice_id, billed.quantity, sum(line.quantity) AS credited,
           billed.net_amount, sum(line.net_amount) AS credited_net
      FROM invoicing_invoiceline line
      JOIN invoicing_invoiceline billed ON billed.id = line.original_id
     GROUP BY billed.id
    HAVING sum(line.quantity) > billed.quantity
        OR abs(sum(line.net_amount)) > abs(billed.net_amount)
        OR (sum(line.quantity) = billed.quantity AND sum(line.net_amount) <> billed.net_amount)
    """,
)
# All memos of an invoice together are rounded as one: the last takes the residual.
invariant(
    "invoicing.credit_memos_take_off_the_tax_of_what_they_take_off",
    f"""
    WITH taken AS (
        SELECT memo.original_id, tax.category, tax.rate, sum(tax.base_amount) AS base,
               sum(tax.tax_amount) AS tax, max(memo.currency) AS currency
          FROM invoicing_invoicetax tax JOIN invoicing_invoice memo ON memo.id = tax.invoice_id
         WHERE memo.kind = 'credit_memo' GROUP BY 1, 2, 3
    )
    SELECT taken.*, billed.base_amount, billed.tax_amount
      FROM taken LEFT JOIN invoicing_invoicetax billed
        ON billed.invoice_id = taken.original_id AND billed.category = taken.category
       AND billed.rate = taken.rate
     WHERE billed.id IS NULL
        OR taken.tax <> round(taken.base * taken.rate,
                              CASE taken.currency {PLACES} ELSE 2 END)
    """,  # noqa: S608  babel's own table
)
invariant(
    "invoicing.credit_memos_lower_an_issued_invoice_of_the_same_customer",
    """
    SELECT memo.id, memo.number, billed.number AS original
      FROM invoicing_invoice memo
      LEFT JOIN invoicing_invoice billed ON billed.id = memo.original_id
     WHERE memo.kind = 'credit_memo'
       AND (billed.number IS NULL OR billed.kind = 'credit_memo'
            OR billed.customer_id <> memo.customer_id OR billed.currency <> memo.currency
            OR billed.company_id <> memo.company_id OR billed.issued_on > memo.issued_on)
    """,
)
invariant(
    "invoicing.an_invoice_is_credited_when_nothing_of_it_is_left",
    """
    SELECT invoice.id, invoice.number, invoice.state,
           bool_and(COALESCE(taken.quantity, 0) = line.quantity) AS is_all_credited,
           invoice.freight_amount, max(memos.freight) AS freight_credited
      FROM invoicing_invoice invoice
      JOIN invoicing_invoiceline line ON line.invoice_id = invoice.id
      LEFT JOIN (SELECT original_id, sum(quantity) AS quantity FROM invoicing_invoiceline
                  WHERE original_id IS NOT NULL GROUP BY original_id) taken
        ON taken.original_id = line.id
      LEFT JOIN (SELECT original_id, sum(freight_amount) AS freight FROM invoicing_invoice
                  WHERE kind = 'credit_memo' GROUP BY original_id) memos
        ON memos.original_id = invoice.id
     WHERE invoice.kind = 'invoice' AND invoice.number IS NOT NULL
     GROUP BY invoice.id
    HAVING (invoice.state = 'credited')
           <> (bool_and(COALESCE(taken.quantity, 0) = line.quantity)
               AND invoice.freight_amount = COALESCE(max(memos.freight), 0))
    """,
)
# A settled return is credited by a message that follows it; for an hour it may be on its way
# (eight tries take that long).
invariant(
    "invoicing.what_is_accepted_of_a_settled_return_is_credited_or_never_billed",
    """
    WITH accepted AS (
        SELECT back.of_id, back.shipment_line_id, sum(back.accepted) AS quantity
          FROM shipping_returnline back JOIN shipping_return rma ON rma.id = back.of_id
         WHERE rma.state = 'settled' AND rma.settled_at < now() - interval '1 hour'
         GROUP BY back.of_id, back.shipment_line_id
    )
    SELECT accepted.*
      FROM accepted
     WHERE quantity <> COALESCE(
               (SELECT sum(line.quantity) FROM invoicing_invoiceline line
                  JOIN invoicing_invoice memo ON memo.id = line.invoice_id
                 WHERE memo.source = 'return:' || accepted.of_id
                   AND line.shipment_line_id = accepted.shipment_line_id), 0)
             + COALESCE(
               (SELECT sum(back.quantity) FROM invoicing_unbilledreturn back
                 WHERE back.source = 'return:' || accepted.of_id
                   AND back.shipment_line_id = accepted.shipment_line_id), 0)
       AND NOT EXISTS (SELECT FROM kernel_outboxmessage message
                        WHERE message.delivered_at IS NULL
                          AND (message.payload ->> 'return_id')::bigint = accepted.of_id
                          AND message.handler = 'invoicing.handlers.credit_returned'
                          AND message.attempts < 8
                          AND message.due_at > now() - interval '1 hour')
    """,
)
