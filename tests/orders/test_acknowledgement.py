"""The confirmation of an order: what it says, that it is kept, when it is sent again."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from pypdf import PdfReader

from customers.models import Contact
from o2c.kernel import files
from o2c.kernel.events import AFTER, ON
from o2c.kernel.models import AuditEntry, OutboxMessage
from orders import documents, handlers, services
from orders.events import LinesCancelled, OrderReleased, OrderSubmitted, PromiseMoved
from orders.models import Acknowledgement, OrderLine
from orders.tasks import tell_moved_promises
from tests.factories import TaxExemptionFactory

THURSDAY, MONDAY = date(2026, 11, 26), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def alone(monkeypatch, company):
    """Only this stage reacts: what later stages do with an order is their tests' business."""
    for event in (OrderSubmitted, OrderReleased, LinesCancelled):
        monkeypatch.setitem(ON, event, [])
        monkeypatch.setitem(AFTER, event, [])


@pytest.fixture
def confirmed(draft, now, actor):
    """Released, both lines promised for Thursday, 26 November; the buyer is Ellis."""
    draft.customer.contacts.create(
        role=Contact.Role.BUYER, name="Ellis", email="ellis@pump.example"
    )
    services.submit_order(draft.pk, at=now, actor=actor)
    order = services.release_order(draft.pk, at=now, actor=actor)
    expect(order, {1: THURSDAY, 2: THURSDAY}, now, actor)
    return order


def expect(order, days, now, actor):
    keys = dict(OrderLine.objects.filter(order=order).values_list("position", "pk"))
    services.record_progress(
        order.pk,
        changes={},
        expected={keys[position]: day for position, day in days.items()},
        at=now,
        actor=actor,
    )


