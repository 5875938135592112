"""What is done with goods and with claims on them: deeds of the storm of stock."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.db.models import QuerySet

from bench.world import NOW
from catalog.models import Product
from fulfillment import selectors
from fulfillment import services as fulfillment
from fulfillment.models import CountTask, Lot, PickList, Reservation, StockLevel
from fulfillment.services import Goods
from fulfillment.serving import servable
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order, OrderLine
from orders.services import NewLine
from storm.scene import BY, NOTHING, Scene, lists_of, most, one, reference

# Each receipt looks at all that waits: more would only make it slower.
WAITING = 30
LOTS = [f"L-{number}" for number in range(8)]
SERIALS = [f"S-{number}" for number in range(40)]


def receive(luck: Random, scene: Scene) -> str:
    product_id, tracking = luck.choice(list(scene.products.items()))
    place = luck.choice(scene.docks if luck.random() < 0.1 else scene.shelves)  # noqa: PLR2004
    fulfillment.receive_goods(
        location_id=place,
        product_id=product_id,
        goods=_goods(luck, tracking),
        source=f"receipt:{reference()}",
        **BY,
    )
    return "done"


def _goods(luck: Random, tracking: str) -> list[Goods]:
    if tracking == Product.Tracking.SERIAL:
        pieces = luck.sample(SERIALS, luck.randint(1, 3))
        return [Goods(quantity=Decimal(1), lot_code=piece) for piece in pieces]
    quantity = Decimal(luck.randint(1, 30))
    if tracking == Product.Tracking.NONE:
        return [Goods(quantity=quantity)]
    place = luck.randrange(len(LOTS))
    day = NOW.date() + timedelta(days=place)
    return [Goods(quantity=quantity, lot_code=LOTS[place], expires_on=day)]


def order(luck: Random, scene: Scene) -> str:
    """Place an order; where many wait already, somebody gives one of those up instead."""
    waiting = selectors.backordered_lines().filter(product__in=scene.products)
    crowd = list(waiting.order_by("pk").values_list("order_id", flat=True)[:WAITING])
    if len(crowd) == WAITING:
        return f"given up, {_give_up(luck.choice(crowd))}"
    wanted = luck.sample(list(scene.products), luck.randint(1, 2))
    placed = orders.place_order(
        customer_id=luck.choice(scene.customers),
        lines=[
            NewLine(product_id=key, quantity=Decimal(luck.randint(1, most(scene, key))))
            for key in wanted
        ],
        channel="rep",
        requested_on=NOW.date() + timedelta(days=7),
        **BY,
    )
    return str(placed.state)


def allocate(luck: Random, scene: Scene) -> str:
    """Claim again for an order that waits."""
    waiting = selectors.backordered_lines().filter(product__in=scene.products)
    order_id = one(luck, waiting.values_list("order_id", flat=True))
    if order_id is None:
        return NOTHING
    fulfillment.allocate_again(order_id, **BY)
    return "done"


def serve(luck: Random, scene: Scene) -> str:
    """Do what the day's job does: serve all who wait from what has become free."""
    order_ids, product_ids = servable(at=NOW)
    ours = [key for key in product_ids if key in scene.products]
    served = fulfillment.allocate_backorders(order_ids=order_ids, product_ids=ours, **BY)
    return "done" if served else "nobody"


def amend(luck: Random, scene: Scene) -> str:
    line = _line(luck, scene)
    if line is None:
        return NOTHING
    quantity = Decimal(luck.randint(1, most(scene, line.product_id)))
    changes = AmendmentChanges(lines=[LineChange(line_id=line.pk, quantity=quantity)])
    orders.amend_order(line.order_id, changes=changes, reason="storm", **BY)
    return "done"


def cancel(luck: Random, scene: Scene) -> str:
    line = _line(luck, scene)
    return NOTHING if line is None else _give_up(line.order_id)


def stop_and_cancel(luck: Random, scene: Scene) -> str:
    pick_list = one(luck, lists_of(scene, PickList.State.RELEASED))
    if pick_list is None:
        return NOTHING
    fulfillment.stop_and_cancel(
        pick_list.order_id,
        quantities=None,
        stopped=[pick_list.pk],
        reason=Order.CancelReason.values[0],
        **BY,
    )
    return "done"


