"""Pickups: days of closure, room, services, and the last one that keeps a promise."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from o2c.kernel.errors import InvalidInput
from shipping import selectors, services
from shipping.models import CarrierService, PickupClosure, Shipment
from shipping.pickups import must_leave_by, upcoming
from tests.factories import CarrierFactory, PickupScheduleFactory, WarehouseFactory

WEDNESDAY = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
NEXT_WEDNESDAY = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


def coming(schedule, after, until):
    schedules = selectors.schedules_of(schedule.warehouse)
    return [
        row.leaves_by for row in upcoming(schedules, schedule.warehouse, after=after, until=until)
    ]


def test_a_closed_day_has_no_pickup(schedule, now):
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))

    assert coming(schedule, now, NEXT_WEDNESDAY) == [NEXT_WEDNESDAY]


def test_a_closure_of_another_house_or_carrier_changes_nothing(schedule, now):
    PickupClosure.objects.create(
        carrier=schedule.carrier,
        warehouse=WarehouseFactory.create(code="B"),
        day=date(2026, 11, 18),
    )
    PickupClosure.objects.create(carrier=CarrierFactory.create(code="CAR"), day=date(2026, 11, 18))

    assert coming(schedule, now, WEDNESDAY) == [WEDNESDAY]


def test_a_service_that_is_not_offered_any_more_has_no_pickup(schedule, now):
    schedule.service = CarrierService.objects.create(
        carrier=schedule.carrier, code="EXP", name="Express", is_active=False
    )
    schedule.save()

    assert coming(schedule, now, NEXT_WEDNESDAY) == []


@pytest.mark.parametrize(
    ("promised_on", "last"),
    [
        (date(2026, 11, 19), WEDNESDAY),
        (date(2026, 11, 25), WEDNESDAY),
        (date(2026, 11, 26), NEXT_WEDNESDAY),
        (date(2026, 11, 18), datetime(2026, 11, 11, 14, 30, tzinfo=UTC)),
        (None, None),
    ],
)
def test_must_leave_by_is_the_last_pickup_that_arrives_in_time(schedule, promised_on, last):
    schedules = selectors.schedules_of(schedule.warehouse)

    assert must_leave_by(schedules, schedule.warehouse, promised_on) == last


def test_nothing_has_to_leave_when_nobody_comes(company):
    assert must_leave_by([], WarehouseFactory.create(), date(2026, 11, 25)) is None


def test_a_packed_list_notes_by_when_it_must_leave(shipment):
    promised = shipment.lines.get().order_line.promised_on

    assert shipment.must_leave_by is not None
    assert shipment.must_leave_by == must_leave_by(
        selectors.schedules_of(shipment.warehouse), shipment.warehouse, promised
    )


def test_a_packed_list_takes_the_service_of_its_pickup(schedule, shipment, packed, now, actor):
    service = CarrierService.objects.create(carrier=schedule.carrier, code="EXP", name="Express")
    schedule.service = service
    schedule.save()
    services.cancel_shipment(shipment.pk, reason="again", at=now, actor=actor)

    again = services.plan_shipment(packed.pk, at=now, actor=actor)

    assert again.service == service


@pytest.mark.parametrize("capacity", [{"capacity_packages": 0}, {"capacity_kg": Decimal("7.499")}])
def test_a_full_pickup_is_left_out(schedule, shipment, packed, now, actor, capacity):
    for name, value in capacity.items():
        setattr(schedule, name, value)
    schedule.save()
    later = PickupScheduleFactory.create(carrier=schedule.carrier, weekday=3, cut_off=time(9))
    services.cancel_shipment(shipment.pk, reason="again", at=now, actor=actor)

    again = services.plan_shipment(packed.pk, at=now, actor=actor)

    assert again.leaves_by == datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    assert later.capacity_packages is None


def test_a_pickup_that_is_just_full_enough_takes_it(schedule, shipment, packed, now, actor):
    schedule.capacity_packages, schedule.capacity_kg = 1, Decimal("7.5")
    schedule.save()
    services.cancel_shipment(shipment.pk, reason="again", at=now, actor=actor)

    assert services.plan_shipment(packed.pk, at=now, actor=actor).leaves_by == WEDNESDAY


def test_nobody_moves_a_shipment_to_a_closed_day(schedule, shipment, now, actor):
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 25))

    with pytest.raises(InvalidInput):
        services.assign_pickup(
            shipment.pk,
            carrier_id=schedule.carrier_id,
            leaves_by=NEXT_WEDNESDAY,
            at=now,
            actor=actor,
        )

    assert Shipment.objects.get().leaves_by == WEDNESDAY
