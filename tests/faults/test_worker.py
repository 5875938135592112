"""A real worker: it is woken by the commit, and nothing is lost or doubled when it is killed."""

import pytest

from invoicing.models import Invoice, InvoiceDelivery
from o2c.kernel import outbox
from o2c.kernel.models import OutboxMessage
from o2c.kernel.waking import nudge
from tests.faults.mail_server import mail_server
from tests.faults.programs import start_worker
from tests.faults.waiting import eventually, make_due
from tests.invoicing.shipped import place


def test_a_commit_wakes_a_worker_that_mails_the_customer(customer, children, tmp_path):
    mails = tmp_path / "mails"
    start_worker(children, tmp_path / "worker.log", EMAIL_URL=f"filemail:///{mails}")

    order = place(customer, ("2", "50.00"))

    assert eventually(lambda: OutboxMessage.objects.exclude(delivered_at=None).exists())
    [mail] = mails.iterdir()
    assert f"Subject: Your order {order.number} is confirmed" in mail.read_text()
    assert "To: payables@delta.example" in mail.read_text()


def test_what_a_killed_worker_held_is_delivered_once_after_its_lease(
    letter, killed_while_mailing, children, tmp_path
):
    assert outbox.deliver_due(limit=10) == 0
    assert InvoiceDelivery.objects.get().state == InvoiceDelivery.State.SENDING
    make_due()

    with mail_server() as kind:
        start_worker(children, tmp_path / "second.log", EMAIL_URL=f"smtp://127.0.0.1:{kind.port}")
        nudge()
        assert eventually(lambda: not OutboxMessage.objects.filter(delivered_at=None).exists())

    invoice, delivery = Invoice.objects.get(), InvoiceDelivery.objects.get()
    letter.refresh_from_db()
    assert [mail["Message-ID"] for mail in kind.mails] == [f"<{invoice.public_id}.1@localhost>"]
    assert (delivery.state, letter.attempts) == (InvoiceDelivery.State.SENT, 2)


@pytest.fixture
def killed_while_mailing(letter, children, tmp_path):
    """A worker, killed by SIGKILL while it waits for a mail server that says nothing."""
    with mail_server(mood="silent") as silent:
        address = f"smtp://127.0.0.1:{silent.port}"
        worker = start_worker(children, tmp_path / "first.log", EMAIL_URL=address)
        nudge()
        assert silent.called.wait(20)
        worker.process.kill()
        worker.process.wait()
    return worker
