"""What others ask about shipments."""

from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from fulfillment.models import PickLine, PickList, Warehouse
from o2c.kernel.compiled import compiled
from shipping.models import PickupSchedule, Shipment, ShipmentLine


def schedules_of(warehouse: Warehouse) -> QuerySet[PickupSchedule]:
    """Return when carriers that we work with come to a warehouse."""
    schedules = PickupSchedule.objects.filter(warehouse=warehouse, carrier__is_active=True)
    return schedules.select_related("carrier").order_by("pk")


def live_shipment_of(pick_list_id: int) -> Shipment | None:
    """Return the shipment that takes a pick list's goods, if one is planned."""
    return next(iter(_live_shipments_of(pick_list_id)), None)


@compiled
def coming_to(warehouse_id: int) -> QuerySet[PickupSchedule]:
    """Return when carriers that we work with come to a warehouse, with both."""
    schedules = PickupSchedule.objects.filter(warehouse=warehouse_id, carrier__is_active=True)
    return schedules.select_related("carrier", "warehouse").order_by("pk")


@compiled
def packed(pick_list_id: int) -> QuerySet[PickList, tuple[int, int, Decimal | None, int]]:
    """Return whose a pick list is, where it goes, the weight and the number of its packages."""
    pick_lists = PickList.objects.filter(pk=pick_list_id).annotate(
        weight=Sum("packages__weight_kg"), count=Count("packages")
    )
    return pick_lists.values_list("order__customer_id", "order__ship_to_id", "weight", "count")


@compiled
def taken_of(pick_list_id: int) -> QuerySet[PickLine, tuple[int, Decimal | None]]:
    """Return what a pick list holds of which order line, in walking order."""
    lines = PickLine.objects.filter(pick_list=pick_list_id, picked__gt=0).order_by("position")
    return lines.values_list("order_line_id", "picked")


@compiled
def _live_shipments_of(pick_list_id: int) -> QuerySet[Shipment]:
    shipments = Shipment.objects.filter(lines__pick_list=pick_list_id)
    return shipments.exclude(state=Shipment.State.CANCELLED).order_by("pk")[:1]


def shipments_of(order_id: int) -> QuerySet[Shipment]:
    """Return the shipments that carry something of an order, the newest first."""
    of_order = ShipmentLine.objects.filter(order=order_id).values("shipment")
    return Shipment.objects.filter(pk__in=of_order).order_by("-pk")
