"""Whose envelopes are believed depends on the way that a file came, not on what it says."""

import pytest

from o2c.kernel.outbox import deliver_due
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order, PartnerMessage
from orders.partners.receiving import receive
from tests.factories import NOW, CustomerFactory
from tests.orders.edi.conftest import sample
from tests.orders.factories import TradingPartnerFactory
from tests.orders.intake.mails import mail

ORDER = sample("order.850.edi")


@pytest.fixture
def rival(books):
    """Another customer's system, with a door of its own."""
    customer = CustomerFactory.create(number="C-666", email="edi@rival.example")
    return TradingPartnerFactory.create(customer=customer, kind="x12", identifier="RIVAL")


@pytest.fixture
def send(actor):
    """Let a partner deliver a file by their own way, and read it."""

    def run(content, partner):
        receive(content, name="o.edi", partner=partner, at=NOW, actor=actor)
        deliver_due(limit=100)

    return run


def judging(control, *, sender="004711815", code="PR"):
    """Return a 997 that refuses one of our messages."""
    return (
        f"ISA*00*          *00*          *01*{sender:<15}*ZZ*KESTREL        *261118*0815*U"
        f"*00401*000000950*0*P*>~GS*FA*{sender}*KESTREL*20261118*0815*950*X*004010~"
        f"ST*997*0001~AK1*{code}*{control}~AK2*855*{control}~AK5*R*5~AK9*R*1*1*0~SE*6*0001~"
        "GE*1*950~IEA*1*000000950~"
    ).encode()


def rules(document):
    return [finding["rule"] for finding in document.findings]


def test_a_partner_s_own_envelope_comes_through_their_own_door(partners, send):
    send(ORDER, partners["x12"])

    assert Order.objects.get().customer_po == "4711"
    assert IntakeDocument.objects.get().sender == "004711815"


def test_an_envelope_of_somebody_else_is_refused_and_answered_to_nobody(partners, rival, send):
    send(ORDER, rival)

    document = IntakeDocument.objects.get()
    assert (document.state, document.sender) == ("rejected", "RIVAL")
    assert document.customer == rival.customer
    assert "sender_differs" in rules(document)
    assert not Order.objects.exists()
    assert not PartnerMessage.objects.exists()


def test_a_control_number_is_not_used_up_by_somebody_else(partners, rival, send):
    send(ORDER.replace(b"4711**", b"4799**"), rival)
    send(ORDER, partners["x12"])

    assert [order.customer_po for order in Order.objects.all()] == ["4711"]
    assert not PartnerMessage.objects.filter(kind="TA1").exists()


def test_a_number_is_not_used_up_by_naming_somebody_else_as_the_buyer(partners, rival, send):
    partners["x12"].codes = ["4012345000009"]
    partners["x12"].save()
    theirs = ORDER.replace(b"*01*004711815      *", b"*ZZ*RIVAL          *")
    send(theirs.replace(b"4711**", b"4799**"), rival)
    assert IntakeDocument.objects.get().state == "in_review"
    send(ORDER, partners["x12"])

    assert Order.objects.filter(customer_po="4711").count() == 1
    assert not PartnerMessage.objects.filter(kind="TA1", partner=partners["x12"]).exists()


def test_nobody_judges_a_message_to_somebody_else(partners, rival, send):
    send(ORDER, partners["x12"])
    control = PartnerMessage.objects.get(kind="855").control

    send(judging(control), rival)
    send(judging(control, sender="RIVAL"), rival)

    assert PartnerMessage.objects.get(kind="855").verdict == ""
    refused = IntakeDocument.objects.get(findings__contains=[{"rule": "sender_differs"}])
    assert (refused.state, refused.sender) == ("rejected", "RIVAL")


def test_the_partner_judges_their_own_message(partners, rival, send):
    send(ORDER, partners["x12"])
    control = PartnerMessage.objects.get(kind="855").control

    send(judging(control), partners["x12"])

    assert PartnerMessage.objects.get(kind="855").verdict == "rejected"


@pytest.mark.parametrize(
    ("sender", "state", "messages"),
    [("buyer@hollis.example", "accepted", ["855", "997"]), ("edi@rival.example", "in_review", [])],
)
def test_by_mail_only_the_customer_s_own_envelopes_are_believed(
    partners, rival, actor, sender, state, messages
):
    partners["x12"].customer.contacts.create(
        name="Buyer", email="buyer@hollis.example", role="buyer"
    )
    content = mail(sender=sender, attachments=[("o.edi", ORDER)])

    list(take_in("m.eml", content, commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)

    document = IntakeDocument.objects.get(file_format="x12")
    assert document.state == state
    kinds = PartnerMessage.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == messages


def test_envelopes_in_a_mail_of_an_unproven_sender_are_neither_believed_nor_answered(
    partners, actor
):
    customer = partners["x12"].customer
    customer.contacts.create(name="Buyer", email="buyer@hollis.example", role="buyer")
    content = mail(attachments=[("o.edi", ORDER)])

    list(take_in("m.eml", content, channel="email", commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)

    document = IntakeDocument.objects.get(file_format="x12")
    assert (document.state, rules(document)) == ("in_review", ["sender_unverified"])
    assert not PartnerMessage.objects.exists()
    assert not Order.objects.exists()


def test_a_dialect_that_was_not_agreed_on_for_the_door_is_refused(partners, send):
    send(sample("order.edifact"), partners["x12"])

    assert "sender_differs" in rules(IntakeDocument.objects.get())
    assert not Order.objects.exists()
