"""Customers who owe, and what they owe: issued invoices with their open items."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from collection import services
from collection.models import Receipt
from credit import services as credit
from customers.models import Customer
from invoicing.models import Invoice
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company
from o2c.kernel.transactions import step
from orders import services as orders
from orders.models import Order
from receivables import services as receivables
from receivables.models import OpenItem
from shipping.models import Shipment
from tests.factories import (
    CreditAccountFactory,
    OrderFactory,
    ProductFactory,
    WarehouseFactory,
)

TERM = timedelta(days=30)


@pytest.fixture
def customer(company) -> Customer:
    """A customer with a limit of 10,000.00 EUR, who has no grace."""
    return CreditAccountFactory.create(customer__name="Delta Crane").customer


@pytest.fixture
def clerk_actor() -> Actor:
    return Actor(kind="user", id="5", name="Dana Whitlock")


@pytest.fixture
def owe(now, actor, company) -> Callable[..., OpenItem]:
    """Open an item of an issued invoice: `owe(customer, "119.00", due_on=date(2026, 11, 1))`."""
    numbers = count(701)

    def make(customer: Customer, gross: str, *, due_on: date) -> OpenItem:
        order = OrderFactory.create(customer=customer)
        invoice = _issued_invoice(order, Decimal(gross), f"INV-20{next(numbers)}", due_on, now)
        with step():
            credit.record_exposure(
                customer.pk,
                source=f"invoice:{invoice.pk}",
                amounts={"open_item": invoice.gross_amount},
                at=now,
            )
            return receivables.open_item(invoice.pk, at=now, actor=actor)

    return make


def _issued_invoice(order: Order, gross: Decimal, number: str, due_on: date, now) -> Invoice:
    shipment = Shipment.objects.create(
        public_id=f"shp_{number}",
        customer=order.customer,
        ship_to=order.ship_to,
        warehouse=WarehouseFactory.create(),
        created_at=now,
    )
    return Invoice.objects.create(
        public_id=f"inv_{number}",
        number=number,
        company=Company.objects.get(),
        customer=order.customer,
        order=order,
        shipment=shipment,
        terms="30 days net",
        currency="EUR",
        net_amount=gross,
        tax_amount=0,
        gross_amount=gross,
        state=Invoice.State.ISSUED,
        issued_on=due_on - TERM,
        due_on=due_on,
        content="{}",
        content_hash="0" * 64,
        created_at=now,
    )


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
    """Place an order for a net amount; 19 % tax is added."""
    product = ProductFactory.create()

    def make(customer: Customer, net: int) -> Order:
        line = orders.NewLine(product_id=product.pk, quantity=Decimal(1), unit_price=Decimal(net))
        return orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )

    return make
