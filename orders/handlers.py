"""What the orders stage tells people when an order has been decided on."""

from o2c.kernel.events import after
from orders import mails
from orders.events import OrderDeclined, OrderHeld, OrderReferred, OrderReleased
from orders.models import Order


@after(OrderReleased)
def acknowledge(event: OrderReleased) -> None:
    mails.acknowledge(event.order_id, at=event.at)


@after(OrderHeld)
def tell_held(event: OrderHeld) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.ON_HOLD, at=event.at)


@after(OrderReferred)
def tell_referred(event: OrderReferred) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.IN_REVIEW, at=event.at)


@after(OrderDeclined)
def tell_declined(event: OrderDeclined) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.DECLINED, at=event.at)
