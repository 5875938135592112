"""Trade of one customer, told to nobody yet, and programs that are stopped after each test."""

import pytest

from invoicing.models import Invoice
from o2c.celery import app
from o2c.embedded.children import Children
from o2c.kernel import clock, outbox
from o2c.kernel.models import OutboxMessage
from tests.invoicing.shipped import customer_with_credit, ship


@pytest.fixture
def children():
    """Start programs with it; whatever still runs is stopped at the end."""
    children = Children()
    yield children
    for child in children.running:
        child.stop()


@pytest.fixture
def customer(transactional_db, company):
    """A customer with plenty of credit, and an empty queue."""
    app.control.purge()
    return customer_with_credit(name="Delta Crane", email="payables@delta.example")


@pytest.fixture
def invoice(customer):
    """An invoice whose mail waits in the outbox, and nothing else does."""
    ship(customer, ("2", "50.00"))
    outbox.deliver_due(limit=OutboxMessage.objects.count())
    return Invoice.objects.get()


@pytest.fixture
def letter(invoice):
    """The outbox message that mails the invoice, the only one that waits."""
    waiting = OutboxMessage.objects.filter(delivered_at=None)
    waiting.exclude(handler="invoicing.handlers.mail_invoice").update(delivered_at=clock.now())
    return waiting.get()
