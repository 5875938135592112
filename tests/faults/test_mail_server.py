"""The mail server is away, comes back, or breaks off: the invoice's mail waits and arrives."""

import pytest

from invoicing.models import InvoiceDelivery
from o2c.kernel import outbox
from tests.faults.mail_server import mail_server
from tests.faults.programs import free_port
from tests.faults.waiting import make_due


@pytest.fixture
def mailing(settings):
    """Give a function that has our mails go to a port of this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"

    def mail_to(port):
        settings.EMAIL_PORT = port
        make_due()
        return outbox.deliver_due(limit=10)

    return mail_to


def test_an_invoice_is_shown_waiting_while_the_mail_server_is_away(invoice, letter, mailing, clerk):
    delivered = mailing(free_port())

    delivery = InvoiceDelivery.objects.get()
    letter.refresh_from_db()
    page = clerk.get(f"/invoices/{invoice.number}/").content.decode()
    assert delivered == 0
    assert (invoice.state, delivery.state) == ("issued", InvoiceDelivery.State.QUEUED)
    assert "Connection refused" in delivery.error
    assert "Connection refused" in letter.error
    assert "Connection refused" in page


def test_a_waiting_mail_leaves_once_under_one_message_id(invoice, letter, mailing):
    mailing(free_port())
    with mail_server(mood="forgetful") as forgetful:
        mailing(forgetful.port)

    with mail_server() as kind:
        delivered = [mailing(kind.port), mailing(kind.port)]

    [broken_off], [arrived] = forgetful.mails, kind.mails
    assert delivered == [1, 0]
    assert broken_off["Message-ID"] == arrived["Message-ID"] == f"<{invoice.public_id}.1@localhost>"
    assert arrived.get_payload()[1].get_filename() == f"{invoice.number}.pdf"
    delivery = InvoiceDelivery.objects.get()
    assert (delivery.state, delivery.error) == (InvoiceDelivery.State.SENT, "")
