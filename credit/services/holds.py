"""Holds: while one stands, nothing more of the customer is released."""

from datetime import datetime

from django.utils.translation import gettext as _

from credit.events import HoldPlaced, HoldReleased
from credit.models import Hold
from credit.services.accounts import active_holds
from credit.services.reviews import recheck_waiting
from credit.services.scruples import ensure_reason
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


class OnHold(DomainError):
    """The customer is on credit hold."""

    code = "on_hold"


@service
def ensure_not_held(customer_id: int) -> None:
    """Raise unless more of the customer's orders may go on.

    Raises:
        OnHold: a hold stands; the message says which.
    """
    customer = lock(Customer, customer_id)
    holds = active_holds(customer)
    if holds:
        reasons = "; ".join(hold.reason for hold in holds)
        raise OnHold(
            _("%(customer)s is on credit hold: %(reasons)s.")
            % {"customer": customer, "reasons": reasons.rstrip(".")}
        )


@service
def place_hold(customer_id: int, *, kind: str, reason: str, at: datetime, actor: Actor) -> Hold:
    """Stop new releases for the customer. A hold of this kind that stands is kept as it is.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: the reason is missing or too long, or there is no such kind.
    """
    ensure_reason(reason)
    if kind not in Hold.Kind:
        raise InvalidInput(_("There is no such kind of hold."), field="kind")
    customer = lock(Customer, customer_id)
    holds = active_holds(customer)
    standing = next((hold for hold in holds if hold.kind == kind), None)
    if standing is not None:
        return standing
    hold = Hold(customer=customer, kind=kind, reason=reason, placed_at=at, placed_by=actor.name)
    audit.create(hold, at=at, actor=actor, touches=[customer.label])
    holds.append(hold)
    publish(HoldPlaced(hold_id=hold.pk, at=at, actor=actor))
    return hold


@service
def release_hold(customer_id: int, *, kind: str, reason: str, at: datetime, actor: Actor) -> bool:
    """End the customer's hold of this kind and let waiting orders go on; False: none stood.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: the reason is missing or too long.
    """
    ensure_reason(reason)
    customer = lock(Customer, customer_id)
    holds = active_holds(customer)
    hold = next((hold for hold in holds if hold.kind == kind), None)
    if hold is None:
        return False
    holds.remove(hold)
    hold.released_at, hold.released_by, hold.release_reason = at, actor.name, reason
    audit.save(hold, at=at, actor=actor, reason=reason, touches=[customer.label])
    recheck_waiting(customer_id, at=at, actor=actor)
    publish(HoldReleased(hold_id=hold.pk, at=at, actor=actor))
    return True
