"""Pickups that something is planned for and that no schedule knows any more."""

from datetime import datetime

from django.db.models import QuerySet

from fulfillment.models import Warehouse
from shipping import selectors
from shipping.models import Shipment
from shipping.pickups import pickup_at


def stranded_pickups(
    planned: QuerySet[Shipment], *, at: datetime
) -> set[tuple[int, int | None, datetime | None]]:
    """Return the pickups, with their houses, that something is planned for and nobody comes to."""
    ahead = planned.filter(leaves_by__gt=at).order_by("warehouse", "carrier", "leaves_by")
    wanted = set(ahead.values_list("warehouse", "carrier", "leaves_by").distinct())
    houses = Warehouse.objects.in_bulk({warehouse_id for warehouse_id, _c, _l in wanted})
    schedules = {key: list(selectors.schedules_of(house)) for key, house in houses.items()}
    return {
        (warehouse_id, carrier_id, leaves_by)
        for warehouse_id, carrier_id, leaves_by in wanted
        if not pickup_at(schedules[warehouse_id], houses[warehouse_id], carrier_id, leaves_by)
    }
