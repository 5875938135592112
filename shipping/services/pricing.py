"""What it costs to send a shipment, noted with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from fulfillment.models import Warehouse
from shipping import tariffs
from shipping.freight import Goods, Quote
from shipping.models import PickupSchedule, Shipment
from shipping.pickups import Pickup, upcoming


def price(shipment: Shipment, pickup: Pickup, goods: Goods, *, at: datetime) -> None:
    """Note the service and what it costs; no cost when no tariff says."""
    known = tariffs.tariffs_of([pickup.carrier.pk], at=at)
    _note(shipment, known.quote(pickup.carrier.pk, pickup.service_id, goods), pickup.service_id)


def price_again(
    shipments: Sequence[Shipment], schedules: Sequence[PickupSchedule], *, at: datetime
) -> None:
    """Note what shipments of a house cost whose goods have changed and whose pickups have not."""
    carrier_ids = {row.carrier_id for row in shipments if row.carrier_id is not None}
    if not carrier_ids:
        return
    goods: Mapping[int, Goods] = tariffs.goods_of(shipments)
    known = tariffs.tariffs_of(carrier_ids, at=at)
    for row in shipments:
        if row.carrier_id is not None:
            service_id = _service_of(row, schedules)
            _note(row, known.quote(row.carrier_id, service_id, goods[row.pk]), service_id)


def pickup_at(
    schedules: Sequence[PickupSchedule],
    warehouse: Warehouse,
    carrier_id: int | None,
    leaves_by: datetime | None,
) -> Pickup | None:
    """Return the pickup of a carrier at an instant; None: it does not come then."""
    if leaves_by is None:
        return None
    before = leaves_by - timedelta(seconds=1)
    coming = upcoming(schedules, warehouse, after=before, until=leaves_by)
    return next((pickup for pickup in coming if pickup.carrier.pk == carrier_id), None)


def _service_of(shipment: Shipment, schedules: Sequence[PickupSchedule]) -> int | None:
    house = schedules[0].warehouse if schedules else None
    if house is None:
        return None
    pickup = pickup_at(schedules, house, shipment.carrier_id, shipment.leaves_by)
    return pickup.service_id if pickup else None


def _note(shipment: Shipment, quote: Quote | None, service_id: int | None) -> None:
    shipment.service_id = quote.service_id if quote else service_id
    shipment.freight_cost = quote.amount if quote else None
    # What the carrier has charged already stays in its currency.
    if quote or shipment.charged_cost is None:
        shipment.freight_currency = quote.currency if quote else ""
