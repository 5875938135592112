from datetime import timedelta
from itertools import permutations

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import OutboxMessage
from orders.models import Order, OrderLine
from shipping import services
from shipping.models import DeliveryCase, Shipment, TrackingEvent
from shipping.services import NotReportable


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)
    return Shipment.objects.get(pk=shipment.pk)


@pytest.fixture
def report(on_its_way, now, actor):
    """Report a carrier's event so many hours after it left."""

    def report(event_id, code, *, hours=1, note=""):
        services.record_tracking(
            on_its_way.pk,
            event_id=event_id,
            code=code,
            note=note,
            happened_at=now + timedelta(hours=hours),
            at=now + timedelta(hours=48),
            actor=actor,
        )
        return Shipment.objects.get(pk=on_its_way.pk)

    return report


def test_ship_notice_tells_goods_in(on_its_way, customer):
    outbox.deliver_due(limit=20)

    [notice] = [sent for sent in mail.outbox if "on its way" in sent.subject]
    assert notice.to == [customer.email]
    assert on_its_way.tracking_number in notice.body
    assert "5 × VLV-BF-080" in notice.body
    assert "Thursday, 19 November 2026" in notice.body


def test_delivery_moves_the_lines(on_its_way, now, actor, books):
    services.deliver_shipment(on_its_way.pk, received_by="Jo at dock 4", at=now, actor=actor)

    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.received_by) == ("delivered", "Jo at dock 4")
    assert (OrderLine.objects.get().delivered, Order.objects.get().state) == (5, "delivered")
    assert books() == []


def test_delivery_is_refused_before_it_left(shipment, now, actor):
    with pytest.raises(TransitionNotAllowed):
        services.deliver_shipment(shipment.pk, received_by="Jo", at=now, actor=actor)

    assert OrderLine.objects.get().delivered == 0


def test_moves_on_with_the_carriers_news(report):
    assert report("1", "in_transit").state == "in_transit"


def test_same_event_twice_is_one(report):
    report("1", "delivered", note="Jo")

    shipment = report("1", "delivered", note="Jo")

    assert (shipment.state, OrderLine.objects.get().delivered) == ("delivered", 5)
    assert TrackingEvent.objects.count() == 1


def test_news_in_any_order_end_in_the_same_state(report):
    report("3", "delivered", hours=30, note="Jo")

    shipment = report("2", "in_transit", hours=5)

    assert shipment.state == "delivered"
    assert TrackingEvent.objects.count() == 2


def test_old_trouble_does_not_undo_newer_news(report):
    report("2", "in_transit", hours=9)

    assert report("1", "late", hours=5).state == "in_transit"


def test_unknown_codes_are_kept_and_move_nothing(report):
    assert report("1", "SORTED-17").state == "dispatched"
    assert TrackingEvent.objects.get().code == "SORTED-17"


def test_news_before_it_left_are_refused(shipment, now, actor):
    with pytest.raises(NotReportable, match="has not left yet"):
        services.record_tracking(
            shipment.pk,
            event_id="0",
            code="in_transit",
            note="",
            happened_at=now,
            at=now,
            actor=actor,
        )

    assert Shipment.objects.get().state == "planned"
    assert not TrackingEvent.objects.exists()


def test_exception_tells_the_customer(on_its_way, customer, now, actor):
    services.report_exception(
        on_its_way.pk, kind="damaged", note="Two boxes wet", at=now, actor=actor
    )
    outbox.deliver_due(limit=20)

    shipment = Shipment.objects.get()
    [told] = [sent for sent in mail.outbox if "problem" in sent.subject]
    assert (shipment.state, shipment.exception_kind) == ("exception", "damaged")
    assert told.to == [customer.email]
    assert "Two boxes wet" in told.body


def test_exception_needs_a_known_kind(on_its_way, now, actor):
    with pytest.raises(InvalidInput):
        services.report_exception(on_its_way.pk, kind="eaten", note="", at=now, actor=actor)

    assert Shipment.objects.get().state == "dispatched"


def test_delivered_again_after_an_exception_counts_once(on_its_way, now, actor, books):
    services.deliver_shipment(on_its_way.pk, received_by="Jo", at=now, actor=actor)
    services.report_exception(on_its_way.pk, kind="refused", note="", at=now, actor=actor)

    services.deliver_shipment(on_its_way.pk, received_by="Kim", at=now, actor=actor)

    events = OutboxMessage.objects.filter(event__endswith="ShipmentDelivered")
    assert OrderLine.objects.get().delivered == 5
    assert events.values("handler").distinct().count() == events.count()
    assert books() == []


NEWS = [
    ("in_transit", 2),
    ("late", 5),
    ("delivered", 30),
    ("damaged", 31),
]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_every_order_of_the_news_ends_alike(order, report, books):
    for number in order:
        code, hours = NEWS[number]
        shipment = report(str(number), code, hours=hours, note="Jo")

    open_cases = DeliveryCase.objects.filter(state="open")
    assert (shipment.state, shipment.exception_kind) == ("exception", "damaged")
    assert (shipment.received_by, OrderLine.objects.get().delivered) == ("Jo", 5)
    assert list(open_cases.values_list("kind", flat=True)) == ["damaged"]
    assert books() == []


LATE_NEWS = [
    ("delivered", 30),
    ("late", 31),
    ("damaged", 32),
    ("in_transit", 33),
]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_what_has_arrived_is_on_its_way_no_more_nor_late(order, report, books):
    for number in order:
        code, hours = LATE_NEWS[number]
        shipment = report(str(number), code, hours=hours, note="Jo")

    open_cases = DeliveryCase.objects.filter(state="open")
    assert (shipment.state, shipment.exception_kind) == ("exception", "damaged")
    assert list(open_cases.values_list("kind", flat=True)) == ["damaged"]
    assert books() == []


@pytest.mark.parametrize("code", ["late", "lost"])
def test_what_was_delivered_is_neither_late_nor_lost_afterwards(code, report):
    report("1", "delivered", hours=30, note="Jo")

    shipment = report("2", code, hours=31)

    assert (shipment.state, shipment.exception_kind) == ("delivered", "")
    assert not DeliveryCase.objects.exists()
    assert TrackingEvent.objects.count() == 2


def test_a_later_code_that_nobody_knows_holds_no_news_back(report):
    report("2", "SORTED-17", hours=9)

    assert report("1", "in_transit", hours=5).state == "in_transit"


@pytest.mark.parametrize(
    ("code", "hours", "why"),
    [
        ("in_transit", 49, "lies in the future"),
        ("delivered", -1, "before the shipment left"),
        ("picked_up", -25, "before the shipment left"),
    ],
)
def test_times_that_cannot_be_are_refused(report, code, hours, why):
    with pytest.raises(NotReportable, match=why):
        report("1", code, hours=hours)

    assert Shipment.objects.get().state == "dispatched"
    assert not TrackingEvent.objects.exists()


def test_a_driver_scans_before_our_people_press_dispatch(report):
    assert report("1", "picked_up", hours=-2).state == "in_transit"


@pytest.mark.parametrize("change", ["UPDATE {} SET code = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_tracking_is_append_only(report, change):
    report("1", "in_transit")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            cursor.execute(change.format(TrackingEvent._meta.db_table))

    assert TrackingEvent.objects.get().code == "in_transit"
