"""The same cast as in fulfilment, and a shipment."""

from datetime import time
from decimal import Decimal

import pytest

from shipping import services
from shipping.models import Shipment, ShipmentLine
from shipping.services import Arrived, Coming, Verdict
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


@pytest.fixture
def gone(shipment, now, actor):
    """The line of a shipment of 5 pieces that has left."""
    services.label_shipment(shipment.pk, at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)
    return ShipmentLine.objects.get()


@pytest.fixture
def announce(gone, customer, now, actor):
    def announce(quantity=2, reason="damaged", line=gone):
        goods = [Coming(shipment_line_id=line.pk, quantity=Decimal(quantity), reason=reason)]
        return services.announce_return(customer.pk, goods=goods, at=now, actor=actor)

    return announce


@pytest.fixture
def receive(now, actor):
    def receive(row, quantity=2, lot=""):
        goods = [Arrived(line_id=row.lines.get().pk, quantity=Decimal(quantity), lot_code=lot)]
        return services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)

    return receive


@pytest.fixture
def inspect(now, actor):
    def inspect(row, disposition, place=None, accepted=2):
        verdict = Verdict(
            disposition=disposition,
            accepted=Decimal(accepted),
            location_id=place.pk if place else None,
        )
        verdicts = {row.lines.get().pk: verdict}
        services.inspect_return(row.pk, verdicts=verdicts, at=now, actor=actor)
        return services.store_returned(row.pk, at=now, actor=actor)

    return inspect
