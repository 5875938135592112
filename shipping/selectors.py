"""What others ask about shipments."""

from django.db.models import QuerySet

from fulfillment.models import Warehouse
from shipping.models import PickupSchedule, Shipment


def schedules_of(warehouse: Warehouse) -> QuerySet[PickupSchedule]:
    """Return when carriers that we work with come to a warehouse."""
    schedules = PickupSchedule.objects.filter(warehouse=warehouse, carrier__is_active=True)
    return schedules.select_related("carrier").order_by("pk")


def live_shipment_of(pick_list_id: int) -> Shipment | None:
    """Return the shipment that takes a pick list's goods, if one is planned."""
    shipments = Shipment.objects.filter(lines__pick_list=pick_list_id)
    return shipments.exclude(state=Shipment.State.CANCELLED).order_by("pk").first()
