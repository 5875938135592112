"""The steps of an order whose time is measured, as data.

Each query gives one row a document: `id`, `number`, `party`, `began`, `ended` (NULL: still
going on) and `target`, the time that the step should take at most.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class CycleStep:
    """`document` is the kind of page of its rows; `formula` says in words what is measured."""

    key: str
    name: Text
    formula: Text
    target: Text
    document: str
    sql: str


CREDIT = """
SELECT o.id, o.number, c.name AS party, o.submitted_at AS began, o.released_at AS ended,
       interval '4 hours' AS target
  FROM orders_order AS o JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE o.submitted_at IS NOT NULL AND o.state NOT IN ('declined', 'cancelled')
"""
PICKING = """
SELECT p.id, p.number, c.name AS party, o.released_at AS began, p.picked_at AS ended,
       interval '1 day' AS target
  FROM fulfillment_picklist AS p JOIN orders_order AS o ON o.id = p.order_id
  JOIN customers_customer AS c ON c.id = o.customer_id
 WHERE p.state <> 'cancelled' AND o.released_at IS NOT NULL
"""
SHIPPING = """
SELECT s.id, s.number, c.name AS party,
       (SELECT max(p.picked_at) FROM shipping_shipmentline AS k
          JOIN fulfillment_picklist AS p ON p.id = k.pick_list_id
         WHERE k.shipment_id = s.id) AS began, s.dispatched_at AS ended, interval '1 day' AS target
  FROM shipping_shipment AS s JOIN customers_customer AS c ON c.id = s.customer_id
 WHERE s.state <> 'cancelled'
"""
# An invoice is issued in the step that posts it, so the posting's instant is that of the issue.
BILLING = """
SELECT s.id, s.number, c.name AS party, s.dispatched_at AS began,
       (SELECT max(e.at) FROM invoicing_invoice AS i
          JOIN receivables_journalentry AS e ON e.source = 'invoice:' || i.id
         WHERE i.shipment_id = s.id AND i.kind = 'invoice') AS ended,
       interval '30 minutes' AS target
  FROM shipping_shipment AS s JOIN customers_customer AS c ON c.id = s.customer_id
 WHERE s.dispatched_at IS NOT NULL AND c.billing_trigger = 'shipment'
"""
PAYMENT = """
SELECT i.id, i.number, c.name AS party, t.issued_on::timestamp AT TIME ZONE %(zone)s AS began,
       t.settled_on::timestamp AT TIME ZONE %(zone)s AS ended,
       (t.due_on - t.issued_on) * interval '1 day' AS target
  FROM receivables_openitem AS t JOIN invoicing_invoice AS i ON i.id = t.invoice_id
  JOIN customers_customer AS c ON c.id = t.customer_id
"""

STEPS = (
    CycleStep(
        key="credit",
        name=_("Credit"),
        formula=_("from an order's submission to its (last) release"),
        target=_("4 hours"),
        document="order",
        sql=CREDIT,
    ),
    CycleStep(
        key="picking",
        name=_("Picking"),
        formula=_("from an order's release to the end of each of its pick lists"),
        target=_("1 day"),
        document="picklist",
        sql=PICKING,
    ),
    CycleStep(
        key="shipping",
        name=_("Shipping"),
        formula=_("from the end of picking to the dispatch of the shipment"),
        target=_("1 day"),
        document="shipment",
        sql=SHIPPING,
    ),
    CycleStep(
        key="billing",
        name=_("Invoicing"),
        formula=_("from dispatch to the issue of the invoice, for goods billed as they leave"),
        target=_("30 minutes"),
        document="shipment",
        sql=BILLING,
    ),
    CycleStep(
        key="payment",
        name=_("Payment"),
        formula=_("from the invoice's date to the day it was paid in full, in whole days"),
        target=_("due date"),
        document="invoice",
        sql=PAYMENT,
    ),
)
