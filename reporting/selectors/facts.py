"""How far orders have come: the facts behind stage and condition, in one statement for many."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import connection

FACTS = """
SELECT wanted.id AS order_id, lines.*, picks.*, ships.*, bills.*,
       EXISTS (SELECT FROM credit_creditapplication AS application
                WHERE application.order_id = wanted.id
                  AND application.state = 'awaiting_documents') AS documents_asked
  FROM unnest(%(ids)s::bigint[]) AS wanted(id)
  CROSS JOIN LATERAL (
      SELECT count(*) AS lines, max(line.promised_on) AS promised_on,
             max(line.expected_on) AS expected_on,
             count(*) FILTER (WHERE line.allocated > 0) AS allocated,
             count(*) FILTER (WHERE line.ordered - line.cancelled - line.shipped
                                    > line.allocated) AS backordered,
             count(*) FILTER (WHERE line.allocated > line.picking - line.shipped) AS ready,
             (SELECT min(claim.allocated_at) FROM fulfillment_allocation AS claim
               WHERE claim.line_id = ANY(array_agg(line.id))) AS allocated_at
        FROM orders_orderline AS line WHERE line.order_id = wanted.id) AS lines
  CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE pick.state <> 'cancelled') AS pick_lists,
             count(*) FILTER (WHERE pick.state IN ('released', 'picking', 'picked')) AS unpacked,
             min(pick.released_at) AS picking_at, max(pick.packed_at) AS packed_at,
             EXISTS (SELECT FROM fulfillment_pickline AS found
                       JOIN orders_orderline AS line ON line.id = found.order_line_id
                      WHERE line.order_id = wanted.id AND found.short_reason <> ''
                        AND line.ordered - line.cancelled - line.shipped
                            > line.allocated) AS short
        FROM fulfillment_picklist AS pick WHERE pick.order_id = wanted.id) AS picks
  CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE shipment.state = 'exception') AS exceptions,
             max(shipment.dispatched_at) AS shipped_at, max(shipment.leaves_by) AS leaves_by,
             max(shipment.expected_on) FILTER (WHERE shipment.state IN (
                 'dispatched', 'in_transit', 'exception')) AS arrives_on,
             max(shipment.delivered_at) AS arrived_at
        FROM shipping_shipment AS shipment
       WHERE shipment.id IN (SELECT part.shipment_id FROM shipping_shipmentline AS part
                              WHERE part.order_id = wanted.id)
         AND shipment.state <> 'cancelled') AS ships
  CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE invoice.state IN ('draft', 'checked')) AS drafts,
             max(invoice.issued_on) AS invoiced_on, max(invoice.due_on) AS due_on,
             max(item.settled_on) AS paid_on,
             coalesce(sum(item.amount - item.applied), 0) > 0 AS unpaid
        FROM invoicing_invoice AS invoice
        LEFT JOIN receivables_openitem AS item ON item.invoice_id = invoice.id
       WHERE invoice.order_id = wanted.id AND invoice.state <> 'discarded'
         AND invoice.kind = 'invoice') AS bills
"""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Counts (of lines, pick lists, shipments, invoices) and first or last dates of one order."""

    order_id: int
    lines: int
    promised_on: date | None
    expected_on: date | None
    allocated: int
    backordered: int
    ready: int
    allocated_at: datetime | None
    pick_lists: int
    unpacked: int
    picking_at: datetime | None
    packed_at: datetime | None
    short: bool
    exceptions: int
    shipped_at: datetime | None
    leaves_by: datetime | None
    # Of what is on the way, the last to arrive; of what has arrived, the last that did.
    arrives_on: date | None
    arrived_at: datetime | None
    drafts: int
    invoiced_on: date | None
    due_on: date | None
    paid_on: date | None
    unpaid: bool
    documents_asked: bool


NAMES = [field.name for field in fields(Facts)]


def facts_of(order_ids: Collection[int]) -> dict[int, Facts]:
    """Return the facts of each order, in one statement."""
    if not order_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"ids": list(order_ids)})
        return {facts.order_id: facts for facts in _read(cursor)}


def _read(cursor: Any) -> Iterator[Facts]:
    columns = [column.name for column in cursor.description]
    for row in cursor:
        yield Facts(**dict(zip(columns, row, strict=True)))
