"""What credit control decides about an order."""

from datetime import datetime

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.events import OrderDeclined, OrderHeld, OrderReferred, OrderReleased
from orders.models import Order
from orders.services.locking import lock_order

REASON_LENGTH = 300


@service
def release_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Let fulfilment begin. Raises TransitionNotAllowed unless the order waits for credit."""
    order = lock_order(order_id)
    order.release(at=at)
    _save(order, at=at, actor=actor)
    publish(OrderReleased(order_id=order.pk, at=at, actor=actor))
    return order


@service
def hold_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Let a submitted order wait for a payment, a limit or a person."""
    order = lock_order(order_id)
    order.hold(reason=reason[:REASON_LENGTH])
    _save(order, at=at, actor=actor)
    publish(OrderHeld(order_id=order.pk, was_released=False, at=at, actor=actor))
    return order


@service
def suspend_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Take a release back while nothing is on a pick list; what was allocated becomes free."""
    order = lock_order(order_id)
    order.suspend(reason=reason[:REASON_LENGTH])
    _save(order, at=at, actor=actor)
    publish(OrderHeld(order_id=order.pk, was_released=True, at=at, actor=actor))
    return order


@service
def refer_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Let a credit analyst decide."""
    order = lock_order(order_id)
    order.refer(reason=reason[:REASON_LENGTH])
    _save(order, at=at, actor=actor)
    publish(OrderReferred(order_id=order.pk, at=at, actor=actor))
    return order


@service
def decline_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Refuse credit for the order; it is never revived, a repeat is a new order."""
    order = lock_order(order_id)
    order.decline(reason=reason[:REASON_LENGTH])
    _save(order, at=at, actor=actor)
    publish(OrderDeclined(order_id=order.pk, at=at, actor=actor))
    return order


def _save(order: Order, *, at: datetime, actor: Actor) -> None:
    audit.save(order, at=at, actor=actor, reason=order.hold_reason, touches=[order.customer.label])
