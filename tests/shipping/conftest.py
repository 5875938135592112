"""The same cast as in fulfilment, and a shipment."""

import itertools
from datetime import time
from decimal import Decimal

import pytest
from django.utils import timezone

from o2c.kernel.models import OutboxMessage
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import deliver_due
from o2c.kernel.sealing import seal
from shipping import services
from shipping.models import CarrierSecrets, Shipment, ShipmentLine
from shipping.services import Arrived, Coming, Verdict
from tests.factories import PickupScheduleFactory
from tests.fulfillment.conftest import (
    books,
    customer,
    divisible,
    make_customer,
    packed,
    pick,
    place,
    product,
    release,
    statements,
    stock,
)
from tests.shipping.carrier_server import carrier_server

__all__ = [
    "books",
    "customer",
    "divisible",
    "make_customer",
    "packed",
    "pick",
    "place",
    "product",
    "release",
    "statements",
    "stock",
]


NUMBERS = itertools.count(1)


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
def quoted(gone):
    """A shipment that has left, quoted at 10 euros."""
    Shipment.objects.update(freight_cost=10, freight_currency="EUR")
    return Shipment.objects.get()


@pytest.fixture
def far_side(settings):
    """A carrier's system that is asked by HTTP."""
    settings.CARRIER_PRIVATE_HOSTS = ["127.0.0.1"]
    with carrier_server() as server:
        yield server


@pytest.fixture
def connected(shipment, far_side):
    """The shipment's carrier, spoken to by HTTP."""
    carrier = shipment.carrier
    carrier.adapter, carrier.settings = "http", {"base_url": far_side.url}
    carrier.save()
    CarrierSecrets.objects.create(carrier=carrier, api_token=seal(far_side.token))
    return carrier


@pytest.fixture
def fake(shipment):
    """The shipment's carrier, a fake that does what it is told."""

    def fake(**told):
        carrier = shipment.carrier
        carrier.adapter, carrier.settings = "fake", {"fake": told}
        carrier.save()
        return carrier

    return fake


@pytest.fixture
def work():
    """Let the worker carry what is due, and what it is to try again, so many times."""

    def work(times=1):
        for _time in range(times):
            OutboxMessage.objects.filter(delivered_at=None).update(due_at=timezone.now())
            deliver_due(limit=50)

    return work


@pytest.fixture
def announce(gone, customer, now, actor):
    def announce(quantity=2, reason="damaged", line=gone):
        goods = [Coming(shipment_line_id=line.pk, quantity=Decimal(quantity), reason=reason)]
        return services.announce_return(customer.pk, goods=goods, at=now, actor=actor)

    return announce


@pytest.fixture
def hear(now, actor):
    """Let a carrier report these codes of a shipment, one after the other."""

    def hear(shipment_id, *codes):
        for code in codes:
            news = {"event_id": code, "code": code, "note": "", "happened_at": now}
            services.record_tracking(shipment_id, **news, at=now, actor=actor)

    return hear


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


@pytest.fixture
def copies(shipment):
    """So many shipments like the first; of another instant, or in another state."""

    def copies(number, **values):
        made = []
        for _copy in range(number):
            copy = Shipment.objects.get(pk=shipment.pk)
            copy.pk, copy.public_id = None, public_id("shp")
            copy.number = f"SH-C{next(NUMBERS)}"
            made.append(copy)
        keys = [copy.pk for copy in Shipment.objects.bulk_create(made)]
        Shipment.objects.filter(pk__in=keys).update(**values or {"package_count": 1})

    return copies
