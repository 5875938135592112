"""What must always be true of what is owed."""

from o2c.kernel.invariants import invariant
from receivables.aging import GAPS

invariant(
    "receivables.debit_is_credit",
    """
    SELECT entry.id, entry.source, sum(line.debit) AS debit, sum(line.credit) AS credit
      FROM receivables_journalentry entry
      LEFT JOIN receivables_journalline line ON line.entry_id = entry.id
     GROUP BY entry.id
    HAVING COALESCE(sum(line.debit), 0) = 0 OR sum(line.debit) <> sum(line.credit)
    """,
)
invariant(
    "receivables.control_account_is_the_sum_of_open_items",
    """
    WITH ledger AS (
        SELECT entry.customer_id, entry.currency, sum(line.debit - line.credit) AS balance
          FROM receivables_journalline line
          JOIN receivables_journalentry entry ON entry.id = line.entry_id
         WHERE line.account = '1200' GROUP BY entry.customer_id, entry.currency
    ), items AS (
        SELECT customer_id, currency, sum(amount - applied) AS balance
          FROM receivables_openitem GROUP BY customer_id, currency
    )
    SELECT customer_id, currency, ledger.balance AS ledger, items.balance AS items
      FROM ledger FULL JOIN items USING (customer_id, currency)
     WHERE COALESCE(ledger.balance, 0) <> COALESCE(items.balance, 0)
    """,
)
invariant(
    "receivables.items_know_what_was_applied",
    """
    SELECT item.id, item.applied, COALESCE(sum(application.amount), 0) AS applications
      FROM receivables_openitem item
      LEFT JOIN receivables_application application ON application.item_id = item.id
     GROUP BY item.id
    HAVING item.applied <> COALESCE(sum(application.amount), 0)
        OR item.applied > item.amount OR item.applied < 0
        OR (item.state = 'settled') <> (item.applied = item.amount)
    """,
)
invariant(
    "receivables.each_issued_invoice_has_its_item",
    """
    SELECT invoice.id, invoice.number, invoice.gross_amount, sum(item.amount) AS amount
      FROM invoicing_invoice invoice
      LEFT JOIN receivables_openitem item ON item.invoice_id = invoice.id
     WHERE invoice.number IS NOT NULL AND invoice.kind = 'invoice'
     GROUP BY invoice.id
    HAVING invoice.gross_amount <> COALESCE(sum(item.amount), 0)
        OR max(item.due_on) <> invoice.due_on
        OR count(item.id) <> greatest(jsonb_array_length(invoice.schedule), 1)
           AND invoice.gross_amount <> 0
    """,
)
invariant(
    "receivables.each_application_is_posted",
    """
    SELECT application.id, application.amount, line.credit, line.debit
      FROM receivables_application application
      LEFT JOIN receivables_journalentry entry ON entry.source = 'application:' || application.id
      LEFT JOIN receivables_journalline line ON line.entry_id = entry.id AND line.account = '1200'
     WHERE line.id IS NULL OR line.credit - line.debit <> application.amount
    """,
)
invariant(
    "receivables.exposure_knows_the_open_items",
    """
    WITH exposure AS (
        SELECT account_id AS customer_id, sum(amount) AS amount
          FROM credit_exposureentry WHERE kind = 'open_item' GROUP BY account_id
    ), items AS (
        SELECT customer_id, sum(amount - applied) AS balance
          FROM receivables_openitem GROUP BY customer_id
    )
    SELECT customer_id, exposure.amount AS exposure, items.balance AS items
      FROM exposure FULL JOIN items USING (customer_id)
     WHERE COALESCE(exposure.amount, 0) <> COALESCE(items.balance, 0)
    """,
)
invariant("receivables.buckets_make_the_balance", GAPS.replace("%(as_of)s", "current_date"))
invariant(
    "receivables.closed_orders_owe_nothing",
    """
    SELECT orders.id, orders.number, item.id AS item
      FROM orders_order orders
      JOIN invoicing_invoice invoice ON invoice.order_id = orders.id
      JOIN receivables_openitem item ON item.invoice_id = invoice.id
     WHERE orders.state = 'closed' AND item.state = 'open'
    """,
)
invariant(
    "receivables.each_credit_memo_is_posted_and_applied_within_what_it_gives",
    """
    SELECT memo.id, memo.number, memo.gross_amount, posted.credit,
           COALESCE(applied.amount, 0) AS applied
      FROM invoicing_invoice memo
      LEFT JOIN (SELECT entry.source, sum(line.credit) AS credit
                   FROM receivables_journalentry entry
                   JOIN receivables_journalline line ON line.entry_id = entry.id
                  WHERE entry.kind = 'credit_memo' AND line.account = '1290'
                  GROUP BY entry.source) posted ON posted.source = 'invoice:' || memo.id
      LEFT JOIN (SELECT source, sum(amount) AS amount FROM receivables_application
                  WHERE source LIKE 'invoice:%' GROUP BY source) applied
        ON applied.source = 'invoice:' || memo.id
     WHERE memo.kind = 'credit_memo' AND memo.number IS NOT NULL
       AND (COALESCE(posted.credit, 0) <> memo.gross_amount
            OR COALESCE(applied.amount, 0) NOT BETWEEN 0 AND memo.gross_amount)
    """,
)
