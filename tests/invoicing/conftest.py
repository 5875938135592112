"""Customers whose goods have left."""

from decimal import Decimal
from uuid import uuid4

import pytest

from credit import services as credit
from invoicing import services
from o2c.kernel.actors import Actor
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.invoicing.shipped import customer_with_credit, place, ship


@pytest.fixture
def customer(company):
    """A customer with plenty of credit, billed when goods leave, 30 days net."""
    return customer_with_credit(name="Delta Crane")


@pytest.fixture
def shipment(customer):
    """Two lines that have left: 2 × 50.00 and 3 × 10.00, 154.70 EUR with 19 % tax."""
    return ship(customer, ("2", "50.00"), ("3", "10.00"))


@pytest.fixture
def invoice(shipment, now, actor):
    """INV-00001 over 154.70 EUR, issued 18 November, due 18 December 2026."""
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    return invoice


@pytest.fixture
def poor(company):
    """A customer with a limit of 10.00 EUR."""
    customer = CustomerFactory.create(name="Poor Mill")
    CreditAccountFactory.create(customer=customer, limit=Decimal(10))
    return customer


@pytest.fixture
def held(poor):
    """An order of 154.70 EUR with 19 % tax that waits: it is over the limit."""
    order = place(poor, ("2", "50.00"), ("3", "10.00"))
    assert order.state == "on_hold"
    return order


@pytest.fixture
def analyst():
    """Somebody who decides what others have entered."""
    return Actor(kind="user", id="-7", name="Tomás Rey")


@pytest.fixture
def declined(held, now, analyst):
    credit.decline_order(held.pk, reason="Too risky", at=now, actor=analyst)
    held.refresh_from_db()
    assert held.state == "declined"
    return held


@pytest.fixture
def asked(held, now, actor):
    """The pro forma over 154.70 EUR for the order that waits, until 2 December 2026."""
    return services.ask_for_prepayment(held.pk, at=now, actor=actor)


@pytest.fixture
def prepay(now, actor):
    """Record money for an order: `prepay(order, "100.00")`; a negative amount takes it back."""

    def make(order, amount):
        credit.record_prepayment(
            order.pk, source=f"test:{uuid4()}", amount=Decimal(amount), at=now, actor=actor
        )
        order.refresh_from_db()

    return make
