"""What should have arrived and has not been reported: found by the calendar, not by the carrier."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment.models import Warehouse
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.transactions import service
from o2c.kernel.ui.dates import day_text
from shipping.models import Shipment
from shipping.services.cases import announce, new_case

Kind = Shipment.ExceptionKind
# The day is the warehouse's own, and never later than the one that the job runs for. Once a case
# was opened after a date has passed, that date is told.
OVERDUE = """
    SELECT s.id
      FROM shipping_shipment s JOIN fulfillment_warehouse w ON w.id = s.warehouse_id
     WHERE s.state IN ('dispatched', 'in_transit') AND s.delivered_at IS NULL
       AND s.expected_on <= %(as_of)s
       AND s.expected_on < (%(at)s AT TIME ZONE w.time_zone)::date
       AND NOT EXISTS (
           SELECT FROM shipping_deliverycase c
            WHERE c.shipment_id = s.id AND c.kind = 'late'
              AND (c.state = 'open'
                   OR (c.opened_at AT TIME ZONE w.time_zone)::date > s.expected_on))
     ORDER BY s.id LIMIT %(most)s
"""
MOST = 5000


@service
def flag_late(as_of: date, *, at: datetime, actor: Actor) -> int:
    """Open a case of each shipment whose day has passed at its warehouse; return how many.

    A fixed number of statements; run again, it finds nothing.
    """
    shipments = _overdue(as_of, at)
    if not shipments:
        return 0
    warehouses = Warehouse.objects.in_bulk({row.warehouse_id for row in shipments})
    cases = []
    for shipment in shipments:
        note = _("Expected on %(day)s, and nothing is reported.") % {
            "day": day_text(shipment.expected_on)
        }
        shipment.fail(kind=Kind.LATE, note=note)
        warehouse = warehouses[shipment.warehouse_id]
        cases.append(new_case(shipment, warehouse, kind=Kind.LATE, note=note, at=at))
    audit.save_many({shipment: [] for shipment in shipments}, at=at, actor=actor)
    audit.create_many(cases, at=at, actor=actor)
    for case in cases:
        announce(case, at=at, actor=actor)
    return len(cases)


def _overdue(as_of: date, at: datetime) -> list[Shipment]:
    """Lock what is overdue, and look again: who came first may have flagged it."""
    wanted: dict[str, Any] = {"as_of": as_of, "at": at, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, wanted)
        held = lock_many(Shipment, [key for (key,) in cursor.fetchall()])
        cursor.execute(OVERDUE, wanted)
        still = {key for (key,) in cursor.fetchall()}
    return [shipment for key, shipment in held.items() if key in still]
