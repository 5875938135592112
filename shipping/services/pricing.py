"""What it costs to send a shipment, noted with it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from shipping import selectors, tariffs
from shipping.freight import Goods, Quote, Tariffs
from shipping.models import PickupSchedule, Shipment
from shipping.pickups import Pickup, pickup_at
from shipping.ways import Way, best_way


def price(
    shipment: Shipment, pickup: Pickup, goods: Goods, *, promised_on: date | None, at: datetime
) -> None:
    """Note the service, when it arrives and what it costs; no cost when no tariff says."""
    known = tariffs.tariffs_of([pickup.carrier.pk], at=at)
    note_way(shipment, best_way(pickup, _quotes(known, pickup, goods), promised_on))


def price_again(
    shipments: Sequence[Shipment], schedules: Sequence[PickupSchedule], *, at: datetime
) -> None:
    """Note what shipments of a house cost whose goods have changed and whose pickups have not."""
    carrier_ids = {row.carrier_id for row in shipments if row.carrier_id is not None}
    if not carrier_ids:
        return
    goods: Mapping[int, Goods] = tariffs.goods_of(shipments)
    promised = selectors.promises_of([row.pk for row in shipments])
    known = tariffs.tariffs_of(carrier_ids, at=at)
    for row in shipments:
        pickup = _pickup_of(row, schedules)
        if pickup is None:  # its schedule has changed: the next plan finds another one
            row.freight_cost = None
        else:
            quotes = _quotes(known, pickup, goods[row.pk])
            note_way(row, best_way(pickup, quotes, promised.get(row.pk)))


def note_way(shipment: Shipment, way: Way) -> None:
    """Note by which service a shipment goes, when it arrives and what it costs."""
    shipment.expected_on, shipment.service_id = way.expected_on, way.service_id
    shipment.freight_cost = way.quote.amount if way.quote else None
    # What the carrier has charged already stays in its currency.
    if way.quote or shipment.charged_cost is None:
        shipment.freight_currency = way.quote.currency if way.quote else ""


def _pickup_of(shipment: Shipment, schedules: Sequence[PickupSchedule]) -> Pickup | None:
    house = schedules[0].warehouse if schedules else None
    if house is None:
        return None
    return pickup_at(schedules, house, shipment.carrier_id, shipment.leaves_by)


def _quotes(known: Tariffs, pickup: Pickup, goods: Goods) -> list[Quote]:
    return known.quotes(pickup.carrier.pk, pickup.service_id, goods)
