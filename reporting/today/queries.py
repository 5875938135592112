"""What waits, one query a worklist; every row is a document, in the same columns.

`id`, `number` and `party` (for people), `customer` (its number), `amount` and `currency` (NULL:
no money in it), `since` (when it began to wait), `due` (when it must be done), `note`.
Parameters: `now`, `today`, `tomorrow` (its first instant) and `zone`, the company's; `user`, who
asks.
"""

DRAFTS = """
SELECT o.id, o.number, c.name AS party, c.number AS customer, o.gross_amount AS amount, o.currency,
       o.created_at AS since, NULL::timestamptz AS due,
       (SELECT min(f.message) FROM orders_orderfinding AS f
         WHERE f.order_id = o.id AND f.state = 'open') AS note
  FROM orders_order AS o JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE o.state = 'draft'
   AND NOT EXISTS (SELECT FROM orders_orderapproval AS a
                    WHERE a.order_id = o.id AND a.state = 'asked')
"""
# What this person has promised to do for a customer by today.
TASKS = """
SELECT a.id, left(a.text, 60) AS number, c.name AS party, c.number AS customer,
       NULL::numeric AS amount, '' AS currency, a.at AS since,
       (a.due_on + 1)::timestamp AT TIME ZONE %(zone)s AS due, a.kind AS note
  FROM customers_activity AS a JOIN customers_customer AS c ON c.id = a.customer_id
 WHERE a.kind = 'task' AND a.done_at IS NULL AND a.assignee_id = %(user)s
   AND a.due_on <= %(today)s
"""
# A draft that waits for somebody's approval is nobody's to finish.
FINDING = """
SELECT f.id, o.number, c.name AS party, c.number AS customer, o.gross_amount AS amount, o.currency,
       f.found_at AS since, NULL::timestamptz AS due, f.message AS note
  FROM orders_orderfinding AS f JOIN orders_order AS o ON o.id = f.order_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE f.state = 'open' AND o.state NOT IN ('cancelled', 'declined', 'closed')
   AND f.owner = '{owner}' AND {condition}
"""
# What blocks a draft is on the list of drafts already.
SALES_FINDINGS = FINDING.format(owner="sales", condition="o.state <> 'draft'")
PRICING_FINDINGS = FINDING.format(owner="pricing", condition="true")
CREDIT_FINDINGS = FINDING.format(owner="credit", condition="true")
MASTER_DATA_FINDINGS = FINDING.format(owner="master_data", condition="true")
APPROVAL = """
SELECT a.id, o.number, c.name AS party, c.number AS customer, o.gross_amount AS amount, o.currency,
       a.asked_at AS since, o.requested_on::timestamp AT TIME ZONE %(zone)s AS due,
       a.reasons ->> 0 AS note
  FROM orders_orderapproval AS a JOIN orders_order AS o ON o.id = a.order_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE a.state = 'asked' AND o.state = 'draft' AND a.permissions {condition}
 UNION ALL
SELECT m.id, m.number, c.name AS party, c.number AS customer,
       (m.effects ->> 'gross_after')::numeric AS amount, o.currency, m.created_at AS since,
       o.requested_on::timestamp AT TIME ZONE %(zone)s AS due, m.needs ->> 0 AS note
  FROM orders_amendment AS m JOIN orders_order AS o ON o.id = m.order_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE m.state = 'asked' AND m.permissions {condition}
"""
# Orders, and changes of orders. Who may approve the large ones is asked for those alone.
APPROVALS = APPROVAL.format(condition="<@ '[\"orders.approve_order\"]'")
LARGE_APPROVALS = APPROVAL.format(condition="@> '[\"orders.approve_large_order\"]'")
INTAKE = """
SELECT d.id, coalesce(nullif(d.customer_po, ''), f.name) AS number, coalesce(c.name, '') AS party,
       coalesce(c.number, '') AS customer, NULL::numeric AS amount, '' AS currency,
       d.received_at AS since, NULL::timestamptz AS due, '' AS note
  FROM orders_intakedocument AS d JOIN kernel_storedfile AS f ON f.id = d.file_id
  LEFT JOIN customers_customer AS c ON c.id = d.customer_id
 WHERE d.state = 'in_review'
"""
CREDIT_CASES = """
SELECT a.id, a.number, c.name AS party, c.number AS customer, a.requested_amount AS amount,
       c.currency, a.opened_at AS since, a.answer_by AS due, a.reason AS note
  FROM credit_creditapplication AS a JOIN customers_customer AS c ON c.id = a.customer_id
 WHERE a.state IN ('open', 'referred')
"""
HOLDS = """
SELECT o.id, o.number, c.name AS party, c.number AS customer, o.gross_amount AS amount, o.currency,
       coalesce(o.submitted_at, o.created_at) AS since,
       o.requested_on::timestamp AT TIME ZONE %(zone)s AS due, o.hold_reason AS note
  FROM orders_order AS o JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE o.state = 'on_hold'
"""
TO_RELEASE = """
SELECT o.id, o.number, c.name AS party, c.number AS customer, o.gross_amount AS amount, o.currency,
       o.released_at AS since, o.requested_on::timestamp AT TIME ZONE %(zone)s AS due, '' AS note
  FROM orders_order AS o JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE o.state IN ('released', 'fulfilling')
   AND EXISTS (SELECT FROM orders_orderline AS l
                WHERE l.order_id = o.id AND l.allocated > l.picking - l.shipped)
   AND NOT EXISTS (SELECT FROM credit_hold AS h
                    WHERE h.customer_id = o.customer_id AND h.released_at IS NULL
                      AND (h.order_id IS NULL OR h.order_id = o.id))
"""
PICK_LISTS = """
SELECT p.id, p.number, c.name AS party, c.number AS customer,
       (SELECT round(sum(k.quantity * l.unit_price), 2) FROM fulfillment_pickline AS k
          JOIN orders_orderline AS l ON l.id = k.order_line_id
         WHERE k.pick_list_id = p.id) AS amount, o.currency,
       coalesce(p.released_at, p.created_at) AS since,
       o.requested_on::timestamp AT TIME ZONE %(zone)s AS due, p.state AS note
  FROM fulfillment_picklist AS p JOIN orders_order AS o ON o.id = p.order_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE p.state IN ('released', 'picking', 'picked')
"""
SHORTAGES = """
SELECT l.id, p.sku AS number, c.name || ', ' || o.number AS party, c.number AS customer,
       round((l.ordered - l.cancelled - l.shipped - l.allocated) * l.unit_price, 2) AS amount,
       o.currency, o.released_at AS since,
       coalesce(l.promised_on, l.requested_on)::timestamp AT TIME ZONE %(zone)s AS due,
       o.number AS note
  FROM orders_order AS o JOIN orders_orderline AS l ON l.order_id = o.id
  JOIN catalog_product AS p ON p.id = l.product_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE o.state IN ('released', 'fulfilling')
   AND l.ordered - l.cancelled - l.shipped > l.allocated
"""
COUNTS = """
SELECT t.id, p.sku AS number, w.name || ', ' || g.code AS party, '' AS customer,
       NULL::numeric AS amount, '' AS currency, t.opened_at AS since, NULL::timestamptz AS due,
       t.reason AS note
  FROM fulfillment_counttask AS t JOIN fulfillment_stocklevel AS s ON s.id = t.level_id
  JOIN catalog_product AS p ON p.id = s.product_id
  JOIN fulfillment_location AS g ON g.id = s.location_id
  JOIN fulfillment_warehouse AS w ON w.id = g.warehouse_id
 WHERE t.state = 'open'
"""
SHIPMENT = """
SELECT s.id, s.number, c.name AS party, c.number AS customer,
       (SELECT round(sum(k.quantity * l.unit_price), 2) FROM shipping_shipmentline AS k
          JOIN orders_orderline AS l ON l.id = k.order_line_id
         WHERE k.shipment_id = s.id) AS amount, c.currency, {since} AS since, {due} AS due,
       {note} AS note
  FROM shipping_shipment AS s JOIN customers_customer AS c ON c.id = s.customer_id
 WHERE {condition}
"""
TO_LABEL = SHIPMENT.format(
    since="s.created_at", due="s.leaves_by", note="s.state", condition="s.state = 'planned'"
)
TO_LOAD = SHIPMENT.format(
    since="s.created_at",
    due="s.leaves_by",
    note="s.state",
    condition="s.state = 'labelled' AND s.leaves_by < %(tomorrow)s",
)
EXCEPTIONS = SHIPMENT.format(
    since="coalesce(s.delivered_at, s.dispatched_at)",
    due="s.expected_on::timestamp AT TIME ZONE %(zone)s",
    note="s.exception_kind",
    condition="s.state = 'exception'",
)
DRAFT_INVOICES = """
SELECT i.id, i.public_id AS number, c.name || ', ' || o.number AS party, c.number AS customer,
       i.gross_amount AS amount, i.currency, i.created_at AS since, NULL::timestamptz AS due,
       coalesce(i.findings -> 0 ->> 'message', '') AS note
  FROM invoicing_invoice AS i JOIN customers_customer AS c ON c.id = i.customer_id
  JOIN orders_order AS o ON o.id = i.order_id
 WHERE i.state IN ('draft', 'checked')
"""
UNSENT = """
SELECT i.id, i.number, c.name AS party, c.number AS customer, i.gross_amount AS amount, i.currency,
       d.queued_at AS since, NULL::timestamptz AS due, d.error AS note
  FROM invoicing_invoicedelivery AS d JOIN invoicing_invoice AS i ON i.id = d.invoice_id
  JOIN customers_customer AS c ON c.id = i.customer_id
 WHERE d.state IN ('bounced', 'unknown') OR d.state = 'queued' AND d.recipient = ''
"""
ITEM = """
SELECT t.id, i.number, c.name AS party, c.number AS customer, {amount} AS amount, t.currency,
       {since} AS since, t.due_on::timestamp AT TIME ZONE %(zone)s AS due, {note} AS note
  FROM {table} AS x JOIN receivables_openitem AS t ON t.id = x.item_id
  JOIN invoicing_invoice AS i ON i.id = t.invoice_id
  JOIN customers_customer AS c ON c.id = t.customer_id
 WHERE {condition}
"""
REVIEWS = ITEM.format(
    amount="t.amount - t.applied",
    since="x.flagged_on::timestamp AT TIME ZONE %(zone)s",
    note="''",
    table="receivables_invoicereview",
    condition="x.state = 'open'",
)
DISPUTES = ITEM.format(
    amount="x.amount",
    since="x.opened_at",
    note="x.note",
    table="receivables_dispute",
    condition="x.state IN ('open', 'investigating')",
)
OVERDUE = """
SELECT c.id, c.number, c.name AS party, c.number AS customer, sum(t.amount - t.applied) AS amount,
       t.currency, min(t.due_on)::timestamp AT TIME ZONE %(zone)s AS since,
       min(t.due_on)::timestamp AT TIME ZONE %(zone)s AS due, count(*)::text AS note
  FROM receivables_openitem AS t JOIN customers_customer AS c ON c.id = t.customer_id
 WHERE t.state = 'open' AND t.due_on + c.grace_days < %(today)s
   AND NOT EXISTS (SELECT FROM receivables_dispute AS d
                    WHERE d.item_id = t.id AND d.state IN ('open', 'investigating'))
 GROUP BY c.id, t.currency
"""
RECEIPTS = """
SELECT r.id, r.number, coalesce(c.name, nullif(r.payer_text, ''), r.reference) AS party,
       coalesce(c.number, '') AS customer, r.amount - r.applied AS amount, r.currency,
       r.recorded_at AS since, NULL::timestamptz AS due, r.state AS note
  FROM collections_receipt AS r LEFT JOIN customers_customer AS c ON c.id = r.customer_id
 WHERE r.state <> 'applied'
"""
NOTICES = """
SELECT n.id, v.name AS number, c.name AS party, c.number AS customer, n.total AS amount, n.currency,
       run.run_at AS since, NULL::timestamptz AS due, v.level::text AS note
  FROM collections_dunningnotice AS n JOIN collections_dunningrun AS run ON run.id = n.run_id
  JOIN collections_dunninglevel AS v ON v.id = n.level_id
  JOIN customers_customer AS c ON c.id = n.customer_id
 WHERE n.state = 'proposed'
"""
# For the owner; what has none is everybody's.
EXPIRING_QUOTES = """
SELECT q.id, q.number, c.name AS party, c.number AS customer, q.gross_amount AS amount, q.currency,
       q.sent_at AS since, (q.valid_until + 1)::timestamp AT TIME ZONE %(zone)s AS due, '' AS note
  FROM orders_quote AS q JOIN customers_customer AS c ON c.id = q.customer_id
 WHERE q.state = 'sent' AND q.valid_until <= %(today)s + 7
   AND (q.owner_id = %(user)s OR q.owner_id IS NULL)
"""
