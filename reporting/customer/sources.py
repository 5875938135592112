"""What happened with a customer, one query a kind of event; all in the same columns.

`at`, `id`, `number` (of the document, for its page), `text` (people's words), `state`, `amount`
and `currency` (NULL and empty: no money in it), `who`. Parameter: `customer`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of event. `page` is the kind of document in `reporting.links`, empty: no page."""

    key: str
    name: Text
    icon: str
    tone: str
    title: Text
    page: str
    view: str
    sql: str


def _activity(kind: str, icon: str, title: Text, name: Text) -> Source:
    return Source(
        key=kind,
        name=name,
        icon=icon,
        tone="",
        title=title,
        page="activity",
        view="customers.view_customer",
        sql=f"""
SELECT a.at, a.id, a.id::text AS number, a.text, CASE WHEN a.done_at IS NOT NULL THEN 'done'
       WHEN a.due_on IS NOT NULL THEN a.due_on::text ELSE '' END AS state,
       NULL::numeric AS amount, '' AS currency, a.author AS who
  FROM customers_activity AS a WHERE a.customer_id = %(customer)s AND a.kind = '{kind}'
""",  # noqa: S608  our own words
    )


SOURCES = (
    _activity("note", "note", _("Note"), _("Notes")),
    _activity("call", "phone", _("Call"), _("Calls")),
    _activity("meeting", "users", _("Meeting"), _("Meetings")),
    _activity("task", "check", _("Task"), _("Tasks")),
    Source(
        key="quote",
        name=_("Quotes"),
        icon="tag",
        tone="",
        title=_("Quote %(number)s"),
        page="",
        view="orders.view_order",
        sql="""
SELECT q.sent_at AS at, q.id, q.number, '' AS text, q.state, q.gross_amount AS amount, q.currency,
       '' AS who
  FROM orders_quote AS q WHERE q.customer_id = %(customer)s AND q.sent_at IS NOT NULL
""",
    ),
    Source(
        key="order",
        name=_("Orders"),
        icon="order",
        tone="go",
        title=_("Order %(number)s"),
        page="order",
        view="orders.view_order",
        sql="""
SELECT coalesce(o.submitted_at, o.created_at) AS at, o.id, o.number, o.customer_po AS text, o.state,
       o.gross_amount AS amount, o.currency, '' AS who
  FROM orders_order AS o WHERE o.customer_id = %(customer)s
""",
    ),
    Source(
        key="acknowledgement",
        name=_("Order confirmations"),
        icon="mail",
        tone="",
        title=_("Confirmed order %(number)s by mail"),
        page="order",
        view="orders.view_order",
        sql="""
SELECT k.sent_at AS at, k.id, o.number, '' AS text, '' AS state, NULL::numeric AS amount,
       '' AS currency, '' AS who
  FROM orders_acknowledgement AS k JOIN orders_order AS o ON o.id = k.order_id
 WHERE o.customer_id = %(customer)s AND k.sent_at IS NOT NULL
""",
    ),
    Source(
        key="dispatch",
        name=_("Goods that left"),
        icon="truck",
        tone="go",
        title=_("Delivery %(number)s left"),
        page="shipment",
        view="shipping.view_shipment",
        sql="""
SELECT s.dispatched_at AS at, s.id, s.number, s.tracking_number AS text, '' AS state,
       NULL::numeric AS amount, '' AS currency, '' AS who
  FROM shipping_shipment AS s WHERE s.customer_id = %(customer)s AND s.dispatched_at IS NOT NULL
""",
    ),
    Source(
        key="delivery",
        name=_("Goods that arrived"),
        icon="box",
        tone="ok",
        title=_("Delivery %(number)s arrived"),
        page="shipment",
        view="shipping.view_shipment",
        sql="""
SELECT s.delivered_at AS at, s.id, s.number, s.received_by AS text, '' AS state,
       NULL::numeric AS amount, '' AS currency, '' AS who
  FROM shipping_shipment AS s WHERE s.customer_id = %(customer)s AND s.delivered_at IS NOT NULL
""",
    ),
    Source(
        key="invoice",
        name=_("Invoices"),
        icon="invoice",
        tone="",
        title=_("Invoice %(number)s"),
        page="invoice",
        view="invoicing.view_invoice",
        sql="""
SELECT i.created_at AS at, i.id, i.number, i.customer_po AS text, '' AS state,
       i.gross_amount AS amount, i.currency, '' AS who
  FROM invoicing_invoice AS i
 WHERE i.customer_id = %(customer)s AND i.number IS NOT NULL AND i.kind = 'invoice'
""",
    ),
    Source(
        key="credit_memo",
        name=_("Credit memos"),
        icon="undo",
        tone="",
        title=_("Credit memo %(number)s"),
        page="invoice",
        view="invoicing.view_invoice",
        sql="""
SELECT i.created_at AS at, i.id, i.number, o.number AS text, '' AS state,
       i.gross_amount AS amount, i.currency, '' AS who
  FROM invoicing_invoice AS i JOIN invoicing_invoice AS o ON o.id = i.original_id
 WHERE i.customer_id = %(customer)s AND i.number IS NOT NULL AND i.kind = 'credit_memo'
""",
    ),
    Source(
        key="sent",
        name=_("Mailed invoices"),
        icon="mail",
        tone="",
        title=_("Mailed invoice %(number)s"),
        page="invoice",
        view="invoicing.view_invoice",
        sql="""
SELECT d.sent_at AS at, d.id, i.number, d.recipient AS text, '' AS state, NULL::numeric AS amount,
       '' AS currency, '' AS who
  FROM invoicing_invoicedelivery AS d JOIN invoicing_invoice AS i ON i.id = d.invoice_id
 WHERE i.customer_id = %(customer)s AND d.sent_at IS NOT NULL
""",
    ),
    Source(
        key="payment",
        name=_("Payments"),
        icon="bank",
        tone="ok",
        title=_("Payment %(number)s"),
        page="receipt",
        view="collections.view_receipt",
        sql="""
SELECT r.recorded_at AS at, r.id, r.number, r.reference AS text, '' AS state, r.amount, r.currency,
       '' AS who
  FROM collections_receipt AS r WHERE r.customer_id = %(customer)s
""",
    ),
    Source(
        key="reminder",
        name=_("Reminders"),
        icon="mail",
        tone="",
        title=_("Friendly reminder of invoice %(number)s"),
        page="invoice",
        view="receivables.view_invoicereview",
        sql="""
SELECT w.reminded_at AS at, w.id, i.number, '' AS text, '' AS state, NULL::numeric AS amount,
       '' AS currency, '' AS who
  FROM receivables_invoicereview AS w JOIN receivables_openitem AS t ON t.id = w.item_id
  JOIN invoicing_invoice AS i ON i.id = t.invoice_id
 WHERE t.customer_id = %(customer)s AND w.reminded_at IS NOT NULL
""",
    ),
    Source(
        key="letter",
        name=_("Dunning letters"),
        icon="mail",
        tone="warn",
        title=_("Dunning letter: %(number)s"),
        page="",
        view="collections.view_dunningnotice",
        sql="""
SELECT n.sent_at AS at, n.id, v.name AS number, n.recipient AS text, '' AS state,
       n.total AS amount, n.currency, '' AS who
  FROM collections_dunningnotice AS n JOIN collections_dunninglevel AS v ON v.id = n.level_id
 WHERE n.customer_id = %(customer)s AND n.sent_at IS NOT NULL
""",
    ),
    Source(
        key="dispute",
        name=_("Disputes"),
        icon="flag",
        tone="warn",
        title=_("Dispute of invoice %(number)s"),
        page="invoice",
        view="receivables.view_dispute",
        sql="""
SELECT d.opened_at AS at, d.id, i.number, d.note AS text, d.state, d.amount, t.currency, '' AS who
  FROM receivables_dispute AS d JOIN receivables_openitem AS t ON t.id = d.item_id
  JOIN invoicing_invoice AS i ON i.id = t.invoice_id WHERE t.customer_id = %(customer)s
""",
    ),
    Source(
        key="hold",
        name=_("Holds"),
        icon="hand",
        tone="bad",
        title=_("Put on hold"),
        page="",
        view="credit.view_creditaccount",
        sql="""
SELECT h.placed_at AS at, h.id, '' AS number, h.reason AS text, '' AS state,
       NULL::numeric AS amount, '' AS currency, h.placed_by AS who
  FROM credit_hold AS h WHERE h.customer_id = %(customer)s
""",
    ),
    Source(
        key="release",
        name=_("Holds that ended"),
        icon="shield",
        tone="ok",
        title=_("Hold ended"),
        page="",
        view="credit.view_creditaccount",
        sql="""
SELECT h.released_at AS at, h.id, '' AS number, h.release_reason AS text, '' AS state,
       NULL::numeric AS amount, '' AS currency, h.released_by AS who
  FROM credit_hold AS h WHERE h.customer_id = %(customer)s AND h.released_at IS NOT NULL
""",
    ),
)
BY_KEY = {source.key: source for source in SOURCES}
