"""Carriers' adapters: files in a folder, a fake that misbehaves, and asking where goods are."""

import json
import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError

from o2c.kernel import clock
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import Notice
from shipping import services
from shipping.carriers import folder, polling
from shipping.carriers.polling import poll_all
from shipping.carriers.registry import adapter_of
from shipping.models import (
    Booking,
    Carrier,
    CarrierPoll,
    CarrierService,
    DeliveryCase,
    Shipment,
    StrayEvent,
    TrackingEvent,
)
from shipping.reports.taking import Taken
from shipping.tasks import poll_carriers
from tests.factories import CarrierFactory, UserFactory
from tests.shipping.carrier_server import FarSide

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(shipment, now, actor):
    return lambda: services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def on_the_way(label, work, shipment, now, actor):
    """Book with the carrier as it is set up, and let the goods leave."""

    def on_the_way():
        label()
        work()
        services.dispatch_shipment(shipment.pk, at=now, actor=actor)
        return Shipment.objects.get()

    return on_the_way


@pytest.fixture
def folders(shipment, settings, tmp_path):
    """The carrier exchanges files; what is laid down is whole at once."""
    settings.CARRIER_FOLDER = str(tmp_path)
    Carrier.objects.update(adapter="file")
    return tmp_path / "NWF"


def lay(folders, name, text):
    path = folders / "in" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (1, 1))


def test_file_carrier_gets_a_file_and_our_number_counts(folders, label, work):
    label()
    work()

    shipment, booking = Shipment.objects.get(), Booking.objects.get()
    [path] = (folders / "out").iterdir()
    told = json.loads(path.read_text())
    assert path.name == f"booking-{booking.key}.json"
    assert (told["key"], told["shipment"]) == (booking.key, shipment.number)
    assert told["our_number"] == shipment.tracking_number
    assert (shipment.state, booking.state) == ("labelled", "booked")


def test_file_carrier_gets_a_file_of_what_is_cancelled(folders, label, work, shipment, now, actor):
    label()
    work()
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    booking = Booking.objects.get()
    told = json.loads((folders / "out" / f"cancel-{booking.key}.json").read_text())
    assert told == {"key": booking.key, "reference": booking.key}
    assert booking.state == "withdrawn"


def test_folder_that_cannot_be_written_is_told(folders, label, work):
    folders.write_text("a file in the place of the folder")

    label()
    work(3)

    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == ("failed", "away")
    assert "cannot be used" in booking.problem_text


@pytest.mark.parametrize(("code", "root"), [("../../etc", True), ("NWF", False)])
def test_folder_outside_of_ours_is_never_used(folders, label, work, settings, code, root):
    Carrier.objects.update(code=code)
    settings.CARRIER_FOLDER = settings.CARRIER_FOLDER if root else ""

    label()
    work()

    assert Booking.objects.get().state == "failed"
    assert not folders.exists()


def test_tracking_files_are_taken_in_and_put_away(folders, on_the_way, now):
    shipment = on_the_way()
    number, later = shipment.tracking_number, (now + timedelta(hours=2)).isoformat()
    lay(folders, "1.csv", f"tracking number,time,code\n{number},{later},in_transit\n{number},x,y\n")
    lay(folders, "2.csv", b"\x00\x01")
    lay(folders, "3.part", "unfinished")

    count = poll_all(at=now + timedelta(hours=3))

    assert count == 1
    assert Shipment.objects.get().state == "in_transit"
    assert TrackingEvent.objects.get().channel == "poll"
    names = {str(path.relative_to(folders / "in")) for path in (folders / "in").rglob("*.*")}
    assert names == {
        "3.part",
        "done/1.csv",
        "done/1.csv.problems.txt",
        "failed/2.csv",
        "failed/2.csv.problems.txt",
    }
    assert "“x” is no time" in (folders / "in/done/1.csv.problems.txt").read_text()


def test_file_that_somebody_still_writes_is_left_alone(folders, on_the_way, now, monkeypatch):
    on_the_way()
    monkeypatch.setattr(folder.time, "time", lambda: 2.0)
    lay(folders, "1.csv", "tracking number,time,code\n")

    poll_all(at=now)

    assert (folders / "in" / "1.csv").exists()


