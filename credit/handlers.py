"""How credit reacts to what other stages announce."""

from credit import services
from o2c.kernel.events import on
from orders.events import LinesCancelled, OrderHeld, OrderReleased, OrderSubmitted


@on(OrderSubmitted)
def review(event: OrderSubmitted) -> None:
    services.review_order(event.order_id, at=event.at, actor=event.actor)


@on(OrderReleased)
def count_exposure(event: OrderReleased) -> None:
    services.count_order(event.order_id, at=event.at)


@on(OrderHeld)
def give_back_exposure(event: OrderHeld) -> None:
    if event.was_released:
        services.follow_order(event.order_id, at=event.at)


@on(LinesCancelled)
def lower_exposure(event: LinesCancelled) -> None:
    services.follow_order(event.order_id, at=event.at)
    if event.order_cancelled:
        services.withdraw_unneeded(event.order_id, at=event.at, actor=event.actor)
