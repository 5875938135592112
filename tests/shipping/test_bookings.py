"""Booking with a carrier's system: once whatever happens on the wire, and never lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from o2c.kernel import files
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry, Notice, OutboxMessage
from shipping import services
from shipping.bookings import next_step
from shipping.carriers.adapter import Booked
from shipping.carriers.http import HttpAdapter
from shipping.models import Booking, Carrier, CarrierSecrets, PickupSchedule, Shipment
from shipping.services import AlreadyLabelled, BookingSettled
from tests.factories import CarrierFactory, PickupScheduleFactory, UserFactory
from tests.shipping.carrier_server import LABEL

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(shipment, now, actor):
    def label(row=shipment):
        return services.label_shipment(row.pk, at=now, actor=actor)

    return label


@pytest.fixture
def failed(connected, far_side, label, work):
    """A booking that the carrier has refused."""
    far_side.once["POST /bookings"] = 422
    label()
    work()
    return Booking.objects.get()


def again(booking):
    booking.refresh_from_db()
    return booking


def asked(far_side, mark="POST /bookings"):
    return [
        headers.get("Idempotency-Key") for call, _body, headers in far_side.calls if call == mark
    ]


def test_nothing_is_sent_before_the_commit(connected, far_side, label):
    shipment = label()

    assert far_side.calls == []
    assert shipment.state == "planned"
    assert Booking.objects.get().state == "wanted"


def test_carrier_books_and_its_number_and_label_are_the_shipments(
    connected, far_side, label, shipment, work, books
):
    label()
    work()

    shipment = Shipment.objects.select_related("label_file").get()
    booking = Booking.objects.get()
    assert (shipment.state, shipment.tracking_number) == ("labelled", "TN000001")
    assert shipment.booking_reference == booking.reference == "R-1"
    assert (booking.state, booking.attempts) == ("booked", 1)
    assert files.read(shipment.label_file) == LABEL
    assert books() == []


def test_carrier_gets_what_it_needs_with_the_token(connected, far_side, label, shipment, work):
    label()
    work()

    _call, body, headers = far_side.calls[0]
    assert headers["Authorization"] == "Bearer carrier-token-1"
    assert headers["Idempotency-Key"] == Booking.objects.get().key
    assert body["shipment"] == shipment.number
    assert body["our_number"].startswith("NWF")
    assert body["weight_kg"] == "7.500"
    assert body["packages"] == [{"kind": "parcel", "sscc": "", "weight_kg": "7.500"}]
    assert body["to"]["country"] == shipment.ship_to.country
    assert body["ready_by"] == shipment.leaves_by.isoformat()


def test_message_that_is_delivered_twice_books_once(connected, far_side, label, work):
    label()
    work()
    OutboxMessage.objects.update(delivered_at=None)
    work()

    assert len(far_side.books) == 1
    assert Booking.objects.get().attempts == 1


@pytest.mark.parametrize("way", ["drop", "slow"])
def test_carrier_that_took_it_and_was_not_heard_has_one_booking(
    connected, far_side, label, work, way, monkeypatch
):
    far_side.once["POST /bookings"] = way
    label()

    with monkeypatch.context() as hurry:
        hurry.setattr("o2c.kernel.calling.PATIENCE", 0.3)
        work()
    unheard = Booking.objects.get().state
    work()

    booking = Booking.objects.get()
    assert unheard == "wanted"
    assert asked(far_side) == [booking.key, booking.key]
    assert len(far_side.books) == 1
    assert (booking.state, booking.reference, booking.attempts) == ("booked", "R-1", 2)


def test_carrier_that_is_away_is_asked_three_times_then_people_hear_of_it(
    connected, far_side, label, work
):
    person = UserFactory.create(email="ship@example.com")
    person.groups.add(_group("shipping"))
    far_side.errs["POST /bookings"] = 503
    label()

    work(2)
    waiting = Booking.objects.get().state
    work(5)

    booking = Booking.objects.get()
    assert waiting == "wanted"
    assert (booking.state, booking.problem, booking.attempts) == ("failed", "away", 3)
    assert booking.problem_text == "Northway Freight is busy (503)."
    assert len(asked(far_side)) == 3
    assert Shipment.objects.get().state == "planned"
    assert Notice.objects.filter(user=person).count() == 1


def test_carrier_that_is_not_there_at_all_is_away(connected, label, work, settings):
    Carrier.objects.update(settings={"base_url": "http://127.0.0.1:1"})

    label()
    work()

    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == ("wanted", "away")
    assert "does not answer" in booking.problem_text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"<html>", "does not answer with a JSON object"),
        (b"[]", "does not answer with a JSON object"),
        (b"[" * 100_000, "does not answer with a JSON object"),
        (b'{"reference": 7}', "wrong “reference”"),
        (b'{"reference": "R", "tracking_number": "%s"}' % (b"9" * 61), "wrong “tracking_number”"),
        (b'{"reference": "R", "tracking_number": "T\\u00dc1"}', "wrong “tracking_number”"),
        (b'{"reference": "R\\u0000"}', "wrong “reference”"),
        (b"{}", "gives no reference"),
        (b"x" * 600_000, "more than we read"),
    ],
)
def test_garbage_is_told_and_waits_for_a_person(connected, far_side, label, work, answer, words):
    far_side.errs["POST /bookings"] = answer

    label()
    work(3)

    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == ("failed", "unclear")
    assert words in booking.problem_text
    assert Shipment.objects.get().tracking_number == ""
    assert len(asked(far_side)) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://carrier.example", "does not begin with https://"),
        ("https://127.0.0.2", "is not on the public Internet"),
        ("https://[::1", "does not begin with https://"),
        ("", "does not begin with https://"),
    ],
)
def test_address_inside_of_our_network_is_never_called(connected, label, work, url, words):
    Carrier.objects.update(settings={"base_url": url})

    label()
    work()

    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == ("failed", "refused")
    assert words in booking.problem_text


def test_token_that_cannot_be_opened_is_told(connected, label, work):
    CarrierSecrets.objects.update(api_token="broken")

    label()
    work()

    assert "cannot be opened" in Booking.objects.get().problem_text


def test_number_that_another_shipment_has_is_not_taken(connected, far_side, label, shipment, work):
    _copy_of(shipment, tracking_number="TN000001")

    label()
    work()

    booking = Booking.objects.get()
    assert (booking.state, booking.problem, booking.reference) == ("failed", "unclear", "R-1")
    assert "another shipment has" in booking.problem_text
    assert Shipment.objects.get(pk=shipment.pk).state == "planned"


def test_without_the_carriers_label_ours_is_drawn(connected, far_side, label, shipment, work):
    far_side.errs["GET /bookings"] = b"no pdf"

    label()
    work()

    shipment.refresh_from_db()
    assert (shipment.state, shipment.label_file) == ("labelled", None)


def test_refused_booking_is_tried_again_as_it_is_now(failed, far_side, work, shipment, now, actor):
    key = failed.key
    shipment.ship_to.postal_code = "20457"
    shipment.ship_to.save()

    services.retry_booking(failed.pk, at=now, actor=actor)
    work()

    assert again(failed).state == "booked"
    assert failed.key != key
    assert failed.request["to"]["postal_code"] == "20457"
    assert list(far_side.books) == [failed.key]


def test_unanswered_booking_is_tried_again_under_its_key(
    connected, far_side, label, work, now, actor
):
    far_side.errs["POST /bookings"] = "drop"
    label()
    work(3)
    booking = Booking.objects.get()
    far_side.errs.clear()

    services.retry_booking(booking.pk, at=now, actor=actor)
    work()

    assert again(booking).state == "booked"
    assert set(asked(far_side)) == {booking.key}
    assert len(far_side.books) == 1


def lose_the_first_answer(far_side, work, then):
    """The carrier takes it, its answer is lost, and what comes `then` is a refusal."""
    far_side.once["POST /bookings"] = "drop"
    work()
    then()
    work()
    booking = Booking.objects.get()
    assert (booking.state, booking.problem) == ("failed", "refused")
    assert list(far_side.books) == [booking.key]
    return booking


@pytest.mark.parametrize("status", [401, 404, 409])
def test_carrier_that_took_it_unheard_and_then_refuses_has_one_booking(
    connected, far_side, label, work, now, actor, status
):
    label()
    refuse = {"POST /bookings": status}
    booking = lose_the_first_answer(far_side, work, lambda: far_side.once.update(refuse))

    services.retry_booking(booking.pk, at=now, actor=actor)
    work()

    assert (again(booking).state, booking.reference) == ("booked", "R-1")
    assert asked(far_side) == [booking.key] * 3
    assert list(far_side.books) == [booking.key]


def test_seal_that_breaks_after_a_lost_answer_leaves_one_booking(
    connected, far_side, label, work, now, actor
):
    token = CarrierSecrets.objects.get().api_token
    label()
    booking = lose_the_first_answer(
        far_side, work, lambda: CarrierSecrets.objects.update(api_token="broken")
    )
    CarrierSecrets.objects.update(api_token=token)

    services.retry_booking(booking.pk, at=now, actor=actor)
    work()

    assert (again(booking).state, booking.reference) == ("booked", "R-1")
    assert asked(far_side) == [booking.key] * 2


def test_booking_that_was_refused_after_a_lost_answer_is_cancelled_with_the_carrier(
    connected, far_side, label, shipment, work, now, actor
):
    label()
    refuse = {"POST /bookings": 409}
    booking = lose_the_first_answer(far_side, work, lambda: far_side.once.update(refuse))

    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    assert (again(booking).state, booking.may_be_known) == ("withdrawn", False)
    assert (far_side.cancelled, far_side.books) == ([booking.key], {})


def test_booking_that_is_wanted_again_after_a_lost_answer_is_cancelled_with_the_carrier(
    connected, far_side, label, shipment, work, now, actor
):
    """Nobody has asked since somebody wanted it again: it was asked before."""
    far_side.once["POST /bookings"] = "drop"
    label()
    work()
    booking = Booking.objects.get()
    services.retry_booking(booking.pk, at=now, actor=actor)
    tries = again(booking).attempts

    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    assert (tries, again(booking).state) == (0, "withdrawn")
    assert (far_side.cancelled, far_side.books) == ([booking.key], {})


def test_booking_that_was_only_refused_is_given_up_in_silence(
    failed, far_side, shipment, work, now, actor
):
    """The control: nothing is cancelled that the carrier has never taken."""
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    assert (again(failed).state, failed.may_be_known) == ("withdrawn", False)
    assert far_side.cancelled == []


def test_refusal_of_an_earlier_try_says_nothing_of_a_later_one(
    connected, far_side, label, work, now, actor
):
    """Two tries are under way at once: the first is refused, the second not heard yet."""
    label()
    booking = Booking.objects.get()
    first = services.booking.start_attempt(booking.pk, state="wanted")
    services.retry_booking(booking.pk, at=now + timedelta(minutes=1), actor=actor)
    services.booking.start_attempt(booking.pk, state="wanted")

    services.booking.note_trouble(*first, problem="refused", text="No", at=now, actor=actor)

    assert (again(booking).state, booking.may_be_known) == ("failed", True)


def test_only_a_certain_refusal_is_to_be_mended_and_any_other_asked_for(failed):
    mended = next_step(failed)
    failed.may_be_known = True

    assert mended.startswith("Mend what it says")
    assert next_step(failed).startswith("Ask the carrier whether it has it")


def test_label_pressed_twice_asks_once(connected, far_side, label, work):
    label()
    label()
    work()

    assert Booking.objects.count() == len(far_side.books) == 1


def test_booking_by_hand_labels_the_shipment(failed, shipment, work, now, actor, books):
    services.book_by_hand(
        shipment.pk, tracking_number=" HAND-1 ", reference="Tel. 4711", at=now, actor=actor
    )
    work()

    shipment.refresh_from_db()
    assert (shipment.state, shipment.tracking_number) == ("labelled", "HAND-1")
    assert (again(failed).state, failed.is_by_hand, failed.reference) == (
        "booked",
        True,
        "Tel. 4711",
    )
    assert books() == []


def test_what_the_system_may_know_is_cancelled_there_when_booked_by_telephone(
    connected, far_side, label, shipment, work, now, actor, books
):
    label()
    refuse = {"POST /bookings": 409}
    old = lose_the_first_answer(far_side, work, lambda: far_side.once.update(refuse))

    new = services.book_by_hand(shipment.pk, tracking_number="HAND-1", at=now, actor=actor)
    work()

    assert (again(old).state, old.adapter) == ("withdrawn", "http")
    assert (new.pk != old.pk, again(new).state, new.adapter) == (True, "booked", "manual")
    assert (far_side.cancelled, far_side.books) == ([old.key], {})
    assert Shipment.objects.get().tracking_number == "HAND-1"
    assert books() == []


def test_what_the_system_has_taken_stays_its_own_when_a_person_says_so(
    connected, far_side, label, shipment, work, now, actor, books
):
    label()
    refuse = {"POST /bookings": 409}
    booking = lose_the_first_answer(far_side, work, lambda: far_side.once.update(refuse))

    services.book_by_hand(
        shipment.pk, tracking_number="TN000001", is_same=True, at=now, actor=actor
    )
    kept = (again(booking).state, booking.adapter, booking.is_by_hand, [*far_side.cancelled])
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    assert kept == ("booked", "http", True, [])
    assert (again(booking).state, Booking.objects.count()) == ("withdrawn", 1)
    assert (far_side.cancelled, far_side.books) == ([booking.key], {})
    assert books() == []


def test_carrier_booked_by_hand_alone_has_a_booking_too(shipment, now, actor):
    services.book_by_hand(shipment.pk, tracking_number="HAND-1", at=now, actor=actor)

    booking = Booking.objects.get()
    assert (booking.state, booking.adapter, booking.is_by_hand) == ("booked", "manual", True)
    assert Shipment.objects.get().tracking_number == "HAND-1"


@pytest.mark.parametrize("number", ["", "  ", "x" * 61, "a\x00b", "TÜ1", "TAKEN"])
def test_number_by_hand_that_cannot_be_changes_nothing(failed, shipment, number, now, actor):
    _copy_of(shipment, tracking_number="TAKEN")

    with pytest.raises(InvalidInput) as refusal:
        services.book_by_hand(shipment.pk, tracking_number=number, at=now, actor=actor)

    assert refusal.value.field == "tracking_number"
    assert again(failed).state == "failed"
    assert Shipment.objects.get(pk=shipment.pk).state == "planned"


def test_nobody_books_by_hand_while_the_carrier_is_asked(connected, label, shipment, now, actor):
    label()

    with pytest.raises(BookingSettled):
        services.book_by_hand(shipment.pk, tracking_number="HAND-1", at=now, actor=actor)

    assert Booking.objects.get().state == "wanted"


def test_carrier_that_answers_after_somebody_has_booked_by_hand_is_told_of(
    failed, shipment, now, actor
):
    services.book_by_hand(shipment.pk, tracking_number="HAND-1", at=now, actor=actor)

    services.booking.note_booked(
        failed.pk,
        Booked(reference="R-9"),
        key=failed.key,
        label=None,
        at=now,
        actor=actor,
    )

    assert again(failed).state == "booked"
    assert "R-9" in failed.problem_text
    assert Shipment.objects.get().tracking_number == "HAND-1"


def test_cancelled_shipment_is_cancelled_with_the_carrier(
    connected, far_side, label, shipment, work, now, actor, books
):
    label()
    work()

    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    booking = Booking.objects.get()
    assert booking.state == "withdrawn"
    assert (far_side.cancelled, far_side.books) == ([booking.key], {})
    assert books() == []


def test_shipment_that_leaves_its_pickup_is_cancelled_and_booked_anew(
    connected, far_side, label, shipment, work, now, actor, books
):
    later = _pickup_later(connected, shipment)
    label()
    work()

    services.assign_pickup(
        shipment.pk, carrier_id=connected.pk, leaves_by=later, at=now, actor=actor
    )
    off = Shipment.objects.get()
    work()

    first, second = Booking.objects.order_by("pk")
    on = Shipment.objects.get()
    assert (off.state, off.tracking_number, off.label_file) == ("planned", "", None)
    assert (first.state, second.state) == ("withdrawn", "booked")
    assert list(far_side.books) == [second.key]
    assert (on.state, on.tracking_number) == ("labelled", "TN000001")
    assert second.request["ready_by"] == later.isoformat()
    assert books() == []


def test_booked_shipment_moves_to_a_carrier_that_is_booked_by_hand(
    connected, far_side, label, shipment, work, now, actor
):
    other = PickupScheduleFactory.create(
        carrier=CarrierFactory.create(code="CAR", name="Carrow"),
        warehouse=shipment.warehouse,
        weekday=3,
    )
    leaves_by = shipment.leaves_by + timedelta(days=1)
    label()
    work()

    services.assign_pickup(
        shipment.pk, carrier_id=other.carrier_id, leaves_by=leaves_by, at=now, actor=actor
    )
    work()

    moved = Shipment.objects.get()
    assert (moved.state, moved.carrier_id) == ("planned", other.carrier_id)
    assert far_side.books == {}
    assert label().state == "labelled"


def test_label_of_ours_still_keeps_a_shipment_with_its_carrier(shipment, label, now, actor):
    other = PickupScheduleFactory.create(
        carrier=CarrierFactory.create(code="CAR"), warehouse=shipment.warehouse
    )
    label()

    with pytest.raises(AlreadyLabelled):
        services.assign_pickup(
            shipment.pk,
            carrier_id=other.carrier_id,
            leaves_by=shipment.leaves_by,
            at=now,
            actor=actor,
        )


def test_carrier_that_takes_what_was_given_up_meanwhile_is_told_to_forget_it(
    connected, far_side, label, shipment, work, now, actor, monkeypatch
):
    """The shipment is cancelled while the carrier is being asked."""
    label()
    book = HttpAdapter.book

    def book_slowly(adapter, asked):
        services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
        work()
        return book(adapter, asked)

    monkeypatch.setattr(HttpAdapter, "book", book_slowly)
    work()
    work()

    assert far_side.books == {}
    assert Booking.objects.get().state == "withdrawn"
    assert len(far_side.cancelled) == 2


def test_booking_that_nobody_was_asked_for_is_given_up_in_silence(
    connected, far_side, label, shipment, work, now, actor
):
    label()
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work()

    assert far_side.calls == []
    assert Booking.objects.get().state == "withdrawn"


def test_carrier_that_does_not_forget_waits_for_a_person(
    connected, far_side, label, shipment, work, now, actor
):
    label()
    work()
    far_side.errs["POST /bookings/"] = 409
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work(2)
    booking = Booking.objects.get()
    stuck = booking.state, booking.problem_text

    services.settle_stuck(booking.pk, at=now, actor=actor)

    assert stuck == ("stuck", "Northway Freight refuses (409): No such postal code")
    assert again(booking).state == "withdrawn"
    entry = AuditEntry.objects.filter(subject=booking.label).latest("pk")
    assert entry.reason == stuck[1]


def test_stuck_booking_is_cancelled_by_another_try(
    connected, far_side, label, shipment, work, now, actor
):
    label()
    work()
    far_side.errs["POST /bookings/"] = 503
    services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)
    work(4)
    booking = Booking.objects.get()
    was = booking.state
    far_side.errs.clear()

    services.retry_booking(booking.pk, at=now, actor=actor)
    work()

    assert (was, again(booking).state) == ("stuck", "withdrawn")
    assert far_side.books == {}


def test_settled_booking_is_neither_tried_nor_taken_nor_settled(connected, label, work, now, actor):
    label()
    work()
    booking = Booking.objects.get()

    for act in (
        lambda: services.retry_booking(booking.pk, at=now, actor=actor),
        lambda: services.take_booking(booking.pk, user_id=1, at=now, actor=actor),
        lambda: services.settle_stuck(booking.pk, at=now, actor=actor),
    ):
        with pytest.raises(BookingSettled):
            act()

    assert again(booking).state == "booked"


def test_plan_leaves_what_is_asked_of_a_carrier(connected, label, shipment, now, actor):
    label()

    done = services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    assert done.planned == 0
    assert Shipment.objects.get().leaves_by == shipment.leaves_by


def test_asking_takes_as_many_statements_for_20_packages_as_for_one(
    connected, label, shipment, statements, packed
):
    one = statements(label)
    Booking.objects.all().delete()
    OutboxMessage.objects.all().delete()
    for number in range(2, 22):
        packed.packages.create(number=number, weight_kg=1)

    assert statements(label) == one
    assert len(Booking.objects.get().request["packages"]) == 21


def _pickup_later(carrier, shipment):
    schedule = PickupSchedule.objects.get()
    schedule.pk, schedule.weekday = None, 3
    schedule.save()
    return shipment.leaves_by + timedelta(days=1)


def _copy_of(shipment, *, tracking_number):
    """Give the carrier another shipment, with this number."""
    names = ("customer_id", "ship_to_id", "warehouse_id", "carrier_id", "created_at")
    known = {name: getattr(shipment, name) for name in names}
    Shipment.objects.create(
        public_id="shp_other", state="labelled", tracking_number=tracking_number, **known
    )


def _group(name):
    return Group.objects.get(name=name)
