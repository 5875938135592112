"""What carriers report by message and by file: to the right shipment, once, or to a person."""

from datetime import timedelta

import pytest

from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from shipping import services
from shipping.models import Carrier, Shipment, StrayEvent, TrackingEvent
from shipping.reports.shapes import Report
from shipping.reports.strays import (
    StillStray,
    StraySettled,
    dismiss_stray,
    place_of,
    place_stray,
    place_waiting,
)
from shipping.reports.taking import take_reports


@pytest.fixture
def labelled(shipment, now, actor):
    return services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def on_its_way(labelled, now, actor):
    return services.dispatch_shipment(labelled.pk, at=now, actor=actor)


@pytest.fixture
def take(shipment, now, actor):
    """Take in events `(tracking number, id, code, hours after now)` two days later."""

    def take(*events, hours=48):
        reports = [
            Report(
                tracking_number=number,
                event_id=event_id,
                code=code,
                note="Jo",
                happened_at=now + timedelta(hours=after),
            )
            for number, event_id, code, after in events
        ]
        carrier = Carrier.objects.get(code="NWF")
        at = now + timedelta(hours=hours)
        return take_reports(carrier, reports, channel="webhook", at=at, actor=actor)

    return take


@pytest.fixture
def stray(take):
    take(("ELSE-1", "7", "delivered", 5))
    return StrayEvent.objects.get()


def test_events_move_the_shipment_that_they_name(take, on_its_way):
    number = on_its_way.tracking_number

    taken = take((number, "2", "delivered", 20), (number, "1", "in_transit", 3))

    shipment = Shipment.objects.get()
    assert set(taken.recorded) == {(number, "1"), (number, "2")}
    assert (shipment.state, shipment.received_by) == ("delivered", "Jo")
    assert set(TrackingEvent.objects.values_list("channel", flat=True)) == {"webhook"}


def test_what_was_told_before_is_known(take, on_its_way):
    number = on_its_way.tracking_number
    take((number, "1", "in_transit", 3))

    taken = take((number, "1", "in_transit", 3), (number, "1", "in_transit", 3))

    assert (set(taken.known), set(taken.recorded)) == ({(number, "1")}, set())
    assert TrackingEvent.objects.count() == 1


def test_repeats_cost_no_step(take, on_its_way, statements):
    number = on_its_way.tracking_number
    events = [(number, str(place), "SORTED", 3) for place in range(20)]
    take(*events)

    assert statements(lambda: take(*events)) == statements(lambda: take(events[0]))


def test_many_events_take_as_many_statements_as_one(take, on_its_way, statements):
    number = on_its_way.tracking_number
    one = statements(lambda: take((number, "a", "SORTED", 3)))

    assert statements(lambda: take(*[(number, str(n), "SORTED", 3) for n in range(20)])) == one


def test_codes_of_the_carrier_are_translated(take, on_its_way):
    Carrier.objects.update(settings={"codes": {"DLV": "delivered"}})

    take((on_its_way.tracking_number, "1", "DLV", 20))

    assert Shipment.objects.get().state == "delivered"


def test_an_unknown_number_waits_for_a_person(take, shipment):
    taken = take(("ELSE-1", "7", "delivered", 5))

    stray = StrayEvent.objects.get()
    assert taken.waiting == {("ELSE-1", "7"): "unknown"}
    assert (stray.state, stray.problem, stray.code) == ("open", "unknown", "delivered")


def test_a_stray_told_twice_waits_once(take, stray):
    taken = take(("ELSE-1", "7", "delivered", 5))

    assert set(taken.known) == {("ELSE-1", "7")}
    assert StrayEvent.objects.count() == 1


def test_strays_are_kept_in_one_order_whoever_tells_them(take, shipment):
    take(("ELSE-1", "9", "SORTED", 3), ("ELSE-1", "7", "SORTED", 5), ("ELSE-1", "8", "SORTED", 4))

    kept = StrayEvent.objects.order_by("pk").values_list("event_id", flat=True)
    assert list(kept) == ["7", "8", "9"]


def test_what_lies_in_the_future_waits_and_says_so(take, on_its_way):
    number = on_its_way.tracking_number

    taken = take((number, "1", "delivered", 72), ("ELSE-1", "2", "late", 72))

    assert set(taken.waiting.values()) == {"future"}
    assert Shipment.objects.get().state == "dispatched"


def test_events_before_dispatch_are_placed_when_it_leaves(take, labelled, now, actor, books):
    taken = take((labelled.tracking_number, "1", "in_transit", 1), hours=1)
    services.dispatch_shipment(labelled.pk, at=now, actor=actor)
    outbox.deliver_due(limit=20)

    stray = StrayEvent.objects.get()
    assert list(taken.waiting.values()) == ["not_left"]
    assert (stray.state, stray.shipment) == ("placed", labelled)
    assert Shipment.objects.get().state == "in_transit"
    assert books() == []


