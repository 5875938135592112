"""What others ask about shipments."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum

from customers.models import Customer
from fulfillment.models import PickLine, PickList, Warehouse
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from shipping.models import (
    Booking,
    Carrier,
    CarrierService,
    PickupClosure,
    PickupPlan,
    PickupSchedule,
    Shipment,
    ShipmentLine,
)

ON_THE_FLOOR = (PickList.State.RELEASED, PickList.State.PICKING, PickList.State.PICKED)
# What a pickup takes already, by its key: packages and kilograms.
Loads = dict[tuple[int, datetime], tuple[int, Decimal]]


def schedules_of(warehouse: Warehouse) -> QuerySet[PickupSchedule]:
    """Return when carriers that we work with come to a warehouse, and `closed_on` when not.

    `quickest_days` are the working days on the road of the carrier's quickest service.
    """
    return _schedules(warehouse.pk).select_related("carrier").order_by("pk")


def carriers_that_report() -> QuerySet[Carrier]:
    """Return the carriers whose reports we take: those in use, and who still carry goods of ours.

    A carrier out of use gets no new goods; what it has taken is followed until it has arrived.
    """
    carried = Shipment.objects.filter(carrier=OuterRef("pk"), state__in=Shipment.ON_THE_WAY)
    return Carrier.objects.filter(Q(is_active=True) | Exists(carried))


def _schedules(warehouse_id: int) -> QuerySet[PickupSchedule]:
    closures = PickupClosure.objects.filter(
        Q(warehouse=None) | Q(warehouse=OuterRef("warehouse")), carrier=OuterRef("carrier")
    )
    schedules = PickupSchedule.objects.filter(
        Q(service=None) | Q(service__is_active=True),
        warehouse=warehouse_id,
        carrier__is_active=True,
    )
    services = CarrierService.objects.filter(carrier=OuterRef("carrier"), is_active=True)
    quickest = services.order_by().values("carrier").annotate(days=Min("transit_days"))
    return schedules.annotate(
        closed_on=ArraySubquery(closures.values("day")),
        quickest_days=Subquery(quickest.values("days")),
    )


def loads_of(warehouse_id: int, *, since: datetime) -> Loads:
    """Return what is planned for, or has left with, each pickup from an instant on."""
    planned = Shipment.objects.filter(warehouse=warehouse_id, leaves_by__gte=since)
    loads = (
        planned.exclude(state=Shipment.State.CANCELLED)
        .exclude(carrier=None)
        .values_list("carrier", "leaves_by")
        .annotate(packages=Sum("package_count"), weight=Sum("weight_kg"))
        .order_by("carrier", "leaves_by")
    )
    return {
        (carrier_id, leaves_by): (packages, weight or ZERO)
        for carrier_id, leaves_by, packages, weight in loads
        if carrier_id is not None and leaves_by is not None
    }


def taken_room(warehouse_id: int, *, since: datetime) -> Loads:
    """Return what each pickup takes: what is planned for it, and what the floor has reserved."""
    taken = loads_of(warehouse_id, since=since)
    for key, (packages, weight) in reserved_of(warehouse_id, since=since).items():
        there, weight_there = taken.get(key, (0, ZERO))
        taken[key] = (there + packages, weight_there + weight)
    return taken


def reserved_of(warehouse_id: int, *, since: datetime) -> Loads:
    """Return what of each pickup is reserved for work that is still on the floor."""
    reserved = (
        PickupPlan.objects.filter(
            pick_list__warehouse=warehouse_id,
            pick_list__state__in=ON_THE_FLOOR,
            leaves_by__gte=since,
        )
        .values_list("carrier", "leaves_by")
        .annotate(packages=Sum("package_count"), weight=Sum("weight_kg"))
        .order_by("carrier", "leaves_by")
    )
    return {
        (carrier_id, leaves_by): (packages, weight or ZERO)
        for carrier_id, leaves_by, packages, weight in reserved
    }


def packed_unplanned(warehouse_id: int) -> QuerySet[PickList]:
    """Return the packed lists of a house that no shipment carries: theirs was cancelled."""
    carried = ShipmentLine.objects.filter(pick_list=OuterRef("pk"))
    return PickList.objects.filter(
        ~Exists(carried), warehouse=warehouse_id, state=PickList.State.PACKED
    )


def in_shipments(pick_list_ids: Iterable[int]) -> set[int]:
    """Return which of these pick lists a shipment is to take."""
    lines = ShipmentLine.objects.filter(pick_list__in=list(pick_list_ids))
    live = lines.exclude(shipment__state=Shipment.State.CANCELLED)
    return set(live.values_list("pick_list", flat=True).distinct())


def live_shipment_of(pick_list_id: int) -> Shipment | None:
    """Return the shipment that takes a pick list's goods, if one is planned."""
    return next(iter(_live_shipments_of(pick_list_id)), None)


