"""The warehouse of the opening beside orders: goods to come, what is low, quarantine."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from fulfillment import services as fulfillment
from fulfillment.models import Location, StockLevel, Warehouse
from simulation import world
from simulation.twin import Twin

# Purchase order, supplier, SKU, pieces, days from today; one is late.
EXPECTED = [
    ("PO-7011", "Nordhaven Armaturen", "VLV-GL-040", 120, -2),
    ("PO-7018", "Pneumax Antriebe", "ACT-PN-105", 250, 6),
    ("PO-7018", "Pneumax Antriebe", "VLV-BF-080", 400, 6),
    ("PO-7023", "Ostwald Motoren", "MTR-IE4-7K5", 30, 11),
    ("PO-7030", "Pneumax Antriebe", "ACT-PN-105", 300, 25),
]
# SKU: low below, filled up to.
WATCHED = {"MTR-IE4-7K5": (6, 30), "ACT-PN-105": (40, 200), "VLV-GL-040": (50, 150)}
WATCHED |= {"VLV-BF-080": (500, 5_000), "GSK-SPW-4-150": (1_000, 10_000)}
COUNTED_A_DAY = 3


def expect(twin: Twin) -> None:
    """Announce goods, watch what sells, let places be counted in turn, put some rings aside."""
    house = Warehouse.objects.get()
    ids = world.product_ids()
    who: dict[str, Any] = {"at": twin.at(5), "actor": twin.actor("warehouse")}
    for reference, supplier, sku, pieces, days in EXPECTED:
        fulfillment.expect_receipt(
            expectation=fulfillment.Expectation(
                reference=reference,
                supplier=supplier,
                warehouse_id=house.pk,
                product_id=ids[sku],
                quantity=Decimal(pieces),
                expected_on=twin.day + timedelta(days=days),
            ),
            **who,
        )
    for sku, (minimum, target) in WATCHED.items():
        fulfillment.set_reorder(
            product_id=ids[sku],
            warehouse_id=house.pk,
            minimum=Decimal(minimum),
            target=Decimal(target),
            **who,
        )
    counted = fulfillment.House(
        code=house.code,
        name=house.name,
        time_zone=house.time_zone,
        country=house.country,
        counts_per_day=COUNTED_A_DAY,
    )
    fulfillment.change_warehouse(house.pk, house=counted, **who)
    _put_aside(twin)


def _put_aside(twin: Twin) -> None:
    rings = StockLevel.objects.filter(product__sku="ORG-FKM-50", on_hand__gt=200)
    fulfillment.transfer(
        rings.order_by("-lot__expires_on", "pk")[0].pk,
        to_location_id=Location.objects.get(code="Q-01").pk,
        quantity=Decimal(200),
        reason="Carton torn, to be looked at.",
        at=twin.at(5),
        actor=twin.actor("warehouse"),
    )
