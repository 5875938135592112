"""The pro forma's document and its mail: to accounts payable, once, while it waits for payment."""

import io
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from pypdf import PdfReader

from customers.models import Customer
from invoicing import handlers, pdf, services
from invoicing.events import ProFormaIssued
from invoicing.models import ProForma
from o2c.kernel import outbox
from o2c.kernel.models import OutboxMessage
from tests.factories import ContactFactory
from tests.invoicing.test_send import AWAY, FORGETFUL, REFUSING

pytestmark = pytest.mark.django_db


def handle(asked, now, actor):
    handlers.mail_pro_forma(ProFormaIssued(pro_forma_id=asked.pk, at=now, actor=actor))
    asked.refresh_from_db()


def text_of(document):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def test_prints_what_to_pay_by_when_under_which_name_and_that_it_is_no_invoice(held, asked):
    text = text_of(pdf.draw_pro_forma(asked))

    for expected in (
        "Pro forma invoice",
        asked.number,
        "This is not a tax invoice.",
        "Poor Mill",
        held.number,
        "Pay by 2 Dec 2026",
        "Payment in advance",
        "Tax 19 % on 130.00",
        "24.70",
        "To pay in advance, EUR 154.70",
        "DE02120300000000202051",
        f"Reference {asked.number}",
    ):
        assert expected in text
    assert "Paid already" not in text
    assert "Goods stay our property" not in text


def test_prints_what_is_paid_already(held, prepay, now, actor):
    prepay(held, "54.70")
    asked = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    text = text_of(pdf.draw_pro_forma(asked))

    assert "Order total 154.70 Paid already 54.70 To pay in advance, EUR 100.00" in text


def test_draws_once(asked):
    assert services.pro_forma_pdf(asked).pk == services.pro_forma_pdf(asked).pk
    assert ProForma.objects.get().pdf.name == f"{asked.number}.pdf"


def test_mails_the_pdf_to_accounts_payable(held, asked, now, actor):
    ContactFactory.create(customer=held.customer, role="buyer", email="buyer@poor.example")
    ContactFactory.create(customer=held.customer, email="rosa@poor.example")

    handle(asked, now, actor)

    [message] = mail.outbox
    assert message.to == ["rosa@poor.example"]
    assert message.subject == f"Pro forma invoice {asked.number} for order {held.number}"
    for words in (
        "Amount to pay: 154.70\N{NO-BREAK SPACE}EUR",
        f"Payment reference: {asked.number}",
        "To: Merrimack Valley Trust, DE02120300000000202051",
        "Please pay by 2 December 2026.",
        "This is not a tax invoice",
    ):
        assert words in message.body
    [(name, content, media_type)] = message.attachments
    assert (name, media_type, content[:5]) == (f"{asked.number}.pdf", "application/pdf", b"%PDF-")
    assert (asked.recipient, bool(asked.mailed_at)) == ("rosa@poor.example", True)


def test_writes_to_the_buyer_where_nobody_pays(held, asked, now, actor):
    ContactFactory.create(customer=held.customer, role="buyer", email="buyer@poor.example")

    handle(asked, now, actor)

    assert mail.outbox[0].to == ["buyer@poor.example"]


def test_sends_once_when_the_message_comes_twice(asked, now, actor):
    handle(asked, now, actor)
    handle(asked, now, actor)

    assert len(mail.outbox) == 1


def test_waits_in_the_outbox_while_the_mail_server_is_away(asked, settings):
    settings.EMAIL_BACKEND = AWAY
    outbox.deliver_due(limit=100)
    waiting = OutboxMessage.objects.get(handler="invoicing.handlers.mail_pro_forma")
    asked.refresh_from_db()
    assert (waiting.delivered_at, asked.mailed_at) == (None, None)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.filter(pk=waiting.pk).update(due_at=waiting.created_at)
    outbox.deliver_due(limit=100)

    asked.refresh_from_db()
    sent = [message for message in mail.outbox if asked.number in message.subject]
    assert (len(sent), bool(asked.mailed_at)) == (1, True)


def test_sends_again_under_the_same_message_id_after_a_crash(asked, settings, now, actor):
    settings.EMAIL_BACKEND = FORGETFUL
    with pytest.raises(SMTPServerDisconnected):
        handle(asked, now, actor)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    handle(asked, now, actor)

    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert (ids, len(mail.outbox)) == ({f"<{asked.public_id}@localhost>"}, 2)


def test_notes_a_refused_address(asked, settings, now, actor):
    settings.EMAIL_BACKEND = REFUSING

    handle(asked, now, actor)

    assert "unknown user" in asked.mail_error
    assert asked.mailed_at is None


def test_waits_in_the_portal_without_an_address(asked, now, actor):
    Customer.objects.update(email="")

    handle(asked, now, actor)

    assert (mail.outbox, asked.recipient, asked.mailed_at) == ([], "", None)


def test_does_not_mail_what_was_withdrawn_meanwhile(asked, now, actor):
    services.withdraw_pro_forma(asked.pk, reason="Mistake", at=now, actor=actor)

    handle(asked, now, actor)

    assert mail.outbox == []