def reserve(luck: Random, scene: Scene) -> str:
    """Keep goods back for a screen on which somebody enters an order."""
    kept = fulfillment.reserve(
        f"entry:{reference()}",
        {key: Decimal(luck.randint(1, 5)) for key in luck.sample(list(scene.products), 2)},
        customer_id=luck.choice([None, *scene.customers]),
        expires_at=NOW + timedelta(minutes=luck.randint(1, 30)),
        **BY,
    )
    return "done" if kept else "nothing kept"


def withdraw(luck: Random, scene: Scene) -> str:
    kept = Reservation.objects.filter(product__in=scene.products, state="live")
    holder = one(luck, kept.values_list("holder", flat=True))
    if holder is None:
        return NOTHING
    fulfillment.withdraw_reservations(holder, **BY)
    return "done"


def expire(luck: Random, scene: Scene) -> str:
    ended = fulfillment.expire_reservations(at=NOW + timedelta(minutes=luck.randint(10, 30)))
    return "done" if ended else "nothing ended"


def count_place(luck: Random, scene: Scene) -> str:
    """Count a place, first where somebody waits for it; now and then less lies there."""
    tasks = CountTask.objects.filter(level__product__in=scene.products, state="open")
    level_id = one(luck, tasks.values_list("level_id", flat=True))
    levels = StockLevel.objects.filter(product__in=scene.products)
    level = levels.get(pk=level_id) if level_id else one(luck, levels, among=100)
    if level is None:
        return NOTHING
    lying = level.on_hand - selectors.picked_of(level.pk)
    counted = max(lying + luck.choice([0, 0, 0, 1, -1, -2]), Decimal(0))
    fulfillment.count_level(level.pk, counted=counted, lying=lying, **BY)
    return "done"


def ask(luck: Random, scene: Scene) -> str:
    level = one(luck, StockLevel.objects.filter(product__in=scene.products), among=100)
    if level is None:
        return NOTHING
    fulfillment.ask_for_count(level.pk, reason="storm", blocks=luck.random() < 0.5, **BY)  # noqa: PLR2004
    return "done"


def adjust(luck: Random, scene: Scene) -> str:
    level = one(luck, StockLevel.objects.filter(product__in=scene.products), among=100)
    if level is None:
        return NOTHING
    quantity = Decimal(luck.choice([-3, -2, -1, 1, 2]))
    fulfillment.adjust(level.pk, quantity=quantity, reason="storm", **BY)
    return "done"


def transfer(luck: Random, scene: Scene) -> str:
    levels = StockLevel.objects.filter(product__in=scene.products, on_hand__gt=0)
    level = one(luck, levels, among=100)
    if level is None:
        return NOTHING
    place = luck.choice(scene.docks if luck.random() < 0.2 else scene.shelves)  # noqa: PLR2004
    fulfillment.transfer(level.pk, to_location_id=place, quantity=Decimal(luck.randint(1, 5)), **BY)
    return "done"


def recall(luck: Random, scene: Scene) -> str:
    """Recall a lot, or a piece; and do what follows after the step."""
    lot_id = one(luck, _lots(scene).filter(blocked_reason=""), among=100)
    if lot_id is None:
        return NOTHING
    fulfillment.recall_lot(lot_id.pk, reason="storm", **BY)
    fulfillment.free_recalled(lot_id.pk, **BY)
    return "done"


def readmit(luck: Random, scene: Scene) -> str:
    lot = one(luck, _lots(scene).exclude(blocked_reason=""))
    if lot is None:
        return NOTHING
    fulfillment.readmit_lot(lot.pk, reason="storm", **BY)
    return "done"


def free_spoiled(luck: Random, scene: Scene) -> str:
    """Do what the day's job does with lots that may not leave."""
    return "done" if fulfillment.free_spoiled(as_of=NOW.date(), **BY) else "nothing to free"


def _give_up(order_id: int) -> str:
    orders.cancel_order(order_id, reason=Order.CancelReason.values[0], **BY)
    return "done"


def _lots(scene: Scene) -> QuerySet[Lot]:
    return Lot.objects.filter(product__in=scene.products)


def _line(luck: Random, scene: Scene) -> OrderLine | None:
    """Return a line of an order that is still to be picked."""
    lines = OrderLine.objects.filter(product__in=scene.products, order__state__in=Order.CONFIRMED)
    found: OrderLine | None = one(luck, lines.order_by("-pk"))
    return found
