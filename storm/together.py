"""What is done with several lists or shipments at once, and with what is a little more or less:
deeds of the storm of stock.
"""

from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Count, QuerySet

from bench.world import NOW
from fulfillment import services as fulfillment
from fulfillment.models import PickBatch, PickLine, PickList
from fulfillment.services.tolerating import SYSTEM
from o2c.kernel.actors import Actor
from shipping import services as shipping
from shipping.models import Shipment, ShipmentLine
from storm.floor import found_of
from storm.scene import BY, NOTHING, Scene, lists_of, one

# A system of the house, which may send more and less than was ordered.
BY_SYSTEM: dict[str, Any] = {"at": NOW, "actor": Actor(kind="api_key", id="-1", name="Storm")}
RATE = Decimal("0.5")


def allow_differences() -> None:
    """Let systems of the house send half more or less than was ordered."""
    fulfillment.set_tolerance(SYSTEM, over_rate=RATE, under_rate=RATE, **BY)


def make_batch(luck: Random, scene: Scene) -> str:
    """Put two to four lists of one house together."""
    waiting = lists_of(scene, PickList.State.RELEASED).filter(batch=None)
    mine = list(waiting.filter(warehouse=luck.choice(scene.houses)).order_by("pk")[:8])
    if len(mine) < 2:  # noqa: PLR2004
        return NOTHING
    chosen = luck.sample(mine, luck.randint(2, min(4, len(mine))))
    fulfillment.make_batch([row.pk for row in chosen], **BY)
    return "done"


def walk_batch(luck: Random, scene: Scene) -> str:
    """Walk with a batch, and finish its lists."""
    batch = one(luck, _batches(scene))
    if batch is None:
        return NOTHING
    if batch.state == PickBatch.State.RELEASED:
        fulfillment.start_batch(batch.pk, picker_id=None, **BY)
    lines = PickLine.objects.filter(pick_list__batch=batch, pick_list__state="picking")
    picked, reasons = found_of(luck, dict(lines.values_list("pk", "quantity")))
    refused = fulfillment.confirm_batch(batch.pk, picked=picked, short_reasons=reasons, **BY)
    return f"{len(refused)} refused" if refused else "done"


def scan_in_batch(luck: Random, scene: Scene) -> str:
    """Scan a lot or a piece that some list of a batch may need."""
    lines = PickLine.objects.filter(
        pick_list__batch__in=_batches(scene, PickBatch.State.PICKING),
        pick_list__state=PickList.State.PICKING,
        allocation__level__lot__isnull=False,
    )
    line = one(luck, lines.select_related("pick_list", "allocation__level__lot").order_by("pk"))
    if line is None:
        return NOTHING
    code = line.allocation.level.lot.code
    fulfillment.scan_batch(line.pick_list.batch_id, code=code, quantity=Decimal(1), **BY)
    return "done"


def split_batch(luck: Random, scene: Scene) -> str:
    batch = one(luck, _batches(scene))
    if batch is None:
        return NOTHING
    fulfillment.split_batch(batch.pk, **BY)
    return "done"


def pick_about(luck: Random, scene: Scene) -> str:
    """Find a little more of some lines, and a little less of others, which is close enough."""
    walked = lists_of(scene, PickList.State.RELEASED, PickList.State.PICKING).filter(batch=None)
    pick_list = one(luck, walked)
    if pick_list is None:
        return NOTHING
    if pick_list.state == PickList.State.RELEASED:
        fulfillment.start_pick(pick_list.pk, picker_id=None, **BY)
    lines = PickLine.objects.filter(pick_list=pick_list)
    wanted = dict(lines.values_list("pk", "quantity"))
    picked = {key: quantity + luck.choice([1, 1, 0, -1]) for key, quantity in wanted.items()}
    why = [PickLine.ShortReason.ENOUGH, PickLine.ShortReason.ENOUGH, PickLine.ShortReason.MISSING]
    reasons = {key: luck.choice(why).value for key in wanted if picked[key] < wanted[key]}
    fulfillment.confirm_pick(pick_list.pk, picked=picked, short_reasons=reasons, **BY_SYSTEM)
    return "done"


def join(luck: Random, scene: Scene) -> str:
    """Put a planned shipment into another one of the same customer to the same address."""
    shipment = one(luck, _planned(scene))
    if shipment is None:
        return NOTHING
    others = _planned(scene).filter(customer=shipment.customer_id, ship_to=shipment.ship_to_id)
    other = one(luck, others.filter(warehouse=shipment.warehouse_id).exclude(pk=shipment.pk))
    if other is None:
        return NOTHING
    shipping.join_shipment(shipment.pk, with_id=other.pk, **BY)
    return "done"


def take_out(luck: Random, scene: Scene) -> str:
    """Give a list of a joint shipment one of its own again."""
    lists = Count("lines__pick_list", distinct=True)
    shipment = one(luck, _planned(scene).annotate(lists=lists).filter(lists__gt=1))
    if shipment is None:
        return NOTHING
    carried = ShipmentLine.objects.filter(shipment=shipment).values_list("pick_list", flat=True)
    lists_now = sorted(set(carried))  # somebody may have put them elsewhere since
    if not lists_now:
        return NOTHING
    pick_list_id = luck.choice(lists_now)
    shipping.take_out(shipment.pk, pick_list_id=pick_list_id, **BY)
    return "done"


def _batches(scene: Scene, *states: str) -> QuerySet[PickBatch]:
    wanted = states or (PickBatch.State.RELEASED, PickBatch.State.PICKING)
    return PickBatch.objects.filter(warehouse__in=scene.houses, state__in=wanted)


def _planned(scene: Scene) -> QuerySet[Shipment]:
    return Shipment.objects.filter(warehouse__in=scene.houses, state=Shipment.State.PLANNED)
