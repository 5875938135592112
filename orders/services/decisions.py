"""What credit control decides about an order."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.events import (
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
    OrderSubmitted,
)
from orders.models import Order
from orders.selectors import po_twin
from orders.services.locking import lock_order

REASON_LENGTH = 300
WAITS = (Order.State.ON_HOLD, Order.State.IN_REVIEW)


def ensure_waits(order: Order) -> None:
    """Raise TransitionNotAllowed unless the order waits for a decision of credit control."""
    if order.state not in Order.WAITING:
        raise TransitionNotAllowed("It waits for nothing.", object=order, method=Order.release)


class OrderedAnew(DomainError):
    """Another order has taken the place of a declined one."""

    code = "ordered_anew"


@service
def release_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Let fulfilment begin. Raises TransitionNotAllowed unless the order waits for credit."""
    order = lock_order(order_id)
    has_waited = order.state != Order.State.SUBMITTED
    order.release(at=at)
    _save(order, at=at, actor=actor)
    publish(OrderReleased(order_id=order.pk, has_waited=has_waited, at=at, actor=actor))
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
def reword_waits(reasons: Mapping[Order, str]) -> int:
    """Say why locked orders that go on waiting do so now; one statement, none if all say it.

    The words only follow figures that are recorded elsewhere, so the audit trail has no part in
    it. Return how many were reworded.
    """
    stale = []
    for order, reason in reasons.items():
        words = reason[:REASON_LENGTH]
        if order.state in WAITS and order.hold_reason != words:
            order.hold_reason = words
            stale.append(order)
    rows.update_many(stale, ["hold_reason"])
    for order in stale:
        order.remember()
    return len(stale)


@service
def decline_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Refuse credit for the order; only payment in advance revives it."""
    order = lock_order(order_id)
    order.decline(reason=reason[:REASON_LENGTH])
    _save(order, at=at, actor=actor)
    publish(OrderDeclined(order_id=order.pk, at=at, actor=actor))
    return order


@service
def revive_order(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Submit a declined order again: it is paid in advance, as credit has made sure.

    Raises:
        TransitionNotAllowed: it is not declined.
        OrderedAnew: the customer has placed it anew under the same number.
    """
    order = lock_order(order_id)
    ensure_not_ordered_anew(order)
    order.revive()
    _save(order, at=at, actor=actor)
    publish(OrderSubmitted(order_id=order.pk, at=at, actor=actor))
    return order


def ensure_not_ordered_anew(order: Order) -> None:
    """Refuse to go on with a declined order whose PO number another one bears now.

    Raises:
        OrderedAnew: the message names the other one.
    """
    twin = po_twin(customer_id=order.customer_id, customer_po=order.customer_po, order_id=order.pk)
    if twin:
        raise OrderedAnew(
            _("%(order)s was ordered anew as %(twin)s: keep the money for that one.")
            % {"order": order, "twin": twin}
        )


def _save(order: Order, *, at: datetime, actor: Actor) -> None:
    audit.save(order, at=at, actor=actor, reason=order.hold_reason, touches=[order.customer.label])