@pytest.mark.parametrize(
    ("behaviour", "state", "kinds"),
    [
        ("", "delivered", []),
        ("twice", "delivered", []),
        ("disorder", "delivered", []),
        ("late", "delivered", ["late"]),
        ("damaged", "delivered", ["damaged"]),
        ("lost", "exception", ["lost"]),
        ("refused", "exception", ["refused"]),
    ],
)
def test_fake_carrier_behaves_as_it_is_told(
    fake, on_the_way, shipment, now, behaviour, state, kinds, books
):
    fake(shipments={shipment.number: behaviour})
    on_the_way()

    for hours in (3, 26, 60, 60):
        poll_all(at=now + timedelta(hours=hours))

    assert Shipment.objects.get().state == state
    assert [case.kind for case in DeliveryCase.objects.all()] == kinds
    assert StrayEvent.objects.count() == 0
    assert books() == []


@pytest.mark.parametrize(
    ("behaviour", "state", "problem"),
    [("refuse", "failed", "refused"), ("away", "failed", "away"), ("unclear", "failed", "unclear")],
)
def test_fake_carrier_does_not_book_when_it_is_told_not_to(
    fake, label, work, behaviour, state, problem
):
    fake(usual=behaviour)

    label()
    work(3)

    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == (state, problem)


def test_slow_fake_carrier_books_with_the_second_try(fake, label, work):
    fake(usual="slow", label=True)

    label()
    work(2)

    booking = Booking.objects.select_related("shipment__label_file").get()
    assert (booking.state, booking.attempts) == ("booked", 2)
    assert booking.shipment.label_file.media_type == "application/pdf"


def test_service_may_have_another_adapter_than_its_carrier(shipment, label, work):
    service = CarrierService.objects.create(carrier=shipment.carrier, code="PAL", adapter="fake")
    Shipment.objects.update(service=service)

    label()
    work()

    assert Booking.objects.get().adapter == "fake"


def test_carrier_without_a_known_adapter_is_booked_by_hand(shipment, label):
    Carrier.objects.update(adapter="gone")

    assert label().state == "labelled"
    assert Booking.objects.count() == 0


def test_poll_by_http_takes_each_event_once(connected, far_side, on_the_way, now):
    shipment = on_the_way()
    event = {"tracking_number": "TN000001", "event_id": "1", "code": "in_transit"}
    moment = (now + timedelta(hours=1)).isoformat()
    other = {**event, "tracking_number": "ELSE"}
    far_side.events = [{**event, "at": moment}, {**other, "at": moment}]

    counts = [poll_all(at=now + timedelta(hours=hours)) for hours in (2, 3)]

    assert counts == [1, 0]
    assert Shipment.objects.get(pk=shipment.pk).state == "in_transit"
    assert StrayEvent.objects.count() == 0
    assert CarrierPoll.objects.get().problem_text == ""


@pytest.mark.parametrize("answer", [b"<html>", b'{"events": "x"}', b"y" * 600_000, 500])
def test_poll_that_fails_changes_nothing_and_is_told(connected, far_side, on_the_way, now, answer):
    person = UserFactory.create(email="ship@example.com")
    person.groups.add(Group.objects.get(name="shipping"))
    on_the_way()
    far_side.errs["POST /tracking"] = answer

    for minutes in range(4):
        poll_all(at=now + timedelta(minutes=minutes))

    poll = CarrierPoll.objects.get()
    assert (poll.failures, poll.answered_at) == (4, None)
    assert poll.problem_text.startswith("Northway Freight ")
    assert TrackingEvent.objects.count() == 0
    assert Notice.objects.filter(user=person).count() == 1


def test_poll_asks_so_many_at_once_and_who_waited_longest_first(
    connected, far_side, on_the_way, now, monkeypatch
):
    monkeypatch.setattr("shipping.carriers.polling.MOST", 1)
    second_of(on_the_way(), connected, now)

    for minutes in range(3):
        poll_all(at=now + timedelta(minutes=minutes))

    assert asked_for(far_side) == [["TN000001"], ["TWO"], ["TN000001"]]


def second_of(first, carrier, now):
    """Let another shipment of the carrier be on its way, with the number TWO."""
    names = ("customer_id", "ship_to_id", "warehouse_id", "carrier_id", "created_at")
    known = {name: getattr(first, name) for name in names}
    second = Shipment.objects.create(
        public_id="x", state="dispatched", dispatched_at=now, tracking_number="TWO", **known
    )
    Booking.objects.create(
        shipment=second,
        carrier=carrier,
        adapter="http",
        key="two",
        state="booked",
        asked_at=now,
        booked_at=now,
    )


def asked_for(far_side):
    return [
        body["tracking_numbers"] for call, body, _headers in far_side.calls if "tracking" in call
    ]


