"""Customers who owe: invoices issued for goods that have left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collection import services as collection
from invoicing import services as invoicing
from receivables.models import OpenItem
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship


@pytest.fixture
def customer(company):
    return customer_with_credit(name="Delta Crane")


@pytest.fixture
def owe(customer):
    """Bill goods: `owe("100.00", days_ago=40)` is an item over 119.00 EUR, due 30 days later."""

    def make(net: str = "100.00", *, days_ago: int = 0, customer=customer) -> OpenItem:
        at = NOW - timedelta(days=days_ago)
        shipment = ship(customer, ("1", net), at=at, requested_on=at.date())
        [invoice] = invoicing.bill_shipment(shipment.pk, at=at, actor=ACTOR)
        return OpenItem.objects.get(invoice=invoice)

    return make


@pytest.fixture
def pay():
    """Record money and apply it: `pay(item, "119.00", days_ago=3)`."""
    numbers = iter(range(1, 100))

    def make(item: OpenItem, amount: str, *, days_ago: int = 0):
        at = NOW - timedelta(days=days_ago)
        return collection.record_receipt(
            customer_id=item.customer_id,
            method="transfer",
            currency="EUR",
            amount=Decimal(amount),
            received_on=at.date(),
            reference=f"REF-{next(numbers)}",
            apply_to={item.pk: Decimal(amount)},
            at=at,
            actor=ACTOR,
        )

    return make
