"""What web shops are told, and what their messages make, when something has happened."""

from typing import Any

from o2c.kernel.events import Event, after, on
from orders.events import (
    LinesCancelled,
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
)
from orders.services import lock_order, tell_shop_later
from orders.shop import taking, telling
from orders.shop.events import ShopMessageKept, ShopStatusDue

DECIDED: tuple[type[Event], ...] = (OrderReleased, OrderHeld, OrderReferred, OrderDeclined)


def tell_shop(event: Any) -> None:
    """Have a web shop told about its order; the step holds the order, so this reads nothing."""
    tell_shop_later(lock_order(event.order_id), at=event.at, actor=event.actor)


for decided in DECIDED:
    on(decided)(tell_shop)


@on(LinesCancelled)
def tell_shop_of_cancellation(event: LinesCancelled) -> None:
    if event.order_cancelled:
        tell_shop_later(lock_order(event.order_id), at=event.at, actor=event.actor)


@after(ShopStatusDue)
def push_shop_status(event: ShopStatusDue) -> None:
    telling.push_status(event.order_id)


@after(ShopMessageKept)
def take_shop_message(event: ShopMessageKept) -> None:
    taking.take(event.shop_event_id, at=event.at)
