"""The board's tab of the day before: what left with each pickup, and where it is now."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from o2c.kernel import clock
from shipping import board, departures
from shipping.models import Shipment
from tests.factories import WarehouseFactory

WEDNESDAY = date(2026, 11, 18)


def leave(shipment, dispatched_at, **fields):
    """Write that it left then, whatever it was before."""
    facts = {"state": "dispatched", "dispatched_at": dispatched_at} | fields
    Shipment.objects.filter(pk=shipment.pk).update(**facts)


@pytest.fixture
def friday(now):
    with clock.travel(now + timedelta(days=2)):
        yield now + timedelta(days=2)


def shown(browser, **query):
    return browser.get(reverse("shipping:board"), query).content.decode()


def test_the_last_day_on_which_something_left_is_a_tab(shipper, shipment, now, friday):
    leave(shipment, now)

    page = shown(shipper)

    assert departures.day_before(shipment.warehouse, at=friday) == WEDNESDAY
    assert "Wed 18</a>" in page
    assert 'aria-current="true">Today' in page
    assert shipment.number not in page


def test_its_tab_shows_what_left_with_each_pickup_and_where_it_is(shipper, shipment, now, friday):
    leave(shipment, now, state="delivered", delivered_at=now + timedelta(days=1))

    page = shown(shipper, day="2026-11-18")

    assert 'aria-current="true">Wed 18' in page
    assert shipment.number in page
    assert "1 of 1 loaded" in page
    assert "Delivered" in page
    assert "data-card" not in page
    assert "Drag a card" not in page


def test_what_left_today_is_with_today(shipper, shipment, now):
    with clock.travel(now):
        leave(shipment, now)

        page = shown(shipper)

    assert departures.day_before(shipment.warehouse, at=now) is None
    assert shipment.number in page


def test_nothing_left_before(shipment, friday):
    assert departures.day_before(shipment.warehouse, at=friday) is None


def test_another_house_has_days_of_its_own(shipment, now, friday):
    leave(shipment, now)
    other = WarehouseFactory.create(code="EAST")

    assert departures.day_before(other, at=friday) is None
    assert departures.lanes_of_day(other, WEDNESDAY, at=friday) == []


def test_a_day_is_the_houses_own(shipment, friday):
    """At 23:30 of Wednesday, by universal time, it is Thursday in Berlin."""
    shipment.warehouse.time_zone = "Europe/Berlin"
    leave(shipment, datetime(2026, 11, 18, 23, 30, tzinfo=UTC))

    thursday = WEDNESDAY + timedelta(days=1)

    assert departures.day_before(shipment.warehouse, at=friday) == thursday
    assert departures.lanes_of_day(shipment.warehouse, WEDNESDAY, at=friday) == []
    [lane] = departures.lanes_of_day(shipment.warehouse, thursday, at=friday)
    assert [card.shipment for card in lane.cards] == [shipment]


def test_a_lane_shows_its_first_cards_and_the_one_asked_for_all(
    shipment, copies, now, friday, monkeypatch
):
    monkeypatch.setattr(board, "MOST_CARDS", 3)
    copies(5)
    Shipment.objects.update(state="dispatched", dispatched_at=now)

    [lane] = departures.lanes_of_day(shipment.warehouse, WEDNESDAY, at=friday)
    [whole] = departures.lanes_of_day(shipment.warehouse, WEDNESDAY, at=friday, of=lane.name)

    assert (len(lane.cards), lane.total, lane.loaded, lane.more) == (3, 6, 6, 3)
    assert (len(whole.cards), whole.more, whole.tone) == (6, 0, "ok")


def test_the_tab_takes_as_many_statements_for_20_shipments_as_for_one(
    shipper, shipment, copies, now, friday, statements
):
    leave(shipment, now)
    shown(shipper, day="2026-11-18")
    one = statements(lambda: shown(shipper, day="2026-11-18"))
    copies(19)
    Shipment.objects.update(state="dispatched", dispatched_at=now)

    assert statements(lambda: shown(shipper, day="2026-11-18")) == one
