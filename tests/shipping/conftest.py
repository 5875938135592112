"""The same cast as in fulfilment, and a shipment."""

from datetime import time

import pytest

from shipping.models import Shipment
from tests.factories import PickupScheduleFactory
from tests.fulfillment.conftest import (
    books,
    customer,
    make_customer,
    packed,
    pick,
    place,
    product,
    release,
    statements,
    stock,
)

__all__ = [
    "books",
    "customer",
    "make_customer",
    "packed",
    "pick",
    "place",
    "product",
    "release",
    "statements",
    "stock",
]


@pytest.fixture
def schedule(company):
    """Northway Freight on Wednesdays at 15:30 in Berlin."""
    return PickupScheduleFactory.create(cut_off=time(15, 30))


@pytest.fixture
def shipment(schedule, packed):
    """5 pieces, planned for today's pickup."""
    return Shipment.objects.get(lines__pick_list=packed)
