"""Orders as the tests of this stage need them."""

from datetime import date
from decimal import Decimal

import pytest

from orders import services
from orders.models import Order
from orders.services import NewLine
from tests.factories import CustomerFactory, ProductFactory

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def draft(db, now, actor) -> Order:
    """A draft of two lines: 10 and 4 at 50.00 EUR, 700.00 net, 833.00 with tax."""
    first, second = ProductFactory.create_batch(2)
    return services.create_order(
        customer_id=CustomerFactory.create().pk,
        lines=[NewLine(first.pk, Decimal(10)), NewLine(second.pk, Decimal(4))],
        channel="rep",
        requested_on=WEDNESDAY,
        customer_po="4500-1",
        at=now,
        actor=actor,
    )
