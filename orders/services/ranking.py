"""Whom scarce stock goes to first, where an order is another case than its customer."""

from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services.locking import lock_order


class NothingToRank(DomainError):
    """An order that waits for no goods any more."""

    code = "order_waits_for_nothing"


@service
def set_priority(order_id: int, *, priority: int | None, at: datetime, actor: Actor) -> Order:
    """Rank an order from 1, the first, to 9 wherever stock is shared out; None: as its customer.

    What is allocated already stays where it is: the next share-out follows the new rank.

    Raises:
        Order.DoesNotExist: no such order.
        NothingToRank: all of it has gone, or it was cancelled.
        InvalidInput: no such priority.
    """
    order = lock_order(order_id)
    if order.state not in (Order.State.DRAFT, *Order.OPEN):
        raise NothingToRank(_("%(order)s waits for no goods any more.") % {"order": order.number})
    if priority is not None and priority not in Customer.PRIORITIES:
        message = _("Enter a priority from 1, the first to get what is scarce, to 9.")
        raise InvalidInput(message, field="priority")
    order.priority = priority
    audit.save(order, at=at, actor=actor)
    return order
