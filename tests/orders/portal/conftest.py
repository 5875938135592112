from decimal import Decimal

import pytest
from django.test import Client

from customers.models import CustomerUser
from o2c.kernel import roles
from tests.factories import (
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)


@pytest.fixture
def customer(company):
    """With credit of 10,000.00 EUR."""
    return CreditAccountFactory.create(customer__name="Harbor Pump").customer


@pytest.fixture
def valve(customer):
    """KV-080 at 50.00 EUR, 100 in stock."""
    product = ProductFactory.create(sku="KV-080", name="Butterfly valve")
    StockLevelFactory.create(product=product, on_hand=Decimal(100))
    return product


@pytest.fixture
def sign_in(person):
    """Give the browser of somebody at a customer."""

    def make(customer):
        user = person(roles.CUSTOMER_USER)
        CustomerUser.objects.create(user=user, customer=customer)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def buyer(sign_in, customer):
    return sign_in(customer)


@pytest.fixture
def stranger(sign_in, company):
    """The browser of somebody at another customer."""
    return sign_in(CustomerFactory.create())


@pytest.fixture
def filled(valve):
    """What the form sends: `filled(quantity="6", do="place")`."""

    def make(*, sku="KV-080", quantity="6", do="place", **changes):
        entered = {
            "token": "t-1",
            "do": do,
            "customer_po": "4500-1",
            "requested_on": "2099-06-01",
            "ship_to": "",
            "note": "",
            "lines-count": "1",
            "lines-0-sku": sku,
            "lines-0-quantity": quantity,
        }
        return entered | changes

    return make
