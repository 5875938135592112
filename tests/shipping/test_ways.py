"""A pickup for all services: each is weighed by its own days on the road and its own cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment.services import pack
from o2c.kernel import clock
from shipping import board, selectors, services
from shipping.models import CarrierService, FreightRate, FreightZone, Shipment
from shipping.pickups import must_leave_by
from tests.factories import CarrierFactory, PickupScheduleFactory

THURSDAY, MONDAY = date(2026, 11, 19), date(2026, 11, 23)


@pytest.fixture
def offer(schedule):
    """Let a carrier offer a service to Germany: its days on the road, and what it costs."""

    def offer(code, days, amount, *, carrier=schedule.carrier, **values):
        service = CarrierService.objects.create(
            carrier=carrier, code=code, name=code, transit_days=days, **values
        )
        zone, _made = FreightZone.objects.get_or_create(
            carrier=carrier, code="DE", defaults={"countries": ["DE"]}
        )
        FreightRate.objects.create(
            service=service, zone=zone, currency="EUR", amount=amount, valid_from=date(2026, 1, 1)
        )
        return service

    return offer


@pytest.fixture
def express(offer):
    return offer("EXP", 1, 40)


@pytest.fixture
def economy(offer):
    return offer("ECO", 3, 10)


@pytest.fixture
def promise(place, release, pick, product, stock, now, actor):
    """Pack five pieces, 7.5 kg, that are promised for a day."""

    def promise(promised_on):
        order = place({product: 5})
        order.lines.update(promised_on=promised_on)
        [pick_list] = release(order)
        pick(pick_list)
        pack(pick_list.pk, weights=[Decimal("7.5")], at=now, actor=actor)
        return Shipment.objects.get(lines__pick_list=pick_list)

    return promise


def way_of(shipment):
    shipment.refresh_from_db()
    return shipment.service, shipment.freight_cost, shipment.expected_on


@pytest.mark.parametrize("is_planned", [False, True])
def test_the_quick_service_is_taken_where_only_it_keeps_the_promise(
    is_planned, express, economy, promise, now, actor
):
    shipment = promise(THURSDAY)
    if is_planned:
        Shipment.objects.update(service=economy, expected_on=MONDAY)
        services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    assert way_of(shipment) == (express, Decimal(40), THURSDAY)


@pytest.mark.parametrize("is_planned", [False, True])
def test_the_cheap_service_is_taken_where_it_keeps_the_promise(
    is_planned, express, economy, promise, now, actor
):
    shipment = promise(MONDAY)
    if is_planned:
        Shipment.objects.update(service=express, expected_on=THURSDAY)
        services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    assert way_of(shipment) == (economy, Decimal(10), MONDAY)


def test_a_slow_carrier_that_leaves_first_does_not_count_as_in_time(
    schedule, offer, express, promise, now, actor
):
    # Its truck leaves an hour before the last one that keeps the promise, and takes five days.
    slow = PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), cut_off="14:00")
    offer("SEA", 5, 1, carrier=slow.carrier)
    shipment = promise(THURSDAY)

    outcome = services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    assert way_of(shipment) == (express, Decimal(40), THURSDAY)
    assert (shipment.carrier, outcome.late) == (schedule.carrier, 0)


def test_what_the_quick_service_does_not_take_is_late_and_red_before_it_is(
    offer, economy, promise, now, actor
):
    offer("EXP", 1, 40, max_weight_kg=5)
    shipment = promise(THURSDAY)

    outcome = services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    assert way_of(shipment) == (economy, Decimal(10), MONDAY)
    assert outcome.late == 1
    [card] = [card for lane in board.lanes(shipment.warehouse, at=now) for card in lane.cards]
    assert card.condition == "too_late"


def test_a_shipment_page_says_that_its_service_is_too_slow(shipper, offer, promise, now):
    offer("ECO", 3, 10)

    with clock.travel(now):
        address = reverse("shipping:shipment", args=[promise(THURSDAY).number])
        page = shipper.get(address).content.decode()

    assert "Breaks promise" in page


def test_the_quickest_service_says_by_when_it_must_leave(schedule, express, economy):
    house = schedule.warehouse
    schedules = list(selectors.schedules_of(house))

    last = must_leave_by(schedules, house, THURSDAY)

    assert (last.date(), schedules[0].quickest_days) == (date(2026, 11, 18), 1)
    express.is_active = False
    express.save()
    last = must_leave_by(list(selectors.schedules_of(house)), house, THURSDAY)
    assert last.date() == date(2026, 11, 11)


def test_a_pickup_for_one_service_has_days_of_its_own(schedule, express, promise):
    schedule.service, schedule.transit_days = express, 2
    schedule.save()

    assert way_of(promise(THURSDAY)) == (express, Decimal(40), date(2026, 11, 20))


def test_moved_by_hand_it_goes_by_the_service_that_keeps_the_promise(
    schedule, express, economy, promise, now, actor
):
    shipment = promise(THURSDAY)
    Shipment.objects.update(service=economy, freight_cost=10, expected_on=MONDAY)

    services.assign_pickup(
        shipment.pk,
        carrier_id=schedule.carrier_id,
        leaves_by=shipment.leaves_by,
        at=now,
        actor=actor,
    )

    assert way_of(shipment) == (express, Decimal(40), THURSDAY)


def test_what_is_overdue_for_weeks_still_gets_the_next_pickup(schedule, promise, now, actor):
    shipment = promise(date(2026, 10, 1))

    outcome = services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    shipment.refresh_from_db()
    assert (shipment.leaves_by.date(), outcome.late, outcome.left_behind) == (
        date(2026, 11, 18),
        1,
        0,
    )