def text_of(stored):
    reader = PdfReader(io.BytesIO(files.read(stored)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def tell(order, now, actor):
    handlers.acknowledge(OrderReleased(order_id=order.pk, at=now, actor=actor))


def test_says_what_was_ordered_and_when_it_comes(confirmed, now):
    text = text_of(services.acknowledgement_pdf(confirmed.pk, at=now))

    for expected in (
        "Order confirmation",
        confirmed.number,
        "Kestrel Flow Supply",
        confirmed.customer.name,
        "Dock 4",
        "4500-1",
        "30 days net, by our invoice.",
        "25 Nov 2026",
        "26 Nov 2026",
        "500.00",
        "200.00",
        "Tax 19 % on 700.00",
        "833.00",
    ):
        assert expected in text
    assert "Please pay before we deliver" not in text


def test_says_how_to_pay_when_goods_are_paid_first(confirmed, now):
    confirmed.customer.billing_trigger = "order"
    confirmed.customer.save(update_fields=["billing_trigger"])

    text = text_of(services.acknowledgement_pdf(confirmed.pk, at=now))

    assert "Please pay before we deliver" in text
    assert "DE02120300000000202051" in text


def test_names_the_certificate_that_exempts_from_tax(confirmed, now):
    before = services.acknowledgement_pdf(confirmed.pk, at=now)
    known = {"customer": confirmed.customer, "country": "DE"}
    TaxExemptionFactory.create(**known, certificate="EX-2026", valid_until=now.date())
    TaxExemptionFactory.create(**known, certificate="EX-2027", valid_from=date(2027, 1, 1))
    same = services.acknowledgement_pdf(confirmed.pk, at=now)
    OrderLine.objects.filter(order=confirmed).update(tax_category="E", tax_rate=0)

    text = text_of(services.acknowledgement_pdf(confirmed.pk, at=now))

    assert same == before
    assert "Exempt from tax by certificate EX-2026" in " ".join(text.split())


def test_says_why_nothing_is_taxed_abroad(confirmed, now):
    OrderLine.objects.filter(order=confirmed).update(tax_category="AE", tax_rate=0)

    text = text_of(services.acknowledgement_pdf(confirmed.pk, at=now))

    assert "Reverse charge: the buyer accounts for the tax" in " ".join(text.split())


def test_is_written_in_the_customers_language_and_prints_markup_as_text(confirmed, now, company):
    customer = confirmed.customer
    customer.name, customer.language = "<b>Bold & Co</b>", "de"
    customer.save(update_fields=["name", "language"])
    order = services.acknowledgement_of(confirmed.pk, at=now).order
    said = documents.said_of(order, list(order.lines.order_by("position")), company, bill_to=None)

    page = documents.acknowledgement.html(said, serial=1, made_on=now.date())

    assert '<html lang="de">' in page
    assert "<b>&lt;b&gt;Bold &amp; Co&lt;/b&gt;</b>" in page


def test_is_drawn_once_as_long_as_it_says_the_same(confirmed, now, monkeypatch):
    first = services.acknowledgement_pdf(confirmed.pk, at=now)
    monkeypatch.setattr("orders.services.acknowledging.draw_acknowledgement", None)

    again = services.acknowledgement_pdf(confirmed.pk, at=now)

    assert again == first
    assert Acknowledgement.objects.count() == 1


def test_names_cancelled_quantities_and_charges_nothing_for_them(confirmed, now, actor):
    services.acknowledgement_pdf(confirmed.pk, at=now)
    line = confirmed.lines.get(position=1)
    services.cancel_quantities(
        confirmed.pk,
        quantities={line.pk: Decimal(4)},
        reason="customer",
        at=now,
        actor=actor,
    )

    text = text_of(services.acknowledgement_pdf(confirmed.pk, at=now))

    assert "4 cancelled" in text
    assert "Version 2, replaces all earlier ones" in text
    assert "595.00" in text  # 6 + 4 at 50.00, and 19 %
    assert list(Acknowledgement.objects.values_list("serial", flat=True)) == [1, 2]


def test_a_waiting_order_has_none(draft, now, actor):
    services.submit_order(draft.pk, at=now, actor=actor)

    with pytest.raises(services.NotConfirmed, match=r"is not confirmed yet: it is entered\."):
        services.acknowledgement_pdf(draft.pk, at=now)

    assert not Acknowledgement.objects.exists()


def test_a_cancelled_order_keeps_what_was_said_last(confirmed, now, actor):
    said = services.acknowledgement_pdf(confirmed.pk, at=now)
    services.cancel_order(confirmed.pk, reason="customer", at=now, actor=actor)

    assert services.acknowledgement_pdf(confirmed.pk, at=now) == said


def test_is_mailed_with_the_document_and_noted(confirmed, now, actor):
    tell(confirmed, now, actor)

    [message] = mail.outbox
    [(name, content, media_type)] = message.attachments
    entry = AuditEntry.objects.get(action="acknowledge")
    assert message.to == ["ellis@pump.example"]
    assert message.reply_to == ["receivables@kestrelflow.example"]
    assert (name, media_type) == (f"{confirmed.number}.pdf", "application/pdf")
    assert content.startswith(b"%PDF")
    assert entry.changes == {"confirmation": [None, "1: ellis@pump.example"]}
    assert entry.actor_id == "orders.acknowledge"


def test_a_day_that_moves_later_is_told_once(confirmed, now, actor):
    tell(confirmed, now, actor)
    expect(confirmed, {2: MONDAY}, now, actor)

    first = tell_moved_promises(now.date(), at=now, actor=actor)
    moved = announced()
    handlers.tell_moved(moved)
    handlers.tell_moved(moved)
    second = tell_moved_promises(now.date(), at=now, actor=actor)

    assert (first, second) == ({"orders": 1}, {"orders": 0})
    assert moved.line_ids == [confirmed.lines.get(position=2).pk]
    assert [message.subject for message in mail.outbox] == [
        f"Your order {confirmed.number} is confirmed",
        f"Changed: order {confirmed.number}",
    ]
    assert "promised for 26 November 2026, now expected on 30 November 2026" in mail.outbox[1].body
    line = confirmed.lines.get(position=2)
    assert (line.requested_on, line.promised_on, line.expected_on) == (
        date(2026, 11, 25),
        THURSDAY,
        MONDAY,
    )


def test_a_day_that_moves_earlier_or_was_never_told_is_not_announced(confirmed, now, actor):
    expect(confirmed, {2: MONDAY}, now, actor)
    untold = tell_moved_promises(now.date(), at=now, actor=actor)
    tell(confirmed, now, actor)
    expect(confirmed, {2: THURSDAY}, now, actor)
    earlier = tell_moved_promises(now.date(), at=now, actor=actor)

    assert (untold, earlier) == ({"orders": 0}, {"orders": 0})


def test_moves_are_found_in_as_many_statements_for_twenty_orders_as_for_one(
    confirmed, now, actor, django_assert_num_queries
):
    tell(confirmed, now, actor)
    expect(confirmed, {1: MONDAY, 2: MONDAY}, now, actor)

    with django_assert_num_queries(4):  # begin, find, outbox, commit
        tell_moved_promises(now.date(), at=now, actor=actor)


def announced():
    message = OutboxMessage.objects.get(handler="orders.handlers.tell_moved")
    return PromiseMoved.from_payload(message.payload)
