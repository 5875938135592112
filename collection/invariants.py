"""What must be true of cash and dunning, over the whole books."""

from o2c.kernel.invariants import invariant

invariant(
    "collections.a_receipts_applied_amount_is_the_sum_of_its_applications",
    """
    SELECT receipt.number, receipt.applied, COALESCE(sum(application.amount), 0) AS applications
    FROM collections_receipt receipt
    LEFT JOIN receivables_application application
      ON application.source = 'receipt:' || receipt.id
    GROUP BY receipt.id HAVING receipt.applied <> COALESCE(sum(application.amount), 0)
    """,
)
invariant(
    "collections.applications_stay_within_their_receipt",
    """
    SELECT application.source, sum(application.amount) AS applications, receipt.amount
    FROM receivables_application application
    LEFT JOIN collections_receipt receipt ON application.source = 'receipt:' || receipt.id
    WHERE application.source LIKE 'receipt:%'
    GROUP BY application.source, receipt.amount
    HAVING sum(application.amount) NOT BETWEEN 0 AND COALESCE(receipt.amount, -1)
    """,
)
invariant(
    "collections.a_receipt_pays_items_of_its_payer_only",
    """
    SELECT receipt.number, application.item_id
    FROM collections_receipt receipt
    JOIN receivables_application application ON application.source = 'receipt:' || receipt.id
    JOIN receivables_openitem item ON item.id = application.item_id
    WHERE item.customer_id IS DISTINCT FROM receipt.customer_id
       OR item.currency <> receipt.currency
    """,
)
invariant(
    "collections.each_receipt_is_in_the_journal_once",
    """
    SELECT receipt.number, receipt.amount, COALESCE(sum(line.debit), 0) AS posted
    FROM collections_receipt receipt
    LEFT JOIN receivables_journalentry entry ON entry.source = 'receipt:' || receipt.id
    LEFT JOIN receivables_journalline line ON line.entry_id = entry.id AND line.account = '1000'
    GROUP BY receipt.id HAVING receipt.amount <> COALESCE(sum(line.debit), 0)
    """,
)
# What credit memos give and no invoice has taken yet is on account as money is.
LEFT_OF_MEMOS = """
        SELECT memo.customer_id, memo.currency, memo.gross_amount - COALESCE(
                   (SELECT sum(amount) FROM receivables_application application
                     WHERE application.source = 'invoice:' || memo.id), 0) AS unapplied
          FROM invoicing_invoice memo
         WHERE memo.kind = 'credit_memo' AND memo.number IS NOT NULL
"""
invariant(
    "collections.receipts_and_credit_memos_are_applied_or_unapplied_cash",
    f"""
    WITH receipts AS (
        SELECT currency, sum(unapplied) AS unapplied FROM (
            SELECT currency, amount - applied AS unapplied FROM collections_receipt
            UNION ALL SELECT currency, unapplied FROM ({LEFT_OF_MEMOS}) memos
        ) parts GROUP BY 1
    ), ledger AS (
        SELECT entry.currency, sum(line.credit - line.debit) AS unapplied
        FROM receivables_journalline line JOIN receivables_journalentry entry
          ON entry.id = line.entry_id
        WHERE line.account = '1290' GROUP BY 1
    )
    SELECT currency, receipts.unapplied AS receipts, ledger.unapplied AS ledger
    FROM receipts FULL JOIN ledger USING (currency)
    WHERE COALESCE(receipts.unapplied, 0) <> COALESCE(ledger.unapplied, 0)
    """,  # noqa: S608  our own words
)
invariant(
    "collections.unapplied_cash_lowers_exposure_by_what_is_left_of_receipts_and_credit_memos",
    f"""
    WITH receipts AS (
        SELECT customer_id, sum(unapplied) AS unapplied FROM (
            SELECT customer_id, amount - applied AS unapplied FROM collections_receipt
            WHERE customer_id IS NOT NULL
            UNION ALL SELECT customer_id, unapplied FROM ({LEFT_OF_MEMOS}) memos
        ) parts GROUP BY 1
    ), exposure AS (
        SELECT account_id AS customer_id, -sum(amount) AS unapplied FROM credit_exposureentry
        WHERE kind = 'unapplied_cash' GROUP BY 1
    )
    SELECT customer_id, receipts.unapplied AS receipts, exposure.unapplied AS exposure
    FROM receipts FULL JOIN exposure USING (customer_id)
    WHERE COALESCE(receipts.unapplied, 0) <> COALESCE(exposure.unapplied, 0)
    """,  # noqa: S608  our own words
)
invariant(
    "collections.a_dunned_item_was_overdue_on_the_date_of_the_run",
    """
    SELECT dunned.item_id, run.as_of, item.due_on
    FROM collections_dunneditem dunned
    JOIN collections_dunningnotice notice ON notice.id = dunned.notice_id
    JOIN collections_dunningrun run ON run.id = notice.run_id
    JOIN receivables_openitem item ON item.id = dunned.item_id
    WHERE item.due_on >= run.as_of OR item.customer_id <> notice.customer_id
    """,
)
invariant(
    "collections.an_item_is_in_one_notice_per_level",
    """
    SELECT item_id, level, count(*) FROM collections_dunneditem
    GROUP BY 1, 2 HAVING count(*) > 1
    """,
)
invariant(
    "collections.a_customer_gets_one_letter_per_run",
    """
    SELECT run_id, customer_id, count(*) FROM collections_dunningnotice
    GROUP BY 1, 2 HAVING count(*) > 1
    """,
)
# The company's day may be a day away from UTC's.
invariant(
    "collections.an_overdue_hold_was_placed_for_something_overdue",
    """
    SELECT hold.customer_id, hold.placed_at FROM credit_hold hold
    WHERE hold.kind = 'overdue' AND hold.released_at IS NULL AND NOT EXISTS (
        SELECT FROM receivables_openitem item WHERE item.customer_id = hold.customer_id
        AND item.due_on <= hold.placed_at::date
        AND (item.settled_on IS NULL OR item.settled_on >= hold.placed_at::date - 1))
    """,
)
# Only cash changes it, and each application and each taking back tells of it in its own step.
invariant(
    "collections.credit_knows_how_items_were_paid",
    """
    WITH paid AS (
        SELECT known.account_id, count(item.id) AS items,
               round(sum(item.amount * greatest(item.settled_on - item.due_on, 0))
                     / sum(item.amount), 2) AS days,
               round(sum(CASE WHEN item.settled_on > item.due_on THEN item.amount ELSE 0 END)
                     / sum(item.amount), 4) AS late
          FROM credit_paymentbehaviour known
          LEFT JOIN receivables_openitem item
            ON item.customer_id = known.account_id AND item.settled_on > known.as_of - 365
         GROUP BY known.account_id
    )
    SELECT known.account_id, known.items_paid, paid.items, known.average_days_late, paid.days,
           known.share_paid_late, paid.late
      FROM credit_paymentbehaviour known JOIN paid USING (account_id)
     WHERE (known.items_paid, known.average_days_late, known.share_paid_late)
           IS DISTINCT FROM (paid.items, paid.days, paid.late)
    """,
)
invariant(
    "collections.what_was_paid_in_advance_is_kept_or_applied",
    """
    WITH told AS (
        SELECT split_part(source, ':', 2)::bigint AS receipt_id, order_id, sum(amount) AS amount
          FROM credit_orderprepayment WHERE source LIKE 'receipt:%' GROUP BY 1, 2
        HAVING sum(amount) <> 0
    ), kept AS (
        SELECT id AS receipt_id, reserved_for_id AS order_id, advanced AS amount, reserved, applied
          FROM collections_receipt WHERE advanced <> 0
    )
    SELECT receipt_id, order_id, told.amount AS prepaid, kept.amount AS advanced
      FROM told FULL JOIN kept USING (receipt_id, order_id)
     WHERE told.amount IS DISTINCT FROM kept.amount OR kept.amount - kept.reserved > kept.applied
    """,
)
