"""How carriers did in a month: figures and samples, a fixed number of statements for all."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from shipping.models import ShippingAudit

SAMPLE_SIZE = 5
COUNTS = (
    *("shipments", "delivered", "dated", "on_time", "in_full", "on_time_in_full"),
    *("damaged", "lost", "missed"),
)
# A shipment belongs to the month in which it left, by the calendar of its warehouse. It is due on
# the earliest day that was promised of its lines, or else expected of it.
MONTH = """
    WITH gone AS (
        SELECT s.id, s.carrier_id, s.leaves_by, s.dispatched_at, s.delivered_at,
               s.freight_currency, s.freight_cost, s.charged_cost,
               (s.delivered_at AT TIME ZONE w.time_zone)::date AS arrived_on,
               coalesce((SELECT min(l.promised_on) FROM shipping_shipmentline i
                           JOIN orders_orderline l ON l.id = i.order_line_id
                          WHERE i.shipment_id = s.id), s.expected_on) AS due_on,
               coalesce((SELECT sum(p.refused) FROM shipping_shipmentline i
                           JOIN shipping_proofline p ON p.shipment_line_id = i.id
                          WHERE i.shipment_id = s.id), 0) AS refused
          FROM shipping_shipment s JOIN fulfillment_warehouse w ON w.id = s.warehouse_id
         WHERE s.carrier_id IS NOT NULL
           AND (s.dispatched_at AT TIME ZONE w.time_zone)::date BETWEEN %(first)s AND %(last)s
    )
"""
FIGURES = """
    SELECT carrier_id, count(*), count(delivered_at), count(due_on),
           count(*) FILTER (WHERE arrived_on <= due_on),
           count(*) FILTER (WHERE delivered_at IS NOT NULL AND refused = 0),
           count(*) FILTER (WHERE arrived_on <= due_on AND refused = 0),
           count(*) FILTER (WHERE EXISTS (SELECT FROM shipping_deliverycase c
                                   WHERE c.shipment_id = gone.id AND c.kind = 'damaged')),
           count(*) FILTER (WHERE EXISTS (SELECT FROM shipping_deliverycase c
                                   WHERE c.shipment_id = gone.id AND c.kind = 'lost')),
           count(*) FILTER (WHERE dispatched_at > leaves_by)
      FROM gone GROUP BY carrier_id
"""
COSTS = """
    SELECT carrier_id, freight_currency, sum(freight_cost), sum(charged_cost)
      FROM gone WHERE freight_cost IS NOT NULL AND charged_cost IS NOT NULL
     GROUP BY carrier_id, freight_currency ORDER BY 1, 2
"""
# By chance, and the same whenever it is asked again.
SAMPLES = """
    SELECT carrier_id, id FROM (
        SELECT carrier_id, id, row_number() OVER (
                   PARTITION BY carrier_id ORDER BY md5(%(first)s::date || ':' || id)) AS place
          FROM gone) drawn
     WHERE place <= %(size)s ORDER BY 1, place
"""


def month_before(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def months_to_audit(last: date) -> list[date]:
    """Return the months before the last one of which an audit is open, and that one, in order."""
    unsigned = ShippingAudit.objects.filter(state=ShippingAudit.State.OPEN, month__lt=last)
    return [*unsigned.order_by("month").values_list("month", flat=True).distinct(), last]


def figures_of(month: date) -> dict[int, dict[str, Any]]:
    """Return by carrier what happened in a month; two statements.

    Counts of shipments, and `costs`: `{currency: [quoted, charged]}` as text, of shipments of
    which both are known.
    """
    figures: dict[int, dict[str, Any]] = {}
    for carrier_id, *counts in _ask(FIGURES, month):
        figures[carrier_id] = {**dict(zip(COUNTS, counts, strict=True)), "costs": {}}
    for carrier_id, currency, quoted, charged in _ask(COSTS, month):
        figures[carrier_id]["costs"][currency] = [str(quoted), str(charged)]
    return figures


def samples_of(month: date) -> dict[int, list[int]]:
    """Draw by carrier the shipments of a month that somebody checks; one statement."""
    drawn: dict[int, list[int]] = defaultdict(list)
    for carrier_id, shipment_id in _ask(SAMPLES, month):
        drawn[carrier_id].append(shipment_id)
    return drawn


def rate(figures: Mapping[str, Any], part: str, whole: str = "shipments") -> Decimal | None:
    """Return a fraction of the figures; None: there is nothing to divide by."""
    return Decimal(figures[part]) / figures[whole] if figures[whole] else None


def variance(figures: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return by currency how much more was charged than quoted, as a fraction of the quote."""
    return {
        currency: (Decimal(charged) - Decimal(quoted)) / Decimal(quoted)
        for currency, (quoted, charged) in figures["costs"].items()
        if Decimal(quoted)
    }


def score(audit: ShippingAudit) -> dict[str, Any]:
    """Return the rates of an audit, as people read them."""
    figures = audit.figures
    return {
        "audit": audit,
        "on_time": rate(figures, "on_time", "dated"),
        "in_full": rate(figures, "in_full", "delivered"),
        "otif": rate(figures, "on_time_in_full", "dated"),
        "damaged": rate(figures, "damaged"),
        "lost": rate(figures, "lost"),
        "missed": rate(figures, "missed"),
        "variance": variance(figures),
    }


def audits_of(month: date) -> QuerySet[ShippingAudit]:
    """Return the audits of a month with `sample_count` and `checked_count`."""
    checked = Count("samples", filter=~Q(samples__finding=""))
    audits = ShippingAudit.objects.filter(month=month).select_related("carrier", "signed_by")
    counted = audits.annotate(sample_count=Count("samples"), checked_count=checked)
    return counted.order_by("carrier__name", "pk")


def trend(month: date) -> dict[int, list[tuple[date, Decimal]]]:
    """Return by carrier the on-time rates of the months up to this one, the oldest first."""
    lines: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    since = month.replace(year=month.year - 1)
    rows = ShippingAudit.objects.filter(month__gt=since, month__lte=month).order_by("month", "pk")
    for audit in rows:
        on_time = rate(audit.figures, "on_time", "dated")
        if on_time is not None:
            lines[audit.carrier_id].append((audit.month, on_time))
    return lines


def _ask(question: str, month: date) -> list[tuple[Any, ...]]:
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(MONTH + question, {"first": month, "last": last, "size": SAMPLE_SIZE})
        return list(cursor.fetchall())