@compiled
def coming_to(warehouse_id: int) -> QuerySet[PickupSchedule]:
    """Return when carriers that we work with come to a warehouse, with both."""
    return _schedules(warehouse_id).select_related("carrier", "warehouse").order_by("pk")


@compiled
def packed(
    pick_list_ids: list[int],
) -> QuerySet[PickList, tuple[int, int, int, str, Decimal | None, int, date | None]]:
    """Return of pick lists whose each is, where it goes, whether such orders go together, weight
    and number of packages, the promise.
    """
    promised = (
        PickLine.objects.filter(pick_list=OuterRef("pk"), picked__gt=0)
        .order_by()
        .values("pick_list")
        .annotate(first=Min("order_line__promised_on"))
    )
    pick_lists = PickList.objects.filter(pk__in=pick_list_ids).annotate(
        weight=Sum("packages__weight_kg"),
        count=Count("packages"),
        promised=Subquery(promised.values("first")),
    )
    return pick_lists.values_list(
        "pk",
        "order__customer_id",
        "order__ship_to_id",
        "order__customer__consolidation",
        "weight",
        "count",
        "promised",
    )


def promises_of(shipment_ids: list[int]) -> dict[int, date | None]:
    """Return the earliest day that was promised for anything in each shipment."""
    lines = ShipmentLine.objects.filter(shipment__in=shipment_ids).values_list("shipment")
    first = lines.annotate(first=Min("order_line__promised_on")).order_by("shipment")
    return dict(first)


@compiled
def taken_of(pick_list_ids: list[int]) -> QuerySet[PickLine, tuple[int, int, Decimal | None]]:
    """Return what pick lists hold of which order line, each in walking order."""
    lines = PickLine.objects.filter(pick_list__in=pick_list_ids, picked__gt=0)
    return lines.order_by("position").values_list("pick_list_id", "order_line_id", "picked")


@compiled
def _live_shipments_of(pick_list_id: int) -> QuerySet[Shipment]:
    shipments = Shipment.objects.filter(lines__pick_list=pick_list_id)
    return shipments.exclude(state=Shipment.State.CANCELLED).order_by("pk")[:1]


def asked_of_carriers(shipment_ids: Iterable[int]) -> set[int]:
    """Return which shipments a carrier's system was asked for and knows, or may know, of."""
    alive = Booking.objects.filter(shipment__in=list(shipment_ids), state__in=Booking.ALIVE)
    return set(alive.values_list("shipment", flat=True))


def joinable_with(shipment: Shipment) -> QuerySet[Shipment]:
    """Return the planned shipments that a planned one can go together with."""
    if shipment.state != Shipment.State.PLANNED:
        return Shipment.objects.none()
    return (
        Shipment.objects.filter(
            state=Shipment.State.PLANNED,
            customer=shipment.customer_id,
            ship_to=shipment.ship_to_id,
            warehouse=shipment.warehouse_id,
        )
        .exclude(pk=shipment.pk)
        .exclude(customer__consolidation=Customer.Consolidation.NEVER)
        .select_related("carrier")
        .order_by("leaves_by", "pk")[:50]
    )


def shipments_of(order_id: int) -> QuerySet[Shipment]:
    """Return the shipments that carry something of an order, the newest first."""
    of_order = ShipmentLine.objects.filter(order=order_id).values("shipment")
    return Shipment.objects.filter(pk__in=of_order).order_by("-pk")
