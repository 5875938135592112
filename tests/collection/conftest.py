"""Customers who owe, and what they owe: goods that left long ago and were billed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from collection import services
from collection.models import Receipt
from customers.models import Customer
from invoicing import services as invoicing
from o2c.kernel.actors import Actor
from o2c.kernel.models import OutboxMessage
from orders import services as orders
from orders.models import Order
from receivables.models import OpenItem
from tests.factories import PaymentTermsFactory, ProductFactory
from tests.invoicing.shipped import customer_with_credit, ship

# Everything is billed on one day; the terms say when it is due.
BILLED_AT = datetime(2026, 1, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def debtor(company) -> Callable[..., Customer]:
    """Make a customer with plenty of credit who pays no tax: `debtor("Old Mill")`."""

    def make(name: str = "Somebody", **fields: object) -> Customer:
        return customer_with_credit(name=name, tax_status="exempt", **fields)

    return make


@pytest.fixture
def customer(debtor) -> Customer:
    return debtor("Delta Crane")


@pytest.fixture
def clerk_actor() -> Actor:
    return Actor(kind="user", id="5", name="Dana Whitlock")


@pytest.fixture
def owe(actor, company) -> Callable[..., OpenItem]:
    """Bill goods: `owe(customer, "119.00", due_on=date(2026, 11, 1))`; the first is INV-00001.

    What the earlier stages had to tell is forgotten.
    """

    def make(customer: Customer, gross: str, *, due_on: date) -> OpenItem:
        days = (due_on - BILLED_AT.date()).days
        terms = PaymentTermsFactory.create(code=f"N{days}", name=f"{days} days", net_days=days)
        Customer.objects.filter(pk=customer.pk).update(payment_terms=terms)
        shipment = ship(customer, ("1", gross), at=BILLED_AT, requested_on=BILLED_AT.date())
        [invoice] = invoicing.bill_shipment(shipment.pk, at=BILLED_AT, actor=actor)
        OutboxMessage.objects.all().delete()
        return invoice.open_items.get()

    return make


@pytest.fixture
def pay(now, clerk_actor) -> Callable[..., Receipt]:
    """Record money: `pay(customer, "119.00", "Ref 1", {item.pk: "119.00"})`."""

    def make(customer, amount, reference="REF-1", apply_to=None, at=now) -> Receipt:
        return services.record_receipt(
            customer_id=customer and customer.pk,
            method="transfer",
            currency="EUR",
            amount=Decimal(amount),
            received_on=at.date(),
            reference=reference,
            apply_to={pk: Decimal(part) for pk, part in (apply_to or {}).items()},
            at=at,
            actor=clerk_actor,
        )

    return make


@pytest.fixture
def place(now, actor, company) -> Callable[[Customer, int], Order]:
    """Place an order: `place(customer, 100)`."""
    product = ProductFactory.create()

    def make(customer: Customer, net: int) -> Order:
        line = orders.NewLine(
            product_id=product.pk,
            quantity=Decimal(1),
            unit_price=Decimal(net),
            price_reason="agreed",
        )
        return orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )

    return make