def test_slow_carriers_do_not_keep_the_others_from_their_turn(shipment, now, monkeypatch):
    Carrier.objects.update(adapter="fake")
    CarrierFactory.create(code="BRL", adapter="fake")
    monkeypatch.setattr("shipping.carriers.polling.BUDGET", -1)

    first = poll_all(at=now), list(CarrierPoll.objects.values_list("carrier__code", flat=True))
    poll_all(at=now + timedelta(minutes=5))

    assert first == (0, ["NWF"])
    assert set(CarrierPoll.objects.values_list("carrier__code", flat=True)) == {"NWF", "BRL"}


def test_a_carrier_out_of_use_is_asked_until_its_goods_have_arrived(fake, on_the_way, now):
    fake()
    shipment = on_the_way()
    Carrier.objects.update(is_active=False)

    first = poll_all(at=now + timedelta(hours=8))
    services.deliver_shipment(
        shipment.pk,
        received_by="Jo",
        at=now + timedelta(hours=9),
        actor=polling.actor_of(shipment.carrier),
    )
    asked_at = CarrierPoll.objects.get().polled_at
    poll_all(at=now + timedelta(hours=10))

    assert (first, asked_at) == (1, now + timedelta(hours=8))
    assert CarrierPoll.objects.get().polled_at == asked_at


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (InvalidInput("This year cannot be."), "This year cannot be."),
        (DatabaseError("no such plan"), "could not be written. It is asked again."),
    ],
)
def test_a_refusal_that_nobody_expects_stops_no_other_carrier(
    shipment, now, monkeypatch, trouble, words
):
    Carrier.objects.update(adapter="fake")
    other = CarrierFactory.create(code="BRL", adapter="fake")

    def take(carrier, *_reports, **_settings):
        if carrier != other:
            raise trouble
        return Taken(recorded={("1", "1")}, known=(), waiting={})

    monkeypatch.setattr(polling, "take_reports", take)

    count = poll_all(at=now)

    told = dict(CarrierPoll.objects.values_list("carrier__code", "problem_text"))
    assert (count, told["BRL"]) == (1, "")
    assert words in told["NWF"]


def test_slow_answers_end_a_turn_and_keep_what_was_told(
    connected, far_side, on_the_way, now, monkeypatch
):
    monkeypatch.setattr("shipping.carriers.http.BUDGET", -1)
    on_the_way()
    moment = (now + timedelta(hours=1)).isoformat()
    event = {"tracking_number": "TN000001", "event_id": "1", "code": "in_transit", "at": moment}
    far_side.errs["POST /tracking"] = json.dumps({"events": [event], "next": "2"}).encode()

    assert poll_all(at=now + timedelta(hours=2)) == 1
    assert [call for call, _body, _headers in far_side.calls].count("POST /tracking") == 1


def test_numbers_that_there_was_no_time_for_are_asked_for_next(
    connected, far_side, on_the_way, now, monkeypatch
):
    monkeypatch.setattr("shipping.carriers.http.BUDGET", -1)
    monkeypatch.setattr("shipping.carriers.http.BATCH", 1)
    second_of(on_the_way(), connected, now)

    for minutes in range(3):
        poll_all(at=now + timedelta(minutes=minutes))

    assert asked_for(far_side) == [["TN000001"], ["TWO"], ["TN000001"]]


def bad_with(number, answer):
    """Let the far side answer so to every question about a number, and well to the others."""

    def bad_with(self, call, body, key):
        if number in body.get("tracking_numbers", []):
            wrong = answer if isinstance(answer, bytes) else json.dumps({"error": "no"}).encode()
            return (200, wrong) if isinstance(answer, bytes) else (answer, wrong)
        return known(self, call, body, key)

    known = FarSide.do
    return bad_with


TOO_MANY = json.dumps({"events": [7] * 201}).encode()


@pytest.mark.parametrize("answer", [503, 422, TOO_MANY, b"<html>"])
def test_what_was_told_before_a_question_fails_is_taken_in(
    connected, far_side, on_the_way, now, monkeypatch, answer
):
    monkeypatch.setattr("shipping.carriers.http.BATCH", 1)
    monkeypatch.setattr(FarSide, "do", bad_with("TWO", answer))
    shipment = on_the_way()
    second_of(shipment, connected, now)
    moment = (now + timedelta(hours=1)).isoformat()
    event = {"tracking_number": "TN000001", "event_id": "1", "code": "in_transit", "at": moment}
    far_side.events = [event]

    count = poll_all(at=now + timedelta(hours=2))

    poll = CarrierPoll.objects.get()
    assert (count, Shipment.objects.get(pk=shipment.pk).state) == (1, "in_transit")
    assert (poll.failures, poll.answered_at) == (1, now + timedelta(hours=2))
    assert poll.problem_text.startswith("Northway Freight ")


