"""What is done on the floor and at the dock: deeds of the storm of stock."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from django.db.models import QuerySet

from fulfillment import services as fulfillment
from fulfillment.models import Allocation, Location, Lot, PickLine, PickList
from shipping import services as shipping
from shipping.models import Return, ReturnLine, Shipment, ShipmentLine
from shipping.services import Arrived, Coming, Verdict
from storm.scene import BY, NOTHING, Scene, lists_of, one

Counts = dict[int, Decimal]
WHY = PickLine.ShortReason.values
Disposition = ReturnLine.Disposition
PLACES = {
    Disposition.RESTOCK: Location.Kind.STORAGE,
    Disposition.QUARANTINE: Location.Kind.QUARANTINE,
}


def release(luck: Random, scene: Scene) -> str:
    """Send what is allocated of an order to the floor."""
    claims = Allocation.objects.filter(
        line__product__in=scene.products, state=Allocation.State.ACTIVE, pick_line=None
    )
    order_id = one(luck, claims.values_list("line__order", flat=True).order_by("pk"))
    if order_id is None:
        return NOTHING
    fulfillment.release_pick_lists(order_id, **BY)
    return "done"


def pick(luck: Random, scene: Scene) -> str:
    """Walk with a list, and find all of it, less, or nothing."""
    pick_list = one(luck, lists_of(scene, PickList.State.RELEASED, PickList.State.PICKING))
    if pick_list is None:
        return NOTHING
    if pick_list.state == PickList.State.RELEASED:
        fulfillment.start_pick(pick_list.pk, picker_id=None, **BY)
    lines = PickLine.objects.filter(pick_list=pick_list)
    wanted = dict(lines.values_list("pk", "quantity"))
    picked, reasons = found_of(luck, wanted)
    fulfillment.confirm_pick(pick_list.pk, picked=picked, short_reasons=reasons, **BY)
    return "short" if reasons else "whole"


def found_of(luck: Random, wanted: Mapping[int, Decimal]) -> tuple[Counts, dict[int, str]]:
    """Find most of it, less of some lines, or nothing; return that, and why some are missing."""
    picked = {key: luck.choice([quantity] * 9 + [quantity - 1]) for key, quantity in wanted.items()}
    if luck.random() < 0.03:  # noqa: PLR2004
        picked = dict.fromkeys(wanted, Decimal(0))
    picked = {key: max(quantity, Decimal(0)) for key, quantity in picked.items()}
    missing = [key for key, quantity in wanted.items() if picked[key] < quantity]
    return picked, {key: luck.choice(WHY) for key in missing}


def scan(luck: Random, scene: Scene) -> str:
    """Scan a lot or a piece, not always the one that was claimed."""
    tracked = [key for key, tracking in scene.products.items() if tracking != "none"]
    lists = lists_of(scene, PickList.State.RELEASED, PickList.State.PICKING)
    line = one(
        luck,
        PickLine.objects.filter(pick_list__in=lists, order_line__product__in=tracked)
        .select_related("pick_list", "order_line", "allocation__level__lot")
        .order_by("pk"),
    )
    if line is None:
        return NOTHING
    if line.pick_list.state == PickList.State.RELEASED:
        fulfillment.start_pick(line.pick_list_id, picker_id=None, **BY)
    lots = Lot.objects.filter(product=line.order_line.product_id)
    lot = luck.choice([line.allocation.level.lot, one(luck, lots, among=50)])
    fulfillment.scan(line.pick_list_id, code=lot.code, quantity=Decimal(1), **BY)
    return "done" if lot == line.allocation.level.lot else "another lot"


def stop(luck: Random, scene: Scene) -> str:
    states = (PickList.State.RELEASED, PickList.State.PICKING, PickList.State.PICKED)
    pick_list = one(luck, lists_of(scene, *states))
    if pick_list is None:
        return NOTHING
    fulfillment.stop_pick(pick_list.pk, reason="storm", **BY)
    return "done"


def pack(luck: Random, scene: Scene) -> str:
    pick_list = one(luck, lists_of(scene, PickList.State.PICKED))
    if pick_list is None:
        return NOTHING
    weights = [Decimal(luck.randint(1, 20)) for _ in range(luck.randint(1, 2))]
    fulfillment.pack(pick_list.pk, weights=weights, **BY)
    return "done"


def replan(luck: Random, scene: Scene) -> str:
    """Take a shipment off the board, and plan its list anew."""
    shipment = one(luck, _shipments(scene, Shipment.State.PLANNED, Shipment.State.LABELLED))
    if shipment is None:
        return NOTHING
    lists = ShipmentLine.objects.filter(shipment=shipment).values_list("pick_list", flat=True)
    pick_list_ids = sorted(set(lists))
    shipping.cancel_shipment(shipment.pk, reason="storm", **BY)
    for pick_list_id in pick_list_ids:
        shipping.plan_shipment(pick_list_id, **BY)
    return "done"


def label(luck: Random, scene: Scene) -> str:
    shipment = one(luck, _shipments(scene, Shipment.State.PLANNED))
    if shipment is None:
        return NOTHING
    shipping.label_shipment(shipment.pk, **BY)
    return "done"


def ship(luck: Random, scene: Scene) -> str:
    shipment = one(luck, _shipments(scene, Shipment.State.LABELLED))
    if shipment is None:
        return NOTHING
    shipping.dispatch_shipment(shipment.pk, **BY)
    return "done"


def announce(luck: Random, scene: Scene) -> str:
    """Announce that something of what has left lately comes back."""
    gone = ShipmentLine.objects.filter(
        shipment__warehouse__in=scene.houses, shipment__dispatched_at__isnull=False
    )
    line = one(luck, gone.select_related("shipment").order_by("-pk"), among=40)
    if line is None:
        return NOTHING
    quantity = Decimal(luck.randint(1, int(line.quantity)))
    coming = Coming(shipment_line_id=line.pk, quantity=quantity, reason="unwanted")
    shipping.announce_return(line.shipment.customer_id, goods=[coming], **BY)
    return "done"


def take_back(luck: Random, scene: Scene) -> str:
    """Take a return one step on: count it, look at it and put it to its place, or settle it."""
    open_ones = Return.objects.filter(
        warehouse__in=scene.houses,
        state__in=[Return.State.ANNOUNCED, Return.State.RECEIVED, Return.State.INSPECTED],
    )
    found = one(luck, open_ones)
    if found is None:
        return NOTHING
    if found.state == Return.State.ANNOUNCED:
        return _count_in(luck, found)
    if found.state == Return.State.RECEIVED:
        return _look_at(luck, found)
    shipping.settle_return(found.pk, **BY)
    return "settled"


def _count_in(luck: Random, found: Return) -> str:
    goods = []
    for line in ReturnLine.objects.filter(of=found).select_related("shipment_line"):
        taken = Allocation.objects.filter(
            line=line.shipment_line.order_line_id, state=Allocation.State.SHIPPED
        )
        lot = luck.choice(list(taken.values_list("level__lot__code", "level__lot__is_serial")))
        quantity = Decimal(1) if lot[1] else line.announced
        goods.append(Arrived(line_id=line.pk, quantity=quantity, lot_code=lot[0] or ""))
    shipping.receive_return_goods(found.pk, goods=goods, **BY)
    return "counted"


def _look_at(luck: Random, found: Return) -> str:
    """Inspect, and do what follows after the step."""
    places = dict(Location.objects.filter(warehouse=found.warehouse).values_list("kind", "pk"))
    verdicts = {}
    for line in ReturnLine.objects.filter(of=found, received__gt=0):
        disposition = luck.choice(list(Disposition))
        verdicts[line.pk] = Verdict(
            disposition=disposition,
            accepted=line.received,
            location_id=places[PLACES[disposition]] if disposition in PLACES else None,
        )
    shipping.inspect_return(found.pk, verdicts=verdicts, **BY)
    shipping.store_returned(found.pk, **BY)
    return "looked at"


def _shipments(scene: Scene, *states: str) -> QuerySet[Shipment]:
    return Shipment.objects.filter(warehouse__in=scene.houses, state__in=states)
