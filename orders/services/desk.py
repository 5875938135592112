"""What the sales desk changes on many orders: who looks after them, and the day asked for."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import User
from o2c.kernel.transactions import service
from orders import validation
from orders.amendments import AmendmentChanges
from orders.models import Order
from orders.services.amending import amend_order
from orders.services.approving import void_approval
from orders.services.facts import facts_of_draft
from orders.services.findings import follow_findings
from orders.services.locking import lines_of, lock_order

DEFAULT_REASON = "requested date changed"


@service
def assign_owner(order_id: int, *, owner_id: int, at: datetime, actor: Actor) -> Order:
    """Let somebody else look after an order.

    Raises:
        Order.DoesNotExist: no such order.
        InvalidInput: nobody of ours is called so, or they enter no orders.
    """
    order = lock_order(order_id)
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    if owner is None or not owner.has_perm("orders.enter_order"):
        raise InvalidInput(_("Choose somebody who enters orders."), field="owner")
    order.owner = owner
    return audit.save(order, at=at, actor=actor)


@service
def change_requested_date(
    order_id: int, *, requested_on: date, at: datetime, actor: Actor
) -> Order:
    """Ask for an order on another day: a draft is changed, what was handed over is amended.

    Lines with a day of their own keep it.

    Raises:
        NotAmendable: nothing of the order is left to be changed.
        OrderInvalid: the day is over, or the rules find something else.
    """
    order = lock_order(order_id)
    if order.state != Order.State.DRAFT:
        changes = AmendmentChanges(requested_on=requested_on)
        amend_order(order.pk, changes=changes, reason=DEFAULT_REASON, at=at, actor=actor)
        return order
    if requested_on == order.requested_on:
        raise InvalidInput(_("It is asked for on that day already."), field="requested_on")
    moved = [line for line in lines_of(order).values() if line.requested_on == order.requested_on]
    order.requested_on = requested_on
    for line in moved:
        line.requested_on = requested_on
    order.revision += 1
    void_approval(order, at=at, actor=actor)
    audit.save(order, at=at, actor=actor)
    if moved:
        rows.update_many(moved, ["requested_on"])
    found = validation.findings_of(facts_of_draft(order, at=at))
    past = [one for one in found if one.rule == "date_in_past"]
    if past:
        raise validation.OrderInvalid(past)
    follow_findings(order, found, at=at, actor=actor)
    return order