def test_the_sweep_places_what_was_missed_once(take, labelled, now, actor):
    take((labelled.tracking_number, "1", "in_transit", 1), hours=1)
    services.dispatch_shipment(labelled.pk, at=now, actor=actor)

    assert place_waiting(at=now + timedelta(hours=2), actor=actor) == 1
    assert place_waiting(at=now + timedelta(hours=2), actor=actor) == 0
    assert place_of(labelled.pk, at=now, actor=actor) == 0
    assert TrackingEvent.objects.count() == 1


def test_what_it_still_cannot_have_waits_with_the_new_reason(take, labelled, now, actor):
    take((labelled.tracking_number, "1", "delivered", -3), hours=1)
    services.dispatch_shipment(labelled.pk, at=now, actor=actor)

    assert place_waiting(at=now + timedelta(hours=2), actor=actor) == 0
    assert StrayEvent.objects.get().problem == "early"


def test_a_person_places_a_stray(stray, on_its_way, now, actor):
    at = now + timedelta(hours=50)

    place_stray(stray.pk, shipment_number=on_its_way.number.lower(), at=at, actor=actor)

    stray.refresh_from_db()
    assert (stray.state, stray.shipment) == ("placed", on_its_way)
    assert Shipment.objects.get().state == "delivered"


def test_a_time_that_cannot_be_becomes_the_time_of_receipt(take, on_its_way, now, actor):
    take((on_its_way.tracking_number, "1", "delivered", 72))
    stray = StrayEvent.objects.get()

    place_stray(
        stray.pk, shipment_number=on_its_way.number, at=now + timedelta(hours=49), actor=actor
    )

    stray.refresh_from_db()
    assert TrackingEvent.objects.get().at == now + timedelta(hours=48)
    assert stray.resolution == "Its time cannot be: the time of receipt counts."


def test_a_delivery_told_before_it_left_is_placed_when_it_left(take, labelled, now, actor, books):
    take((labelled.tracking_number, "1", "delivered", 1), hours=1)
    services.dispatch_shipment(labelled.pk, at=now + timedelta(hours=2), actor=actor)
    outbox.deliver_due(limit=20)
    stray = StrayEvent.objects.get()
    before = stray.problem

    place_stray(stray.pk, shipment_number=labelled.number, at=now + timedelta(hours=3), actor=actor)

    stray.refresh_from_db()
    shipment = Shipment.objects.get()
    assert (before, stray.state, shipment.state) == ("early", "placed", "delivered")
    assert shipment.delivered_at == now + timedelta(hours=2)
    assert stray.resolution == "Its time cannot be: the time at which the shipment left counts."
    assert books() == []


def test_a_person_places_what_was_unknown_and_told_too_early(take, on_its_way, now, actor):
    take(("ELSE-1", "7", "delivered", -1))

    place_stray(
        StrayEvent.objects.get().pk,
        shipment_number=on_its_way.number,
        at=now + timedelta(hours=49),
        actor=actor,
    )

    assert Shipment.objects.get().delivered_at == now + timedelta(hours=48)


def test_it_is_placed_at_a_shipment_that_is_there(stray, now, actor):
    with pytest.raises(InvalidInput):
        place_stray(stray.pk, shipment_number="SH-0", at=now, actor=actor)

    stray.refresh_from_db()
    assert stray.state == "open"


def test_it_is_not_placed_at_a_shipment_that_has_not_left(stray, labelled, now, actor):
    at = now + timedelta(hours=50)

    with pytest.raises(StillStray, match="has not left yet"):
        place_stray(stray.pk, shipment_number=labelled.number, at=at, actor=actor)

    stray.refresh_from_db()
    assert (stray.state, TrackingEvent.objects.count()) == ("open", 0)


def test_dismissing_needs_a_reason(stray, now, actor):
    with pytest.raises(InvalidInput):
        dismiss_stray(stray.pk, reason=" ", at=now, actor=actor)

    stray.refresh_from_db()
    assert stray.state == "open"


def test_what_is_dismissed_stays_so(stray, take, on_its_way, now, actor):
    dismiss_stray(stray.pk, reason="Of another company", at=now, actor=actor)

    with pytest.raises(StraySettled):
        place_stray(stray.pk, shipment_number=on_its_way.number, at=now, actor=actor)

    taken = take(("ELSE-1", "7", "delivered", 5))
    assert set(taken.known) == {("ELSE-1", "7")}
    assert StrayEvent.objects.get().resolution == "Of another company"
