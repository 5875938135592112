"""An order's way through all stages, made by the services, each step at a time of its own."""

from datetime import datetime
from decimal import Decimal

from collection import services as collection
from fulfillment import services as fulfillment
from fulfillment.models import PickList
from invoicing import services as invoicing
from invoicing.models import Invoice
from o2c.kernel.actors import Actor
from o2c.kernel.clock import travel
from orders import services as orders
from orders.models import Order
from shipping import services as shipping
from shipping.models import Carrier, Shipment, ShipmentLine
from tests.factories import CarrierFactory, PickupScheduleFactory

ACTOR = Actor(kind="user", id="1", name="Maya Brandt")


def submit(order: Order, *, at: datetime) -> None:
    orders.submit_order(order.pk, at=at, actor=ACTOR)


def pick(order: Order, *, at: datetime) -> PickList:
    """Release what is allocated and pick all of it."""
    [picks] = fulfillment.release_pick_lists(order.pk, at=at, actor=ACTOR)
    fulfillment.start_pick(picks.pk, picker_id=None, at=at, actor=ACTOR)
    fulfillment.confirm_pick(
        picks.pk,
        picked={line.pk: line.quantity for line in picks.lines.all()},
        short_reasons={},
        at=at,
        actor=ACTOR,
    )
    return picks


def pack(picks: PickList, *, at: datetime) -> Shipment:
    """Pack it; a carrier comes every day at 15:30."""
    if not Carrier.objects.exists():
        for weekday in range(7):
            PickupScheduleFactory.create(weekday=weekday, carrier=CarrierFactory.create())
    with travel(at):
        fulfillment.pack(picks.pk, weights=[Decimal("2.5")], at=at, actor=ACTOR)
    line = ShipmentLine.objects.select_related("shipment").filter(pick_list=picks).first()
    return line.shipment


def leave(shipment: Shipment, *, at: datetime) -> Shipment:
    shipping.label_shipment(shipment.pk, at=at, actor=ACTOR)
    return shipping.dispatch_shipment(shipment.pk, at=at, actor=ACTOR)


def bill(shipment: Shipment, *, at: datetime) -> Invoice:
    [invoice] = invoicing.bill_shipment(shipment.pk, at=at, actor=ACTOR)
    return invoice


def pay(invoice: Invoice, amount: str, *, at: datetime, reference: str = "REF-1") -> None:
    item = invoice.open_items.get()
    collection.record_receipt(
        customer_id=invoice.customer_id,
        method="transfer",
        currency=invoice.currency,
        amount=Decimal(amount),
        received_on=at.date(),
        reference=reference,
        apply_to={item.pk: Decimal(amount)},
        at=at,
        actor=ACTOR,
    )
