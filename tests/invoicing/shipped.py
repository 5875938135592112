"""Goods that have left: made by the services of the earlier stages, one after the other."""

from decimal import Decimal

from fulfillment import services as fulfillment
from fulfillment.models import StockLevel
from o2c.kernel.actors import Actor
from orders import services as orders
from orders.models import Order
from orders.services import NewLine
from shipping import services as shipping
from shipping.models import PickupSchedule, Shipment, ShipmentLine
from tests.factories import (
    NOW,
    TODAY,
    CreditAccountFactory,
    CustomerFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)

ACTOR = Actor(kind="user", id="1", name="Maya Brandt")


def customer_with_credit(*, limit="1000000", **fields):
    """A customer with a limit in EUR."""
    customer = CustomerFactory.create(**fields)
    CreditAccountFactory.create(customer=customer, limit=Decimal(limit))
    return customer


def place(customer, *lines: tuple[str, str], in_stock="", at=NOW, **fields) -> Order:
    """Place an order of (quantity, price) lines, each a product of its own; all is in stock."""
    products = [ProductFactory.create() for _line in lines]
    for product, (quantity, _price) in zip(products, lines, strict=True):
        StockLevelFactory.create(product=product, on_hand=Decimal(in_stock or quantity))
    return orders.place_order(
        customer_id=customer.pk,
        lines=[
            NewLine(product.pk, Decimal(quantity), Decimal(price), price_reason="agreed")
            for product, (quantity, price) in zip(products, lines, strict=True)
        ],
        channel="rep",
        requested_on=fields.pop("requested_on", TODAY),
        at=at,
        actor=ACTOR,
        **fields,
    )


def ready() -> None:
    """Let a carrier collect every day."""
    if not PickupSchedule.objects.exists():
        for weekday in range(7):
            PickupScheduleFactory.create(weekday=weekday)


def ship(customer, *lines: tuple[str, str], at=NOW, **fields) -> Shipment:
    """Place an order and dispatch what is allocated of it."""
    ready()
    shipment = pack(place(customer, *lines, at=at, **fields), at=at)
    return leave(shipment, at=at)


def pack(order: Order, *, at=NOW) -> Shipment:
    """Pick and pack what is allocated of an order; return the shipment that it goes with."""
    [picks] = fulfillment.release_pick_lists(order.pk, at=at, actor=ACTOR)
    fulfillment.start_pick(picks.pk, picker_id=None, at=at, actor=ACTOR)
    fulfillment.confirm_pick(
        picks.pk,
        picked={line.pk: line.quantity for line in picks.lines.all()},
        short_reasons={},
        at=at,
        actor=ACTOR,
    )
    fulfillment.pack(picks.pk, weights=[Decimal("2.5")], at=at, actor=ACTOR)
    return ShipmentLine.objects.filter(pick_list=picks).first().shipment


def restock(order: Order, quantity: str, *, at=NOW) -> None:
    """Receive more of an order's only product where it lies: what waits for it is served."""
    level = StockLevel.objects.get(product__in=order.lines.values("product"))
    fulfillment.receive_stock(
        location_id=level.location_id,
        product_id=level.product_id,
        quantity=Decimal(quantity),
        source="receipt:more",
        at=at,
        actor=ACTOR,
    )


def in_parts(customer) -> Shipment:
    """Dispatch one order line of 10 pieces in two parts of one shipment: 6, then 4."""
    ready()
    order = place(customer, ("10", "50"), in_stock="6")
    first = pack(order)
    restock(order, "4")
    second = pack(order)
    if second.pk != first.pk:
        first = shipping.join_shipment(second.pk, with_id=first.pk, at=NOW, actor=ACTOR)
    return leave(first)


def leave(shipment: Shipment, *, at=NOW) -> Shipment:
    """Label a shipment and hand it to its carrier."""
    shipping.label_shipment(shipment.pk, at=at, actor=ACTOR)
    return shipping.dispatch_shipment(shipment.pk, at=at, actor=ACTOR)
