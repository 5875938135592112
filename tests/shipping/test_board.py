"""The planning board: what will miss its promise is red before it does; one button plans all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from o2c.kernel import clock, roles
from shipping import board
from shipping.models import PickupClosure, Shipment
from tests.factories import CarrierFactory, PickupScheduleFactory


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


def shown(browser):
    return browser.get(reverse("shipping:board")).content.decode()


def plan(browser, shipment):
    return browser.post(reverse("shipping:arrange", args=[shipment.warehouse.code]))


def test_what_will_break_its_promise_is_red_before_it_does(shipper, shipment, schedule, now):
    shipment.must_leave_by = shipment.leaves_by - timedelta(days=1)
    shipment.save()

    page = shown(shipper)

    assert board.condition_of(shipment, at=now) == "too_late"
    assert "Breaks promise" in page
    assert "1 shipment would break its promise" in page
    assert 'class="fb"' in page  # the pickup's mark on the day line


def test_without_pickup_it_is_red_when_the_last_one_has_gone(shipment, now):
    shipment.carrier, shipment.leaves_by, shipment.must_leave_by = None, None, now

    assert board.condition_of(shipment, at=now) == "too_late"
    assert board.condition_of(shipment, at=now - timedelta(minutes=1)) == "planned"


def test_a_pickup_shows_what_it_takes_and_that_it_is_too_full(shipper, shipment, schedule):
    schedule.capacity_packages, schedule.capacity_kg = 3, Decimal("7.4")
    schedule.door = "5"
    schedule.save()

    page = shown(shipper)

    assert "1 of 3 packages" in page
    assert "7.5 of 7.4 kg" in page
    assert "door 5" in page
    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=clock.now()) if lane.cards]
    assert (lane.is_too_full, lane.tone) == (True, "bad")


def test_work_on_the_floor_stands_with_the_pickup_that_it_has_to_reach(
    shipper, schedule, place, release, product, stock, now
):
    order = place({product: 1})
    order.lines.update(promised_on=date(2026, 11, 19))
    [pick_list] = release(order)

    [lane] = [lane for lane in board.lanes(schedule.warehouse, at=now) if lane.soon]

    assert (lane.leaves_by.day, [work.pick_list for work in lane.soon]) == (18, [pick_list])
    assert [(work.done, work.lines, work.condition) for work in lane.soon] == [(0, 1, "released")]
    assert pick_list.number in shown(shipper)


@pytest.mark.parametrize(("hours", "condition"), [(3, "released"), (4, "at_risk"), (6, "too_late")])
def test_work_on_the_floor_warns_before_its_last_pickup_and_is_red_after(
    schedule, place, release, product, stock, now, hours, condition
):
    order = place({product: 1})
    order.lines.update(promised_on=date(2026, 11, 19))
    release(order)

    lanes = board.lanes(schedule.warehouse, at=now + timedelta(hours=hours))

    assert [work.condition for lane in lanes for work in lane.soon] == [condition]


def test_plan_assigns_everything_and_says_what_it_did(shipper, shipment, schedule):
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))
    PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)

    response = plan(shipper, shipment)

    shipment.refresh_from_db()
    assert response.url == f"{reverse('shipping:board')}?warehouse=MAIN"
    assert (shipment.carrier.code, shipment.leaves_by.day) == ("CAR", 19)
    assert "1 shipment planned, 1 moved." in shown(shipper)


def test_plan_says_what_no_pickup_takes(shipper, shipment, schedule):
    schedule.capacity_packages = 0
    schedule.save()

    plan(shipper, shipment)

    assert "No pickup has room for 1." in shown(shipper)
    assert Shipment.objects.get().leaves_by is None


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE, None])
def test_planning_is_denied_to_others(browser_of, shipment, role):
    browser = browser_of(role) if role else browser_of()
    before = Shipment.objects.values().get()

    assert plan(browser, shipment).status_code == 403
    assert Shipment.objects.values().get() == before
