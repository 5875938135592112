"""Taking back what was ordered, as long as nobody has picked it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.outbox import publish
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders import revisions
from orders.events import LinesCancelled
from orders.models import Order, OrderLine
from orders.services.locking import lines_of, lock_order
from orders.services.progressing import follow

# Why a customer cancels; our own reasons are not theirs to give.
THEIR_REASONS = [
    choice
    for choice in Order.CancelReason.choices
    if choice[0]
    in (Order.CancelReason.CUSTOMER, Order.CancelReason.DUPLICATE, Order.CancelReason.ERROR)
]
CANCELLABLE = (*Order.WAITING, Order.State.RELEASED, Order.State.FULFILLING)


class AlreadyPicked(DomainError):
    """What is on a pick list, or gone, is not cancelled."""

    code = "already_picked"


@service
def cancel_order(
    order_id: int, *, reason: str, note: str = "", at: datetime, actor: Actor
) -> Order:
    """Cancel all of an order of which nothing is picked or shipped.

    Raises:
        InvalidInput: the reason is none of `Order.CancelReason`.
        TransitionNotAllowed: it is past that state.
        AlreadyPicked: part of it is on a pick list.
    """
    order = lock_order(order_id)
    if any(line.shipped for line in lines_of(order).values()):
        raise AlreadyPicked(
            _("Part of %(order)s has been shipped. Cancel the lines that are left instead.")
            % {"order": order}
        )
    rest = {
        line.pk: line.ordered - line.cancelled
        for line in lines_of(order).values()
        if line.ordered > line.cancelled
    }
    return _cancel(order, rest, reason=reason, note=note, at=at, actor=actor)


@service
def cancel_quantities(
    order_id: int,
    *,
    quantities: Mapping[int, Decimal],
    reason: str,
    note: str = "",
    at: datetime,
    actor: Actor,
) -> Order:
    """Cancel `{line id: quantity}`; the order itself when nothing else is left of it.

    What was ordered and its amounts stay as they were: the cancelled quantity is shown with it.

    Raises:
        InvalidInput: the reason is none of `Order.CancelReason`, or a quantity cannot be.
        AlreadyPicked: part of it is on a pick list, or gone.
    """
    order = lock_order(order_id)
    if order.state not in CANCELLABLE:
        raise InvalidInput(
            _("%(order)s is %(state)s: its lines cannot be cancelled any more.")
            % {"order": order, "state": str(order.get_state_display()).lower()}
        )
    return _cancel(order, quantities, reason=reason, note=note, at=at, actor=actor)


def _cancel(
    order: Order,
    quantities: Mapping[int, Decimal],
    *,
    reason: str,
    note: str,
    at: datetime,
    actor: Actor,
) -> Order:
    if reason not in Order.CancelReason.values:
        raise InvalidInput(_("Choose a reason for cancelling."), field="reason")
    lines = lines_of(order)
    for line_id, quantity in quantities.items():
        _ensure_free(lines[line_id], quantity)

    was_submitted = order.state != Order.State.DRAFT
    if was_submitted:
        revisions.keep_base(order)
    add_to(OrderLine, {"cancelled": quantities})
    for line_id, quantity in quantities.items():
        lines[line_id].cancelled += quantity
    is_all = all(line.cancelled == line.ordered for line in lines.values())
    _carry_header(order, reason=reason, is_all=is_all, at=at, actor=actor)
    _record(order, quantities, reason=note or reason, at=at, actor=actor)
    if was_submitted:
        revisions.keep(order, reason=note or reason, at=at, made_by=actor.name)
        publish(
            LinesCancelled(
                order_id=order.pk,
                line_ids=sorted(quantities),
                order_cancelled=is_all,
                at=at,
                actor=actor,
            )
        )
    return order


def _carry_header(order: Order, *, reason: str, is_all: bool, at: datetime, actor: Actor) -> None:
    if is_all:
        order.cancel(reason=reason)
    else:
        order.revision += 1
        follow(order, at=at, actor=actor)
    audit.save(order, at=at, actor=actor, reason=reason, touches=[order.customer.label])


def _record(
    order: Order, quantities: Mapping[int, Decimal], *, reason: str, at: datetime, actor: Actor
) -> None:
    lines = lines_of(order)
    changes = {
        f"line {lines[line_id].position} cancelled": (
            lines[line_id].cancelled - quantity,
            lines[line_id].cancelled,
        )
        for line_id, quantity in quantities.items()
    }
    if changes:
        audit.record(
            order.label, "cancel lines", at=at, actor=actor, changes=changes, reason=reason
        )


def free_of(line: OrderLine) -> Decimal:
    """Return how much of a line is neither cancelled nor on its way: what can be cancelled."""
    return line.ordered - line.cancelled - max(line.picking, line.shipped)


def _ensure_free(line: OrderLine, quantity: Decimal) -> None:
    """Raise unless so much of the line is neither cancelled nor on its way."""
    free = free_of(line)
    if not quantity.is_finite() or quantity <= 0:
        raise InvalidInput(_("Enter a quantity above zero."), field="quantity")
    if quantity > free:
        raise AlreadyPicked(
            _(
                "Line %(position)s: %(free)s can still be cancelled, the rest is being picked"
                " or gone. Stop its pick list first, or take the goods back as a return."
            )
            % {"position": line.position, "free": f"{free.normalize():f}"},
            field="quantity",
        )
