"""Customers whose goods have left."""

import pytest

from invoicing import services
from tests.invoicing.shipped import customer_with_credit, ship


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