@pytest.mark.parametrize("answer", [503, 422, TOO_MANY, b"<html>"])
def test_a_question_that_always_fails_keeps_no_other_from_its_turn(
    connected, far_side, on_the_way, now, monkeypatch, answer
):
    monkeypatch.setattr("shipping.carriers.http.BATCH", 1)
    shipment = on_the_way()
    monkeypatch.setattr(FarSide, "do", bad_with("TN000001", answer))
    second_of(shipment, connected, now)

    answered = []
    for minutes in range(4):
        poll_all(at=now + timedelta(minutes=minutes))
        answered.append(CarrierPoll.objects.get().answered_at == now + timedelta(minutes=minutes))

    assert asked_for(far_side) == [*[["TN000001"], ["TWO"], ["TN000001"]] * 2]
    assert answered == [False, True, False, True]
    assert CarrierPoll.objects.get().failures == 4


def test_what_earlier_pages_told_is_taken_in(connected, far_side, on_the_way, now, monkeypatch):
    def pages(self, call, body, key):
        if body.get("after"):
            return 503, b"{}"
        return 200, json.dumps({"events": [event], "next": "2"}).encode()

    on_the_way()
    monkeypatch.setattr(FarSide, "do", pages)
    moment = (now + timedelta(hours=1)).isoformat()
    event = {"tracking_number": "TN000001", "event_id": "1", "code": "in_transit", "at": moment}

    count = poll_all(at=now + timedelta(hours=2))

    poll = CarrierPoll.objects.get()
    assert (count, poll.failures, poll.answered_at) == (1, 1, now + timedelta(hours=2))
    assert poll.problem_text == "Northway Freight is busy (503)."


def test_event_that_cannot_be_read_stops_no_other_and_is_told(connected, far_side, on_the_way, now):
    person = UserFactory.create(email="ship@example.com")
    person.groups.add(Group.objects.get(name="shipping"))
    shipment = on_the_way()
    moment = (now + timedelta(hours=1)).isoformat()
    event = {"tracking_number": "TN000001", "event_id": "1", "code": "in_transit", "at": moment}
    wrong = {**event, "event_id": "2", "at": "soon"}
    answer = {"events": [wrong, event, 7]}
    far_side.errs["POST /tracking"] = json.dumps(answer).encode()

    counts = [poll_all(at=now + timedelta(hours=hours)) for hours in (2, 3, 4)]

    poll = CarrierPoll.objects.get()
    assert counts == [1, 0, 0]
    assert Shipment.objects.get(pk=shipment.pk).state == "in_transit"
    assert Booking.objects.get().polled_at == poll.answered_at == now + timedelta(hours=4)
    assert poll.problem_text.startswith(
        "Northway Freight reports what we cannot read: TN000001: events/0/at: "
    )
    assert poll.problem_text.endswith(" (2 skipped)")
    assert Notice.objects.filter(user=person).count() == 1


def test_tracking_file_that_is_laid_down_anew_meanwhile_is_read_next(
    folders, on_the_way, now, monkeypatch
):
    number = on_the_way().tracking_number
    head, later = "tracking number,time,code\n", (now + timedelta(hours=2)).isoformat()
    lay(folders, "1.csv", head)
    take = polling.take_reports

    def take_slowly(*args, **kwargs):
        lay(folders, "new", f"{head}{number},{later},in_transit\n")
        (folders / "in" / "new").replace(folders / "in" / "1.csv")
        return take(*args, **kwargs)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(polling, "take_reports", take_slowly)
        first = poll_all(at=now + timedelta(hours=3))
    is_left = (folders / "in" / "1.csv").exists()
    second = poll_all(at=now + timedelta(hours=4))

    assert (first, is_left, second) == (0, True, 1)
    assert [path.name for path in (folders / "in").iterdir()] == ["done"]


def test_worker_polls_all_carriers(fake, on_the_way, now):
    fake()
    on_the_way()

    with clock.travel(now + timedelta(hours=8)):
        assert poll_carriers() == 1


@pytest.mark.parametrize("name", ["manual", "file", "http", "fake"])
def test_every_adapter_can_be_greeted(connected, far_side, now, name, settings, tmp_path):
    settings.CARRIER_FOLDER = str(tmp_path)

    assert adapter_of(connected, name, at=now).greet()
