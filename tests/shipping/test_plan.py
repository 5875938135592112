"""Which pickup a packed pick list goes with: wall clock, working days, holidays, time zones."""

from datetime import UTC, date, datetime, time

import pytest

from fulfillment.models import Warehouse
from o2c.kernel.errors import InvalidInput
from shipping import services
from shipping.models import Carrier, PickupSchedule, Shipment
from shipping.pickups import next_pickup, upcoming
from shipping.services import AlreadyLabelled, NoPickup, NotPacked
from tests.factories import CarrierFactory, PickupScheduleFactory


def warehouse(time_zone="Europe/Berlin", country="DE"):
    return Warehouse(code="W", name="W", time_zone=time_zone, country=country)


def schedule(weekday, cut_off, *, transit_days=1, carrier=None):
    return PickupSchedule(
        carrier=carrier or Carrier(pk=1, code="NWF", name="Northway"),
        weekday=weekday,
        cut_off=cut_off,
        transit_days=transit_days,
    )


WORKING_DAYS = [schedule(day, time(15, 30)) for day in range(5)]
EVERY_DAY = [*WORKING_DAYS, schedule(5, time(9)), schedule(6, time(9))]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


CASES = [
    # (what, ready at, warehouse, leaves by, expected on)
    (
        "before the cut-off: today",
        utc(2026, 11, 18, 14, 29),
        {},
        utc(2026, 11, 18, 14, 30),
        date(2026, 11, 19),
    ),
    (
        "at the cut-off: too late",
        utc(2026, 11, 18, 14, 30),
        {},
        utc(2026, 11, 19, 14, 30),
        date(2026, 11, 20),
    ),
    (
        "Friday evening: Monday",
        utc(2026, 11, 20, 16, 0),
        {},
        utc(2026, 11, 23, 14, 30),
        date(2026, 11, 24),
    ),
    (
        "transit over a weekend",
        utc(2026, 11, 20, 9, 0),
        {},
        utc(2026, 11, 20, 14, 30),
        date(2026, 11, 23),
    ),
    (
        "Christmas in Germany",
        utc(2026, 12, 24, 15, 0),
        {},
        utc(2026, 12, 28, 14, 30),
        date(2026, 12, 29),
    ),
    (
        "no Thanksgiving in Germany",
        utc(2026, 11, 25, 15, 0),
        {},
        utc(2026, 11, 26, 14, 30),
        date(2026, 11, 27),
    ),
    (
        "Thanksgiving in Chicago",
        utc(2026, 11, 26, 3, 0),
        {"time_zone": "America/Chicago", "country": "US"},
        utc(2026, 11, 27, 21, 30),
        date(2026, 11, 30),
    ),
    (
        "still yesterday in Chicago",
        utc(2026, 11, 18, 1, 0),
        {"time_zone": "America/Chicago", "country": "US"},
        utc(2026, 11, 18, 21, 30),
        date(2026, 11, 19),
    ),
    (
        "already tomorrow in Auckland",
        utc(2026, 11, 17, 13, 0),
        {"time_zone": "Pacific/Auckland", "country": "NZ"},
        utc(2026, 11, 18, 2, 30),
        date(2026, 11, 19),
    ),
    (
        "summer time begins",
        utc(2026, 3, 27, 15, 0),
        {},
        utc(2026, 3, 30, 13, 30),
        date(2026, 3, 31),
    ),
    (
        "summer time ends",
        utc(2026, 10, 23, 14, 0),
        {},
        utc(2026, 10, 26, 14, 30),
        date(2026, 10, 27),
    ),
]


