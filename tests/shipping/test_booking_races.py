"""Two at once: a shipment has one booking, and what is given up is not booked."""

from datetime import date

import pytest
from django.db import IntegrityError

from o2c.kernel.errors import InvalidInput
from shipping import services
from shipping.models import Booking, Carrier, PickupClosure, Shipment
from shipping.services import booking as bookings
from shipping.services import carrier_parts, setting_up
from tests.race import in_line, meanwhile, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def label(fake, shipment, now, actor):
    fake()
    return lambda: services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def cancel(shipment, now, actor):
    return lambda: services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)


def test_two_labels_at_once_ask_the_carrier_once(label, books):
    results = while_it_waits(label, label)

    assert [type(result).__name__ for result in results] == ["Shipment", "Shipment"]
    assert Booking.objects.count() == 1
    assert books() == []


def test_race_is_real_without_the_locks(label, monkeypatch):
    """Guards the test above: then only the database's own rule stops the second."""
    without_locks(monkeypatch)

    results = in_line(label, label)

    assert [type(result) for result in results] == [Shipment, IntegrityError]
    assert Booking.objects.count() == 1


@pytest.fixture
def close(shipment, now, actor):
    """Say that the carrier does not come on Christmas Eve."""
    rows = [{"day": date(2026, 12, 24), "warehouse": None, "reason": ""}]
    key = shipment.carrier_id
    return lambda: carrier_parts.add_parts(key, "closures", rows=rows, at=now, actor=actor)


def test_second_of_two_who_enter_the_same_is_told_so(close):
    _closed, refused = in_line(close, close)

    assert type(refused) is InvalidInput
    assert PickupClosure.objects.count() == 1


def test_only_the_database_would_stop_the_second_without_the_locks(close, monkeypatch):
    """Guards the test above."""
    without_locks(monkeypatch)

    _closed, refused = in_line(close, close)

    assert type(refused) is IntegrityError


def test_two_who_add_one_carrier_at_once_get_one(shipment, now, actor):
    def add():
        details = setting_up.CarrierDetails(name="Brightline")
        return setting_up.add_carrier(code="BRL", details=details, at=now, actor=actor)

    results = in_line(add, add)

    assert [type(row) for row in results] == [Carrier, InvalidInput]


@pytest.fixture
def take_up_and_cancel(label, cancel, work, monkeypatch):
    """Cancel a shipment when its carrier's answer has been looked at, and not written yet."""
    label()
    return lambda: meanwhile(monkeypatch, (bookings, "is_free"), work, cancel)


def test_answer_and_cancellation_at_once_agree(take_up_and_cancel, work, books):
    take_up_and_cancel()
    work()

    booking, shipment = Booking.objects.get(), Shipment.objects.get()
    assert (booking.state, shipment.state) == ("withdrawn", "cancelled")
    assert books() == []


def test_cancelled_shipment_would_stay_booked_without_the_locks(take_up_and_cancel, monkeypatch):
    """Guards the test above: the answer is written over the cancellation."""
    without_locks(monkeypatch)

    take_up_and_cancel()

    booking, shipment = Booking.objects.get(), Shipment.objects.get()
    assert (booking.state, shipment.state) == ("booked", "labelled")
