"""What buyers and sales reps are told about an order."""

from datetime import date

import pytest
from django.core import mail

from customers.models import Contact
from o2c.kernel.events import ON
from orders import handlers, services
from orders.events import (
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
    OrderSubmitted,
)
from orders.models import OrderLine
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def alone(monkeypatch, company):
    """Only this stage reacts: what later stages do with an order is their tests' business."""
    for event in (OrderSubmitted, OrderReleased, OrderHeld, OrderReferred, OrderDeclined):
        monkeypatch.setitem(ON, event, [])


@pytest.fixture
def submitted(draft, now, actor):
    """Of a customer whose buyer is Ellis, owned by Maya."""
    draft.customer.contacts.create(
        role=Contact.Role.BUYER, name="Ellis", email="ellis@pump.example"
    )
    draft.owner = UserFactory.create(email="maya@kestrelflow.example")
    draft.save(update_fields=["owner"])
    return services.submit_order(draft.pk, at=now, actor=actor)


def sent():
    return [(message.to, message.subject) for message in mail.outbox]


def test_acknowledges_with_the_promised_days(submitted, now, actor):
    services.release_order(submitted.pk, at=now, actor=actor)
    OrderLine.objects.filter(order=submitted, position=1).update(promised_on=date(2026, 11, 26))

    handlers.acknowledge(OrderReleased(order_id=submitted.pk, at=now, actor=actor))

    text = mail.outbox[0].body
    assert sent() == [(["ellis@pump.example"], f"Your order {submitted.number} is confirmed")]
    assert "10 for 500.00, promised for 26 November 2026" in text
    assert "4 for 200.00, the day follows" in text
    assert "total 833.00\N{NO-BREAK SPACE}EUR" in text


def test_confirms_once_however_often_the_message_comes(submitted, now, actor):
    services.release_order(submitted.pk, at=now, actor=actor)
    event = OrderReleased(order_id=submitted.pk, at=now, actor=actor)

    handlers.acknowledge(event)
    handlers.acknowledge(event)

    assert len(sent()) == 1


def test_confirms_again_under_the_same_message_id_after_a_crash(submitted, now, actor, monkeypatch):
    services.release_order(submitted.pk, at=now, actor=actor)
    event = OrderReleased(order_id=submitted.pk, at=now, actor=actor)
    with monkeypatch.context() as crash:
        crash.setattr("orders.mails.note_acknowledged", None)  # dies when the mail is out
        with pytest.raises(TypeError):
            handlers.acknowledge(event)

    handlers.acknowledge(event)

    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_acknowledges_nothing_that_was_taken_back(submitted, now, actor):
    services.release_order(submitted.pk, at=now, actor=actor)
    services.suspend_order(submitted.pk, reason="Over the limit", at=now, actor=actor)

    handlers.acknowledge(OrderReleased(order_id=submitted.pk, at=now, actor=actor))

    assert sent() == []


@pytest.mark.parametrize(
    ("decide", "handle", "event", "subject", "told"),
    [
        (
            services.hold_order,
            handlers.tell_held,
            OrderHeld,
            "{} waits",
            "One of us is looking at this order.",
        ),
        (
            services.refer_order,
            handlers.tell_referred,
            OrderReferred,
            "{} is being reviewed",
            "one of us looks at your credit",
        ),
        (
            services.decline_order,
            handlers.tell_declined,
            OrderDeclined,
            "{}: we cannot deliver on account",
            "against prepayment",
        ),
    ],
)
def test_tells_buyer_and_rep_what_an_order_waits_for(
    submitted, now, actor, decide, handle, event, subject, told
):
    decide(submitted.pk, reason="500.00 are overdue", at=now, actor=actor)
    details = {"was_released": False} if event is OrderHeld else {}

    handle(event(order_id=submitted.pk, at=now, actor=actor, **details))

    title = subject.format(submitted.number)
    assert sent() == [(["ellis@pump.example"], title), (["maya@kestrelflow.example"], title)]
    assert told in mail.outbox[0].body
    assert "500.00 are overdue" in mail.outbox[1].body


def test_tells_nobody_of_a_hold_that_has_ended(submitted, now, actor):
    services.hold_order(submitted.pk, reason="Over the limit", at=now, actor=actor)
    services.release_order(submitted.pk, at=now, actor=actor)

    handlers.tell_held(OrderHeld(order_id=submitted.pk, was_released=False, at=now, actor=actor))

    assert sent() == []
