"""When carriers come: pickups are wall-clock times at the warehouse, on its working days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fulfillment.models import Warehouse
from o2c.kernel.working_days import DAY, add_working_days, is_working_day
from shipping.models import Carrier, PickupSchedule

# How far ahead pickups are looked for: past any run of holidays.
HORIZON = timedelta(days=21)


@dataclass(frozen=True)
class Pickup:
    """One coming of a carrier. What is ready by `leaves_by` (UTC) goes along."""

    carrier: Carrier
    leaves_by: datetime
    expected_on: date


def upcoming(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, *, after: datetime, until: datetime
) -> list[Pickup]:
    """Return the pickups in a span of time, the earliest first."""
    rows = list(schedules)
    zone = ZoneInfo(warehouse.time_zone)
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    found = []
    while day <= last:
        if is_working_day(day, country=warehouse.country):
            coming = (_on(day, row, warehouse) for row in rows if row.weekday == day.weekday())
            found += [pickup for pickup in coming if after < pickup.leaves_by <= until]
        day += DAY
    return sorted(found, key=lambda pickup: (pickup.leaves_by, pickup.carrier.pk))


def next_pickup(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, *, after: datetime
) -> Pickup | None:
    """Return the first pickup after an instant; None: no carrier comes."""
    coming = upcoming(schedules, warehouse, after=after, until=after + HORIZON)
    return coming[0] if coming else None


def _on(day: date, schedule: PickupSchedule, warehouse: Warehouse) -> Pickup:
    local = datetime.combine(day, schedule.cut_off, tzinfo=ZoneInfo(warehouse.time_zone))
    return Pickup(
        carrier=schedule.carrier,
        leaves_by=local.astimezone(UTC),
        expected_on=add_working_days(day, schedule.transit_days, country=warehouse.country),
    )
