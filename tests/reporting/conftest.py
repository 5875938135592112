"""Orders at several points of their way, made by the services."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Product
from credit.models import CreditAccount
from customers.models import Customer
from invoicing.models import Invoice
from orders import services
from orders.models import Order
from orders.services import NewLine
from tests.factories import CreditAccountFactory, CustomerFactory, ProductFactory, StockLevelFactory
from tests.reporting import lives

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def customer(db) -> Customer:
    return CustomerFactory.create(name="Harbor Pump & Valve", folded_name="harbor pump & valve")


@pytest.fixture
def product(db) -> Product:
    return ProductFactory.create()


@pytest.fixture
def draft(customer, product, now, actor) -> Callable[..., Order]:
    """Make a draft of 2 × 50.00 EUR, 119.00 with tax: `draft(customer_po="A-1")`."""

    def make(**details) -> Order:
        asked = {
            "customer_id": customer.pk,
            "lines": [NewLine(product.pk, Decimal(2))],
            "channel": "rep",
            "requested_on": WEDNESDAY,
            "at": now,
            "actor": actor,
        }
        return services.create_order(**(asked | details))

    return make


@pytest.fixture
def credit_account(customer) -> CreditAccount:
    """The customer's: approved for 10,000.00 EUR."""
    return CreditAccountFactory.create(customer=customer)


@pytest.fixture
def stocked(product) -> Product:
    """The product, 100 pieces in stock."""
    StockLevelFactory.create(product=product)
    return product


@pytest.fixture
def invoice(company, credit_account, stocked, draft, now) -> Invoice:
    """Everything done today at 09:00: 119.00 EUR, due 18 December 2026."""
    order = draft()
    lives.submit(order, at=now)
    shipment = lives.leave(lives.pack(lives.pick(order, at=now), at=now), at=now)
    return lives.bill(shipment, at=now)
