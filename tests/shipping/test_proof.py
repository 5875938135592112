"""Who took a shipment and how much of it: what is refused has not been delivered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from customers.models import Customer
from invoicing import services as invoicing
from invoicing.models import Invoice
from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import OutboxMessage
from orders.models import Order, OrderLine
from shipping import services
from shipping.models import DeliveryCase, ProofLine, ProofOfDelivery, Shipment
from shipping.services import Delivery, Refusal


@pytest.fixture
def labelled(shipment, now, actor):
    return services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def on_its_way(labelled, now, actor):
    return services.dispatch_shipment(labelled.pk, at=now, actor=actor)


@pytest.fixture
def line(on_its_way):
    return on_its_way.lines.get()


@pytest.fixture
def prove(shipment, now, actor):
    """Prove the delivery of 5 pieces, so much of it refused, a day after it left."""

    def prove(refused=0, *, reason="wet", by="Jo", hours=24):
        line = shipment.lines.get()
        quantity = Decimal(refused)
        return services.record_proof(
            shipment.pk,
            delivery=Delivery(received_by=by, received_at=now + timedelta(hours=hours)),
            refused={line.pk: Refusal(quantity=quantity, reason=reason)} if refused else {},
            at=now + timedelta(hours=48),
            actor=actor,
        )

    return prove


def quantities():
    line = OrderLine.objects.get()
    return line.shipped, line.delivered


def test_all_that_is_taken_is_delivered(prove, on_its_way, now, books):
    proof = prove()

    shipment = Shipment.objects.get()
    assert (proof.received_by, shipment.received_by, shipment.state) == ("Jo", "Jo", "delivered")
    assert shipment.delivered_at == now + timedelta(hours=24)
    assert quantities() == (5, 5)
    assert not DeliveryCase.objects.exists()
    assert books() == []


def test_what_is_refused_becomes_a_case_to_take_it_back(prove, on_its_way, books):
    prove(2)

    case, proved = DeliveryCase.objects.get(), ProofLine.objects.get()
    assert quantities() == (5, 3)
    assert (proved.accepted, proved.refused, proved.reason) == (3, 2, "wet")
    assert (case.kind, case.next_step, case.note) == ("refused", "take_back", "2: wet")
    assert (Shipment.objects.get().state, Order.objects.get().state) == ("delivered", "shipped")
    assert books() == []


def test_of_what_nothing_is_taken_has_not_been_delivered(prove, on_its_way, books):
    prove(5)

    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.exception_kind) == ("exception", "refused")
    assert (shipment.delivered_at, quantities()) == (None, (5, 0))
    assert not OutboxMessage.objects.filter(event__endswith="ShipmentDelivered").exists()
    assert books() == []


def test_a_second_try_delivers_what_was_refused(prove, on_its_way, books):
    prove(5)
    prove(hours=30, by="Kim")

    assert (Shipment.objects.get().state, quantities()) == ("delivered", (5, 5))
    assert ProofOfDelivery.objects.get().received_by == "Kim"
    assert OutboxMessage.objects.filter(event__endswith="ShipmentDelivered").count() == 1
    assert books() == []


def test_the_signed_paper_corrects_the_drivers_scan(prove, on_its_way, now, actor, books):
    at = now + timedelta(hours=20)
    services.record_tracking(
        on_its_way.pk,
        event_id="1",
        code="delivered",
        note="J.",
        happened_at=at,
        at=at,
        actor=actor,
    )

    prove(1, by="Jo at dock 4")

    assert quantities() == (5, 4)
    assert Shipment.objects.get().received_by == "Jo at dock 4"
    assert OutboxMessage.objects.filter(event__endswith="ShipmentDelivered").count() == 1
    assert books() == []


def test_the_same_proof_again_changes_nothing(prove, on_its_way, books):
    prove(2)
    prove(2)

    assert (quantities(), ProofLine.objects.count()) == ((5, 3), 1)
    assert DeliveryCase.objects.count() == 1
    assert books() == []


def test_the_carriers_scan_does_not_undo_a_proof(prove, on_its_way, now, actor, books):
    prove(2)
    at = now + timedelta(hours=50)

    services.record_tracking(
        on_its_way.pk,
        event_id="1",
        code="delivered",
        note="",
        happened_at=at,
        at=at,
        actor=actor,
    )

    assert quantities() == (5, 3)
    assert books() == []


def test_the_carriers_scan_does_not_undo_a_proof_that_nothing_was_taken(
    prove, on_its_way, now, actor, books
):
    prove(5)
    at = now + timedelta(hours=50)

    services.record_tracking(
        on_its_way.pk,
        event_id="1",
        code="delivered",
        note="Jo",
        happened_at=at,
        at=at,
        actor=actor,
    )

    shipment, proved = Shipment.objects.get(), ProofLine.objects.get()
    assert (shipment.state, shipment.exception_kind) == ("exception", "refused")
    assert (shipment.delivered_at, quantities()) == (None, (5, 0))
    assert (proved.accepted, proved.refused, proved.reason) == (0, 5, "wet")
    assert DeliveryCase.objects.get().state == "open"
    assert not OutboxMessage.objects.filter(event__endswith="ShipmentDelivered").exists()
    assert books() == []


def test_a_person_says_that_what_was_refused_is_taken_after_all(
    prove, on_its_way, now, actor, books
):
    prove(5)

    services.deliver_shipment(
        on_its_way.pk, received_by="Kim", at=now + timedelta(hours=50), actor=actor
    )

    assert (Shipment.objects.get().state, quantities()) == ("delivered", (5, 5))
    assert books() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"refused": 6}, "refused"),
        ({"refused": -1}, "refused"),
        ({"refused": 1, "reason": " "}, "reason"),
        ({"by": " "}, "received_by"),
        ({"hours": 49}, "received_at"),
        ({"hours": -1}, "received_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(wrong, field, prove, on_its_way):
    with pytest.raises(InvalidInput) as refusal:
        prove(**wrong)

    assert refusal.value.field.endswith(field)
    assert (Shipment.objects.get().state, quantities()) == ("dispatched", (5, 0))
    assert not ProofOfDelivery.objects.exists()


def test_a_line_of_another_shipment_is_refused(on_its_way, now, actor):
    with pytest.raises(InvalidInput, match="no such line"):
        services.record_proof(
            on_its_way.pk,
            delivery=Delivery(received_by="Jo", received_at=now),
            refused={0: Refusal(quantity=Decimal(1), reason="wet")},
            at=now,
            actor=actor,
        )

    assert not ProofOfDelivery.objects.exists()


def test_what_has_not_left_cannot_be_proved(labelled, prove):
    with pytest.raises(TransitionNotAllowed):
        prove()

    assert not ProofOfDelivery.objects.exists()


def test_delivery_bills_once_whatever_the_papers_say_later(
    prove, shipment, customer, now, actor, books
):
    customer.billing_trigger = Customer.BillingTrigger.DELIVERY
    customer.save()
    services.label_shipment(shipment.pk, at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)
    outbox.deliver_due(limit=20)
    before = Invoice.objects.count()

    prove(2)
    outbox.deliver_due(limit=20)
    prove(1)
    outbox.deliver_due(limit=20)
    again = invoicing.bill_shipment(shipment.pk, at=now, actor=actor)

    assert (before, Invoice.objects.count(), again) == (0, 1, [])
    assert (OrderLine.objects.get().invoiced, quantities()) == (5, (5, 4))
    assert books() == []
