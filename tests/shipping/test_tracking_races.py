"""Two at once: one report, one case, one proof, and none of them lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from orders.models import OrderLine
from shipping import services
from shipping.models import (
    Carrier,
    DeliveryCase,
    ProofLine,
    Shipment,
    StrayEvent,
    TrackingEvent,
)
from shipping.reports import strays
from shipping.reports.shapes import Report
from shipping.reports.taking import take_reports
from shipping.services import Delivery, Refusal, flag_late
from tests.race import in_line, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


def names(results):
    return [type(result).__name__ for result in results]


@pytest.fixture
def tell(on_its_way, now, actor):
    """Take in one and the same report of a delivery."""
    carrier = Carrier.objects.get()
    report = Report(
        tracking_number=on_its_way.tracking_number,
        event_id="1",
        code="delivered",
        note="Jo",
        happened_at=now + timedelta(hours=20),
    )
    at = now + timedelta(hours=24)
    return lambda: take_reports(carrier, [report], channel="webhook", at=at, actor=actor)


def test_one_report_sent_twice_at_once_counts_once(tell, books):
    results = in_line(tell, tell)

    assert names(results) == ["Taken", "Taken"]
    assert TrackingEvent.objects.count() == 1
    assert (Shipment.objects.get().state, OrderLine.objects.get().delivered) == ("delivered", 5)
    assert books() == []


def test_that_race_is_real_without_the_locks(tell, monkeypatch):
    """Guards the test above: then only the database's own rule stops the second."""
    without_locks(monkeypatch)

    results = in_line(tell, tell)

    assert names(results) == ["Taken", "IntegrityError"]
    assert TrackingEvent.objects.count() == 1


def test_one_stray_sent_twice_at_once_waits_once(schedule, now, actor):
    carrier = Carrier.objects.get()
    report = Report(tracking_number="ELSE-1", event_id="1", code="late", note="", happened_at=now)

    def tell():
        return take_reports(carrier, [report], channel="webhook", at=now, actor=actor)

    results = in_line(tell, tell)

    assert names(results) == ["Taken", "Taken"]
    assert StrayEvent.objects.count() == 1


@pytest.fixture
def early(shipment, now, actor):
    """Report a scan while the shipment is being dispatched; return both."""
    labelled = services.label_shipment(shipment.pk, at=now, actor=actor)
    carrier = Carrier.objects.get()
    report = Report(
        tracking_number=labelled.tracking_number,
        event_id="1",
        code="in_transit",
        note="",
        happened_at=now,
    )

    def tell():
        return take_reports(carrier, [report], channel="webhook", at=now, actor=actor)

    def dispatch():
        services.dispatch_shipment(labelled.pk, at=now, actor=actor)
        return strays.place_of(labelled.pk, at=now, actor=actor)

    return tell, dispatch


@pytest.mark.parametrize("ordered", [tuple, reversed])
def test_a_report_at_the_moment_of_dispatch_is_never_left_behind(early, now, actor, ordered):
    while_it_waits(*ordered(early))

    strays.place_waiting(at=now, actor=actor)
    assert TrackingEvent.objects.count() == 1
    assert not StrayEvent.objects.filter(state="open").exists()
    assert Shipment.objects.get().state == "in_transit"


@pytest.fixture
def stray(on_its_way, now):
    return StrayEvent.objects.create(
        carrier=Carrier.objects.get(),
        tracking_number="ELSE-1",
        event_id="1",
        code="delivered",
        channel="webhook",
        happened_at=now + timedelta(hours=1),
        recorded_at=now + timedelta(hours=1),
    )


@pytest.fixture
def settle(stray, on_its_way, now, actor):
    at = now + timedelta(hours=2)
    return (
        lambda: strays.place_stray(stray.pk, shipment_number=on_its_way.number, at=at, actor=actor),
        lambda: strays.dismiss_stray(stray.pk, reason="Not ours", at=at, actor=actor),
    )


@pytest.mark.parametrize(
    ("ordered", "state", "events"), [(tuple, "placed", 1), (reversed, "dismissed", 0)]
)
def test_a_stray_is_placed_or_dismissed_but_not_both(settle, stray, ordered, state, events):
    _settled, refused = in_line(*ordered(settle))

    stray.refresh_from_db()
    assert type(refused) is strays.StraySettled
    assert (stray.state, TrackingEvent.objects.count()) == (state, events)


@pytest.mark.parametrize("ordered", [tuple, reversed])
def test_that_race_is_real_too_without_the_locks(settle, monkeypatch, ordered):
    without_locks(monkeypatch)

    results = in_line(*ordered(settle))

    assert [result for result in results if isinstance(result, Exception)] == []


@pytest.fixture
def late(on_its_way, now, actor):
    """Find what is late."""
    return lambda: flag_late(date(2026, 11, 21), at=now + timedelta(days=3), actor=actor)


def test_what_is_late_is_found_once(late):
    assert while_it_waits(late, late) == [1, 0]

    assert DeliveryCase.objects.count() == 1


def test_that_race_is_real_when_nobody_looks_again(late, monkeypatch):
    without_locks(monkeypatch)

    assert names(in_line(late, late)) == ["int", "IntegrityError"]


@pytest.mark.parametrize("ordered", [tuple, reversed])
def test_a_delivery_and_the_late_job_agree(late, tell, books, ordered):
    while_it_waits(*ordered((late, tell)))

    shipment = Shipment.objects.get()
    assert shipment.state == "delivered"
    assert not DeliveryCase.objects.filter(state="open").exists()
    assert books() == []


@pytest.fixture
def prove(on_its_way, now, actor):
    line = on_its_way.lines.get()

    def prove(refused):
        delivery = Delivery(received_by="Jo", received_at=now + timedelta(hours=20))
        return lambda: services.record_proof(
            on_its_way.pk,
            delivery=delivery,
            refused={line.pk: Refusal(quantity=Decimal(refused), reason="wet")},
            at=now + timedelta(hours=24),
            actor=actor,
        )

    return prove


def test_the_later_of_two_proofs_is_the_one_that_the_lines_follow(prove, books):
    results = in_line(prove(1), prove(2))

    assert names(results) == ["ProofOfDelivery", "ProofOfDelivery"]
    assert (ProofLine.objects.get().accepted, OrderLine.objects.get().delivered) == (3, 3)
    assert books() == []


def test_that_race_is_real_for_proofs_without_the_locks(prove, monkeypatch):
    without_locks(monkeypatch)

    assert names(in_line(prove(1), prove(2))) == ["ProofOfDelivery", "IntegrityError"]


@pytest.fixture
def end(on_its_way, now, actor):
    services.report_exception(on_its_way.pk, kind="damaged", note="Wet", at=now, actor=actor)
    case = DeliveryCase.objects.get()

    def end(words):
        return lambda: services.resolve_case(case.pk, resolution=words, at=now, actor=actor)

    return end


def test_a_case_ends_once(end):
    assert names(in_line(end("Paid"), end("Sent again"))) == ["DeliveryCase", "CaseClosed"]


def test_that_race_is_real_for_cases_without_the_locks(end, monkeypatch):
    without_locks(monkeypatch)

    assert names(in_line(end("Paid"), end("Sent again"))) == ["DeliveryCase"] * 2
