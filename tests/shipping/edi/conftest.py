"""Hollis Water orders by EDI, and it is shipped."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fulfillment.services import confirm_pick, pack, release_pick_lists
from o2c.kernel.outbox import deliver_due
from orders.intake.services import take_in
from orders.models import Order
from shipping import services
from shipping.models import Shipment
from tests.factories import NOW
from tests.invoicing.shipped import ready
from tests.orders.edi.conftest import books, partners, pump, sample

__all__ = ["books", "partners", "pump"]

SAMPLES = {"x12": "order.850.edi", "edifact": "order.edifact", "ubl": "order.ubl.xml"}
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def reachable(partners, settings, tmp_path):
    """Every partner has a folder."""
    settings.EDI_FOLDER = str(tmp_path)
    for kind, partner in partners.items():
        partner.transport, partner.address = "folder", kind
        partner.save()
    return tmp_path


@pytest.fixture
def packed(reachable, actor):
    """Take in an order of theirs, pick and pack it; return its pick list."""

    def run(kind, weights=("7.5",), content=b""):
        known = set(Order.objects.values_list("pk", flat=True))
        list(take_in("o.edi", content or sample(SAMPLES[kind]), commit=True, at=NOW, actor=actor))
        deliver_due(limit=100)
        ready()
        order = Order.objects.exclude(pk__in=known).get()
        [pick_list] = release_pick_lists(order.pk, at=NOW, actor=actor)
        picked = {line.pk: line.quantity for line in pick_list.lines.all()}
        confirm_pick(pick_list.pk, picked=picked, short_reasons={}, at=NOW, actor=actor)
        pack(pick_list.pk, weights=[Decimal(one) for one in weights], at=NOW, actor=actor)
        return pick_list

    return run


@pytest.fixture
def dispatch(actor):
    """Let the goods of a pick list leave, and everybody hear of it."""

    def run(pick_list, tracking_number=""):
        shipment = Shipment.objects.get(lines__pick_list=pick_list, lines__order_line__position=1)
        services.label_shipment(shipment.pk, at=LATER, actor=actor)
        if tracking_number:
            Shipment.objects.filter(pk=shipment.pk).update(tracking_number=tracking_number)
        services.dispatch_shipment(shipment.pk, at=LATER, actor=actor)
        deliver_due(limit=100)
        return Shipment.objects.get(pk=shipment.pk)

    return run
