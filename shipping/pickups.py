"""When carriers come: pickups are wall-clock times at the warehouse, not on public holidays."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fulfillment.models import Warehouse
from o2c.kernel.working_days import DAY, add_working_days, is_public_holiday
from shipping.models import Carrier, PickupSchedule

# How far ahead pickups are looked for, and can be chosen: past any run of holidays.
HORIZON = timedelta(days=21)


@dataclass(frozen=True)
class Pickup:
    """One coming of a carrier. What is ready by `leaves_by` (UTC) goes along.

    `service_id` None: whatever the carrier offers. Without capacity it takes anything.
    `expected_on` is the first day on which something that goes along can arrive. `day` is the
    house's.
    """

    carrier: Carrier
    leaves_by: datetime
    expected_on: date
    day: date
    country: str
    service_id: int | None = None
    capacity_packages: int | None = None
    capacity_kg: Decimal | None = None
    door: str = ""

    @property
    def key(self) -> tuple[int, datetime]:
        return self.carrier.pk, self.leaves_by

    @property
    def is_limited(self) -> bool:
        return self.capacity_packages is not None or self.capacity_kg is not None

    def arrives_on(self, transit_days: int) -> date:
        """Return when it arrives; what leaves on Saturday for a day on the road, on Monday."""
        if transit_days == 0:
            return add_working_days(self.day, 0, country=self.country)
        return add_working_days(self.day + DAY, transit_days - 1, country=self.country)

    def has_room(self, *, packages: int, weight_kg: Decimal) -> bool:
        """Say whether so much fits into it in all."""
        fits = self.capacity_packages is None or packages <= self.capacity_packages
        return fits and (self.capacity_kg is None or weight_kg <= self.capacity_kg)


def upcoming(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, *, after: datetime, until: datetime
) -> list[Pickup]:
    """Return the pickups in a span of time, the earliest first; not on days of closure."""
    rows = list(schedules)
    zone = ZoneInfo(warehouse.time_zone)
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    found = []
    while day <= last:
        if not is_public_holiday(day, country=warehouse.country):
            coming = (_on(day, row, warehouse) for row in rows if _comes(row, day))
            found += [pickup for pickup in coming if after < pickup.leaves_by <= until]
        day += DAY
    return sorted(found, key=lambda pickup: (pickup.leaves_by, pickup.carrier.pk))


def next_pickup(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, *, after: datetime
) -> Pickup | None:
    """Return the first pickup after an instant; None: no carrier comes."""
    coming = upcoming(schedules, warehouse, after=after, until=after + HORIZON)
    return coming[0] if coming else None


def pickup_at(
    schedules: Iterable[PickupSchedule],
    warehouse: Warehouse,
    carrier_id: int | None,
    leaves_by: datetime | None,
) -> Pickup | None:
    """Return the pickup of a carrier at an instant; None: it does not come then."""
    if leaves_by is None:
        return None
    before = leaves_by - timedelta(seconds=1)
    coming = upcoming(schedules, warehouse, after=before, until=leaves_by)
    return next((pickup for pickup in coming if pickup.carrier.pk == carrier_id), None)


def must_leave_by(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, promised_on: date | None
) -> datetime | None:
    """Return the last pickup, gone or to come, that arrives by the promised day.

    None: nothing is promised, or no carrier comes that arrives by then.
    """
    if promised_on is None:
        return None
    evening = datetime.combine(promised_on, time.max, tzinfo=ZoneInfo(warehouse.time_zone))
    span = upcoming(schedules, warehouse, after=evening - HORIZON, until=evening)
    in_time = [pickup.leaves_by for pickup in span if pickup.expected_on <= promised_on]
    return max(in_time, default=None)


def _comes(schedule: PickupSchedule, day: date) -> bool:
    """Say whether it comes on that day; `closed_on` is annotated by the selectors."""
    return schedule.weekday == day.weekday() and day not in getattr(schedule, "closed_on", ())


def _on(day: date, schedule: PickupSchedule, warehouse: Warehouse) -> Pickup:
    local = datetime.combine(day, schedule.cut_off, tzinfo=ZoneInfo(warehouse.time_zone))
    pickup = Pickup(
        carrier=schedule.carrier,
        leaves_by=local.astimezone(UTC),
        expected_on=day,
        day=day,
        country=warehouse.country,
        service_id=schedule.service_id,
        capacity_packages=schedule.capacity_packages,
        capacity_kg=schedule.capacity_kg,
        door=schedule.door,
    )
    return replace(pickup, expected_on=pickup.arrives_on(_transit_days(schedule)))


def _transit_days(schedule: PickupSchedule) -> int:
    """Return the days on the road of its service, else of the carrier's quickest one.

    `quickest_days` is annotated by the selectors; without it the schedule's own days count.
    """
    quickest = None if schedule.service_id else getattr(schedule, "quickest_days", None)
    return schedule.transit_days if quickest is None else int(quickest)
