"""Two at once: a shipment has one booking, and what is given up is not booked."""

from datetime import date

import pytest
from django.db import IntegrityError

from o2c.kernel.errors import InvalidInput
from shipping import services
from shipping.models import Booking, PickupClosure, Shipment
from shipping.services import booking as bookings
from shipping.services import carrier_parts, planning, setting_up
from tests.race import read_by_both, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def label(fake, shipment, now, actor):
    fake()
    return lambda: services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def cancel(shipment, now, actor):
    return lambda: services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)


def test_two_labels_at_once_ask_the_carrier_once(label, books):
    results = run_together(label, label)

    assert [type(result).__name__ for result in results] == ["Shipment", "Shipment"]
    assert Booking.objects.count() == 1
    assert books() == []


def test_race_is_real_without_the_locks(label, monkeypatch):
    """Guards the test above: then only the database's own rule stops the second."""
    without_locks(monkeypatch)
    monkeypatch.setattr(bookings, "alive_of", read_by_both(bookings.alive_of))

    results = run_together(label, label)

    wrong = [result for result in results if isinstance(result, Exception)]
    assert [type(result) for result in wrong] == [IntegrityError]
    assert Booking.objects.count() == 1


@pytest.fixture
def close(shipment, now, actor):
    """Say twice at once that the carrier does not come on Christmas Eve."""
    rows = [{"day": date(2026, 12, 24), "warehouse": None, "reason": ""}]
    key = shipment.carrier_id
    return lambda: carrier_parts.add_parts(key, "closures", rows=rows, at=now, actor=actor)


def test_second_of_two_who_enter_the_same_is_told_so(close):
    results = run_together(close, close)

    [refused] = [result for result in results if isinstance(result, Exception)]
    assert type(refused) is InvalidInput
    assert PickupClosure.objects.count() == 1


def test_only_the_database_would_stop_the_second_without_the_locks(close, monkeypatch):
    """Guards the test above."""
    without_locks(monkeypatch)
    monkeypatch.setattr(carrier_parts, "ensure_clean", read_by_both(carrier_parts.ensure_clean))

    results = run_together(close, close)

    wrong = [type(result) for result in results if isinstance(result, Exception)]
    assert wrong == [IntegrityError]


def test_two_who_add_one_carrier_at_once_get_one(shipment, now, actor):
    def add():
        details = setting_up.CarrierDetails(name="Brightline")
        return setting_up.add_carrier(code="BRL", details=details, at=now, actor=actor)

    results = run_together(add, add)

    assert [type(row) for row in results if isinstance(row, Exception)] == [InvalidInput]


def test_answer_and_cancellation_at_once_agree(label, cancel, work, books):
    label()

    run_together(work, cancel)
    work()

    booking, shipment = Booking.objects.get(), Shipment.objects.get()
    assert (booking.state, shipment.state) == ("withdrawn", "cancelled")
    assert books() == []


def test_cancelled_shipment_would_stay_booked_without_the_locks(label, cancel, work, monkeypatch):
    """Guards the test above: each reads before the other writes."""
    label()
    without_locks(monkeypatch)
    monkeypatch.setattr(planning, "alive_of", read_by_both(planning.alive_of))
    monkeypatch.setattr(bookings, "is_free", read_by_both(bookings.is_free))

    run_together(work, cancel)

    booking, shipment = Booking.objects.get(), Shipment.objects.get()
    assert (booking.state, shipment.state) != ("withdrawn", "cancelled")