@pytest.mark.parametrize(
    ("at", "where", "leaves_by", "expected_on"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_next_pickup(at, where, leaves_by, expected_on):
    pickup = next_pickup(WORKING_DAYS, warehouse(**where), after=at)

    assert (pickup.leaves_by, pickup.expected_on) == (leaves_by, expected_on)


def test_next_pickup_takes_the_earliest_of_several_carriers():
    early = schedule(2, time(13), carrier=Carrier(pk=2, code="BRI", name="Brightline"))
    late = schedule(2, time(16, 30))

    pickup = next_pickup([late, early], warehouse(), after=utc(2026, 11, 18, 9))

    assert pickup.carrier.name == "Brightline"


def test_next_pickup_is_none_when_nobody_comes():
    assert next_pickup([], warehouse(), after=utc(2026, 11, 18)) is None


def test_a_carrier_comes_on_saturday_and_sunday_where_its_schedule_says_so():
    found = upcoming(EVERY_DAY, warehouse(), after=utc(2026, 11, 20, 15), until=utc(2026, 11, 23))

    assert [(pickup.leaves_by, pickup.expected_on) for pickup in found] == [
        (utc(2026, 11, 21, 8), date(2026, 11, 23)),
        (utc(2026, 11, 22, 8), date(2026, 11, 23)),
    ]


def test_no_carrier_comes_on_a_public_holiday_whatever_its_weekday():
    # Christmas Day 2027 is a Saturday, the day after it a Sunday: both are holidays in Germany.
    found = upcoming(EVERY_DAY, warehouse(), after=utc(2027, 12, 24, 15), until=utc(2027, 12, 28))

    assert [pickup.leaves_by for pickup in found] == [utc(2027, 12, 27, 14, 30)]


def test_what_is_taken_on_saturday_and_delivered_at_once_arrives_on_monday():
    [pickup] = upcoming(
        [schedule(5, time(9), transit_days=0)],
        warehouse(),
        after=utc(2026, 11, 20),
        until=utc(2026, 11, 22),
    )

    assert pickup.expected_on == date(2026, 11, 23)


def test_upcoming_lists_them_in_time():
    found = upcoming(
        WORKING_DAYS, warehouse(), after=utc(2026, 11, 20, 9), until=utc(2026, 11, 24, 14, 30)
    )

    assert [pickup.leaves_by.day for pickup in found] == [20, 23, 24]


def test_plans_a_packed_list_onto_the_next_pickup(shipment, packed, customer):
    assert shipment.state == "planned"
    assert shipment.carrier.code == "NWF"
    assert shipment.leaves_by == utc(2026, 11, 18, 14, 30)
    assert shipment.expected_on == date(2026, 11, 19)
    assert (shipment.customer, shipment.ship_to) == (customer, packed.order.ship_to)
    assert (shipment.package_count, shipment.weight_kg) == (1, 7.5)
    assert list(shipment.lines.values_list("order", "quantity")) == [(packed.order_id, 5)]


def test_books_find_a_shipment_that_does_not_count_its_packages(shipment, books):
    assert books() == []

    Shipment.objects.update(package_count=2)

    assert "shipping.a_shipment_counts_and_weighs_its_packages" in str(books())


def test_plans_without_pickup_when_no_carrier_comes(packed):
    shipment = Shipment.objects.get()

    assert (shipment.state, shipment.carrier, shipment.leaves_by) == ("planned", None, None)


@pytest.mark.parametrize("is_picked", [False, True])
def test_what_is_not_packed_gets_no_shipment(
    is_picked, place, release, pick, product, stock, now, actor
):
    [pick_list] = release(place({product: 5}))
    if is_picked:
        pick(pick_list)

    with pytest.raises(NotPacked) as refused:
        services.plan_shipment(pick_list.pk, at=now, actor=actor)

    assert str(refused.value) == f"{pick_list.number} is not packed."
    assert not Shipment.objects.exists()


def test_plans_the_same_list_once(shipment, packed, now, actor):
    again = services.plan_shipment(packed.pk, at=now, actor=actor)

    assert again.pk == shipment.pk


def test_leaves_out_carriers_that_we_no_longer_work_with(schedule, packed, now, actor):
    schedule.carrier.is_active = False
    schedule.carrier.save()
    services.cancel_shipment(Shipment.objects.get().pk, reason="carrier gone", at=now, actor=actor)

    assert services.plan_shipment(packed.pk, at=now, actor=actor).carrier is None


def test_moves_to_another_pickup(shipment, schedule, now, actor):
    other = PickupScheduleFactory.create(
        carrier=CarrierFactory.create(code="CAR", name="Carrow Lines"), weekday=3, transit_days=2
    )

    moved = services.assign_pickup(
        shipment.pk,
        carrier_id=other.carrier_id,
        leaves_by=utc(2026, 11, 19, 14, 30),
        at=now,
        actor=actor,
    )

    assert (moved.carrier.code, moved.expected_on) == ("CAR", date(2026, 11, 23))


@pytest.mark.parametrize(
    "leaves_by", [utc(2026, 11, 18, 14, 31), utc(2026, 11, 11, 14, 30), utc(2026, 11, 19, 14, 30)]
)
def test_refuses_a_pickup_that_is_not_in_the_schedule(shipment, now, actor, leaves_by):
    with pytest.raises(InvalidInput):
        services.assign_pickup(
            shipment.pk, carrier_id=shipment.carrier_id, leaves_by=leaves_by, at=now, actor=actor
        )

    shipment.refresh_from_db()
    assert shipment.leaves_by == utc(2026, 11, 18, 14, 30)


def test_refuses_another_carrier_once_labelled(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    other = PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)

    with pytest.raises(AlreadyLabelled):
        services.assign_pickup(
            shipment.pk,
            carrier_id=other.carrier_id,
            leaves_by=utc(2026, 11, 19, 14, 30),
            at=now,
            actor=actor,
        )


def test_refuses_to_move_what_has_left(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)

    with pytest.raises(NoPickup):
        services.assign_pickup(
            shipment.pk,
            carrier_id=shipment.carrier_id,
            leaves_by=utc(2026, 11, 25, 14, 30),
            at=now,
            actor=actor,
        )


def test_cancelled_goods_can_be_planned_again(shipment, packed, now, actor, books):
    services.cancel_shipment(shipment.pk, reason="Wrong carrier", at=now, actor=actor)

    again = services.plan_shipment(packed.pk, at=now, actor=actor)

    assert Shipment.objects.get(pk=shipment.pk).state == "cancelled"
    assert (again.state, again.lines.get().quantity) == ("planned", 5)
    assert books() == []
