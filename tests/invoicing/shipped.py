"""Goods that have left: made by the services of the earlier stages, one after the other."""

from collections.abc import Sequence
from decimal import Decimal

from fulfillment import services as fulfillment
from fulfillment.models import PickList
from o2c.kernel.actors import Actor
from orders import services as orders
from orders.models import Order
from orders.services import NewLine
from shipping import services as shipping
from shipping.models import Shipment, ShipmentLine
from tests.factories import (
    NOW,
    TODAY,
    CarrierFactory,
    CreditAccountFactory,
    CustomerFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)

ACTOR = Actor(kind="user", id="1", name="Maya Brandt")


def customer_with_credit(**fields):
    """A customer with a limit of 1,000,000.00 EUR."""
    customer = CustomerFactory.create(**fields)
    CreditAccountFactory.create(customer=customer, limit=Decimal(1_000_000))
    return customer


def place(customer, *lines: tuple[str, str], at=NOW, **fields) -> Order:
    """Place an order of (quantity, price) lines, each a product of its own and in stock."""
    products = [ProductFactory.create() for _line in lines]
    for product, (quantity, _price) in zip(products, lines, strict=True):
        StockLevelFactory.create(product=product, on_hand=Decimal(quantity))
    return orders.place_order(
        customer_id=customer.pk,
        lines=[
            NewLine(product.pk, Decimal(quantity), Decimal(price))
            for product, (quantity, price) in zip(products, lines, strict=True)
        ],
        channel="rep",
        requested_on=fields.pop("requested_on", TODAY),
        at=at,
        actor=ACTOR,
        **fields,
    )


def dispatch(order: Order, *, at=NOW) -> Shipment:
    """Pick, pack, label and dispatch what is allocated of an order."""
    [picks] = fulfillment.release_pick_lists(order.pk, at=at, actor=ACTOR)
    _pack(picks, at=at)
    line = ShipmentLine.objects.filter(pick_list=picks).select_related("shipment").first()
    return _leave([line.shipment], at=at)[0]


def ship(customer, *lines: tuple[str, str], at=NOW, **fields) -> Shipment:
    """Place an order and dispatch it."""
    if not PickupScheduleFactory._meta.model.objects.exists():
        for weekday in range(7):
            PickupScheduleFactory.create(weekday=weekday, carrier=CarrierFactory.create())
    return dispatch(place(customer, *lines, at=at, **fields), at=at)


def _pack(picks: PickList, *, at) -> None:
    fulfillment.start_pick(picks.pk, picker_id=None, at=at, actor=ACTOR)
    fulfillment.confirm_pick(
        picks.pk,
        picked={line.pk: line.quantity for line in picks.lines.all()},
        short_reasons={},
        at=at,
        actor=ACTOR,
    )
    fulfillment.pack(picks.pk, weights=[Decimal("2.5")], at=at, actor=ACTOR)


def _leave(shipments: Sequence[Shipment], *, at) -> list[Shipment]:
    for shipment in shipments:
        shipping.label_shipment(shipment.pk, at=at, actor=ACTOR)
    return [shipping.dispatch_shipment(row.pk, at=at, actor=ACTOR) for row in shipments]
