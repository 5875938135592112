"""Mailing invoices: to the right address, once, and later when the mail server is away."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from customers.models import Customer
from invoicing import handlers, services
from invoicing.events import InvoiceIssued
from invoicing.models import InvoiceDelivery
from o2c.kernel import outbox
from o2c.kernel.models import OutboxMessage
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
AWAY = f"{__name__}.AwayBackend"
REFUSING = f"{__name__}.RefusingBackend"
FORGETFUL = f"{__name__}.ForgetfulBackend"


class AwayBackend(EmailBackend):
    """A mail server that nobody reaches."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


class RefusingBackend(EmailBackend):
    """A mail server that knows no such recipient."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"unknown user")})


class ForgetfulBackend(EmailBackend):
    """A mail server that takes the mail and breaks off before it says so."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SMTPServerDisconnected("gone")


def handle(invoice, now, actor):
    handlers.mail_invoice(InvoiceIssued(invoice_id=invoice.pk, at=now, actor=actor))


def test_mails_the_pdf_to_accounts_payable(invoice, customer, now, actor):
    ContactFactory.create(customer=customer, email="rosa@delta.example")

    handle(invoice, now, actor)

    [message] = mail.outbox
    assert message.to == ["rosa@delta.example"]
    assert message.subject == "Invoice INV-00001"
    assert "154.70\N{NO-BREAK SPACE}EUR" in message.body
    assert "18 December 2026" in message.body
    [(name, content, media_type)] = message.attachments
    assert (name, media_type, content[:5]) == ("INV-00001.pdf", "application/pdf", b"%PDF-")
    assert InvoiceDelivery.objects.get().state == InvoiceDelivery.State.SENT


def test_writes_to_the_customer_where_no_contact_is_named(invoice, customer, now, actor):
    handle(invoice, now, actor)

    assert mail.outbox[0].to == [customer.email]


def test_sends_once_when_the_message_comes_twice(invoice, now, actor):
    handle(invoice, now, actor)
    handle(invoice, now, actor)

    assert len(mail.outbox) == 1
    assert InvoiceDelivery.objects.count() == 1


def test_waits_in_the_outbox_while_the_mail_server_is_away(invoice, settings):
    settings.EMAIL_BACKEND = AWAY
    outbox.deliver_due(limit=100)
    delivery = InvoiceDelivery.objects.get()
    waiting = OutboxMessage.objects.get(handler="invoicing.handlers.mail_invoice")
    assert (delivery.state, delivery.error) == ("queued", "nobody listens")
    assert waiting.delivered_at is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.filter(pk=waiting.pk).update(due_at=waiting.created_at)
    outbox.deliver_due(limit=100)

    delivery.refresh_from_db()
    waiting.refresh_from_db()
    invoices = [message for message in mail.outbox if message.subject == "Invoice INV-00001"]
    assert (delivery.state, delivery.error, len(invoices)) == ("sent", "", 1)
    assert waiting.delivered_at is not None


def test_sends_again_under_the_same_message_id_after_a_crash(invoice, settings, now, actor):
    settings.EMAIL_BACKEND = FORGETFUL
    with pytest.raises(SMTPServerDisconnected):
        handle(invoice, now, actor)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    handle(invoice, now, actor)

    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second == f"<{invoice.public_id}.1@localhost>"
    assert InvoiceDelivery.objects.get().state == InvoiceDelivery.State.SENT


def test_notes_a_refused_address_and_does_not_try_for_ever(invoice, settings, now, actor):
    settings.EMAIL_BACKEND = REFUSING

    handle(invoice, now, actor)

    delivery = InvoiceDelivery.objects.get()
    assert delivery.state == InvoiceDelivery.State.BOUNCED
    assert "unknown user" in delivery.error


def test_waits_for_an_address_without_failing(invoice, now, actor):
    Customer.objects.update(email="")

    handle(invoice, now, actor)

    delivery = InvoiceDelivery.objects.get()
    assert (delivery.recipient, delivery.state) == ("", InvoiceDelivery.State.QUEUED)
    assert mail.outbox == []


def test_goes_to_another_address_when_asked(invoice, now, actor):
    handle(invoice, now, actor)
    services.resend_invoice(invoice.pk, recipient="ap@delta.example", at=now, actor=actor)
    outbox.deliver_due(limit=100)

    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    sent = {f"<{invoice.public_id}.1@localhost>", f"<{invoice.public_id}.2@localhost>"}
    assert {name for name in ids if invoice.public_id in name} == sent
    assert InvoiceDelivery.objects.get(serial=2).state == InvoiceDelivery.State.SENT


@pytest.mark.django_db(transaction=True)
def test_talks_to_the_mail_server_outside_of_any_transaction(
    invoice, settings, now, actor, monkeypatch
):
    seen = []
    send = EmailBackend.send_messages
    monkeypatch.setattr(
        EmailBackend,
        "send_messages",
        lambda self, messages: (seen.append(connection.in_atomic_block), send(self, messages))[1],
    )

    handle(invoice, now, actor)

    assert seen == [False]
