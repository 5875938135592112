"""A shipment that never arrived is over when all of it is here again, and not before."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django_fsm import TransitionNotAllowed

from customers.models import CustomerUser
from o2c.kernel import roles
from orders.models import OrderLine
from shipping import services
from shipping.models import DeliveryCase, ProofOfDelivery, Shipment
from shipping.services import Arrived, Coming, Delivery, Refusal
from tests.invoicing import shipped
from tests.race import while_it_waits, without_locks

# Statements, however many lines and shipments the return has.
RECEIVED = 22


@pytest.fixture
def refused(gone, now, actor):
    """A shipment of 5 pieces of which nothing was taken: its line."""
    services.report_exception(gone.shipment_id, kind="refused", note="Wet", at=now, actor=actor)
    return gone


def state():
    return Shipment.objects.get().state


def test_what_was_refused_and_came_back_is_over(refused, announce, receive, books):
    row = receive(announce(5), 5)

    case = DeliveryCase.objects.get()
    assert state() == "returned"
    assert (case.state, case.resolution) == ("resolved", f"It came back: {row.number}.")
    assert OrderLine.objects.get().returned == 5
    assert books() == []


def test_it_is_not_over_before_all_of_it_is_here(refused, announce, receive, books):
    receive(announce(5), 3)

    before, case = state(), DeliveryCase.objects.get().state
    receive(announce(2))

    assert (before, case, state()) == ("exception", "open", "returned")
    assert books() == []


def test_what_arrived_stays_delivered(gone, announce, receive, now, actor):
    services.deliver_shipment(gone.shipment_id, received_by="Jo", at=now, actor=actor)

    receive(announce(5), 5)

    assert state() == "delivered"


def test_damage_is_still_claimed_from_the_carrier(gone, announce, receive, now, actor):
    for kind in ("late", "damaged"):
        services.report_exception(gone.shipment_id, kind=kind, note="", at=now, actor=actor)

    receive(announce(5), 5)

    cases = DeliveryCase.objects.order_by("pk").values_list("kind", "state")
    assert (state(), list(cases)) == ("returned", [("late", "resolved"), ("damaged", "open")])


def test_what_its_carrier_brings_back_is_over_too(refused, announce, receive, hear, books):
    hear(refused.shipment_id, "in_transit")

    receive(announce(5), 5)

    assert (state(), DeliveryCase.objects.get().state) == ("returned", "resolved")
    assert books() == []


def test_later_news_move_nothing(refused, announce, receive, hear, books):
    receive(announce(5), 5)

    hear(refused.shipment_id, "delivered", "in_transit", "late", "damaged")

    assert (state(), OrderLine.objects.get().delivered) == ("returned", 0)
    assert DeliveryCase.objects.count() == 1
    assert books() == []


def test_what_is_here_again_was_not_delivered(refused, announce, receive, now, actor):
    receive(announce(5), 5)
    delivery = Delivery(received_by="Jo", received_at=now)

    with pytest.raises(TransitionNotAllowed):
        services.record_proof(
            refused.shipment_id, delivery=delivery, refused={}, at=now, actor=actor
        )

    assert (state(), OrderLine.objects.get().delivered) == ("returned", 0)
    assert not ProofOfDelivery.objects.exists()


def test_what_was_refused_at_the_door_by_a_proof_is_over_too(refused, receive, now, actor, books):
    services.record_proof(
        refused.shipment_id,
        delivery=Delivery(received_by="Jo", received_at=now),
        refused={refused.pk: Refusal(quantity=Decimal(5), reason="Wet")},
        at=now,
        actor=actor,
    )

    receive(services.announce_refused(refused.shipment_id, at=now, actor=actor), 5)

    assert state() == "returned"
    assert books() == []


def test_pages_say_that_it_came_back(
    refused, announce, receive, customer, person, client, browser_of
):
    receive(announce(5), 5)
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)
    client.force_login(user)
    number = refused.shipment.number

    ours = browser_of(roles.SHIPPING).get(reverse("shipping:shipment", args=[number]))
    theirs = client.get(reverse("portal-shipments:shipment", args=[number]))

    assert "It never arrived, and all of it is here again." in ours.content.decode()
    assert reverse("shipping:take-back", args=[number]) not in ours.content.decode()
    assert "All of it came back to us." in theirs.content.decode()


@pytest.fixture
def here_and_on_its_way(refused, announce, now, actor):
    """Two steps: all of it is received here, and its carrier tries again."""
    row = announce(5)
    goods = [Arrived(line_id=row.lines.get().pk, quantity=Decimal(5))]

    def receive():
        return services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)

    def move():
        return services.record_tracking(
            refused.shipment_id,
            event_id="1",
            code="in_transit",
            note="",
            happened_at=now,
            at=now,
            actor=actor,
        )

    return receive, move


@pytest.mark.django_db(transaction=True)
def test_news_while_it_comes_back_move_nothing(here_and_on_its_way, books):
    while_it_waits(*here_and_on_its_way)

    assert (state(), DeliveryCase.objects.get().state) == ("returned", "resolved")
    assert books() == []


@pytest.mark.django_db(transaction=True)
def test_race_is_real_without_the_locks(here_and_on_its_way, monkeypatch):
    """Guards the test above: then what is here again is on its way."""
    without_locks(monkeypatch)

    while_it_waits(*here_and_on_its_way)

    assert (state(), DeliveryCase.objects.get().state) == ("in_transit", "resolved")


@pytest.fixture
def receive_all(company, now, actor):
    """Receive all of so many undelivered shipments of so many lines, as one return."""

    def receive_all(shipments, lines):
        customer = shipped.customer_with_credit()
        sent = [shipped.ship(customer, *[("2", "50")] * lines) for _each in range(shipments)]
        for one in sent:
            services.report_exception(one.pk, kind="refused", note="", at=now, actor=actor)
        goods = [
            Coming(shipment_line_id=line.pk, quantity=line.quantity, reason="refused")
            for one in sent
            for line in one.lines.all()
        ]
        row = services.announce_return(customer.pk, goods=goods, at=now, actor=actor)
        here = [Arrived(line_id=line.pk, quantity=line.announced) for line in row.lines.all()]
        return lambda: services.receive_return_goods(row.pk, goods=here, at=now, actor=actor)

    return receive_all


def test_takes_as_many_statements_for_20_lines_as_for_one(receive_all, statements):
    one, many = receive_all(1, 1), receive_all(1, 20)

    assert [statements(one), statements(many)] == [RECEIVED, RECEIVED]
    assert set(Shipment.objects.values_list("state", flat=True)) == {"returned"}
