"""What people decide about single orders beyond the rules."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.events import OrderCreditDecided
from credit.models import CreditCheck, CreditProposal, OrderRelease
from credit.second_signature import Kind, Wish, needs_second
from credit.services.proposals import lapse_of_order, propose
from credit.services.reviews import review_order
from credit.services.scruples import LARGEST_AMOUNT, ensure_not_own, ensure_reason
from credit.splitting import fitting_quantities
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.money import round_money
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import money_in
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross


class NotReleased(DomainError):
    """The permission would not let the order go on."""

    code = "not_released"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Up to which amount (tax included) and until when a person lets an order go on, and why."""

    amount: Decimal
    expires_on: date
    reason: str


@service
def release_order(
    order_id: int,
    *,
    amount: Decimal,
    expires_on: date,
    reason: str,
    at: datetime,
    actor: Actor,
    seen: str = "",
) -> OrderRelease | CreditProposal:
    """Let one order go on beyond the rules, up to an amount (tax included) and until a date.

    It covers limits and the rules of the policy; a hold of the customer and an approval that is
    missing are decided on their own.

    An amount that asks for a second signature is proposed only: the order waits on.

    Args:
        seen: the mark of the order as it was shown; empty: it was not looked at.

    Raises:
        Customer.DoesNotExist: no such order.
        TransitionNotAllowed: the order does not wait.
        ChangedMeanwhile: it is another than the one that was shown.
        OwnOrder: the actor entered or owns the order.
        ProposalWaits: the same is proposed already.
        InvalidInput: the amount does not cover the order, the date is past, no reason is given.
        NotReleased: a hold or a missing approval keeps the order; nothing is kept.
    """
    permission = Permission(amount=amount, expires_on=expires_on, reason=reason)
    order = _checked(order_id, permission, seen=seen, at=at, actor=actor)
    _ensure_covers(order, amount)
    wish = _wish(order, permission)
    if needs_second(wish, at=at, actor=actor):
        return propose(wish, at=at, actor=actor)
    return let_go(order, permission, by=actor.name, at=at, actor=actor)


@service
def release_part(
    order_id: int,
    *,
    amount: Decimal,
    expires_on: date,
    reason: str,
    at: datetime,
    actor: Actor,
    seen: str = "",
) -> Order | CreditProposal:
    """Let what fits an amount go on; the rest becomes an order of its own, which waits.

    Of each line, from the first, so many whole units go on as fit. The rest keeps prices, place,
    terms and days, names the first order, and is looked at by credit like any other: it goes on
    by itself when payments or a higher limit make room. Return the rest.

    Raises:
        Customer.DoesNotExist: no such order.
        TransitionNotAllowed: the order does not wait.
        ChangedMeanwhile: it is another than the one that was shown.
        OwnOrder: the actor entered or owns the order.
        ProposalWaits: the same is proposed already.
        NotDivisible: the customer takes it in whole.
        InvalidInput: nothing fits, all of it does, the date is past, no reason is given.
        NotReleased: a hold or a missing approval keeps the order; nothing is kept.
    """
    permission = Permission(amount=amount, expires_on=expires_on, reason=reason)
    order = _checked(order_id, permission, seen=seen, at=at, actor=actor)
    orders.ensure_divisible(order)
    part_of(order, amount)
    wish = _wish(order, permission)
    if needs_second(wish, at=at, actor=actor):
        return propose(wish, at=at, actor=actor)
    return let_part_go(order, permission, by=actor.name, at=at, actor=actor)


@service
def decline_order(
    order_id: int, *, reason: str, at: datetime, actor: Actor, seen: str = ""
) -> Order:
    """Decline one waiting order; the customer's credit stays as it is.

    Raises:
        Customer.DoesNotExist: no such order.
        TransitionNotAllowed: the order does not wait.
        ChangedMeanwhile: it is another than the one that was shown.
        OwnOrder: the actor entered or owns the order.
        InvalidInput: no reason is given.
    """
    order = orders.lock_order(order_id)
    refuse_if_changed(order, seen=seen)
    ensure_reason(reason)
    ensure_not_own([order], actor)
    declined = orders.decline_order(
        order_id, reason=_("Credit declined: %s") % reason, at=at, actor=actor
    )
    lapse_of_order(order, why=_("Declined."), at=at, actor=actor)
    publish(OrderCreditDecided(order_id=order_id, outcome="declined", at=at, actor=actor))
    return declined


def let_go(
    order: Order, permission: Permission, *, by: str, at: datetime, actor: Actor
) -> OrderRelease:
    """Release a locked order in the running step; `by` has decided it."""
    release = _permit(order, permission, by=by, at=at, actor=actor)
    publish(OrderCreditDecided(order_id=order.pk, outcome="released", at=at, actor=actor))
    return release


def let_part_go(
    order: Order, permission: Permission, *, by: str, at: datetime, actor: Actor
) -> Order:
    """Release what fits of a locked order in the running step; return the order of the rest."""
    rest = part_of(order, permission.amount)
    taken = Actor.job("credit.release_part", on_behalf_of=actor.name)
    note = _("Waits for credit as an order of its own. %s") % permission.reason
    orders.take_off(order.pk, quantities=rest, note=note[:300], at=at, actor=actor)
    _permit(order, permission, by=by, at=at, actor=actor)
    waiting = orders.order_rest(order.pk, quantities=rest, at=at, actor=taken)
    publish(
        OrderCreditDecided(
            order_id=order.pk, outcome="part", rest_id=waiting.pk, at=at, actor=actor
        )
    )
    return waiting


def part_of(order: Order, amount: Decimal) -> dict[int, Decimal]:
    """Return `{line id: quantity}` of what does not fit an amount, tax included.

    Raises:
        InvalidInput: nothing of the order fits, or all of it does.
    """
    lines = orders.lines_of(order)
    fits = fitting_quantities(order, lines, amount)
    if not any(fits.values()):
        raise InvalidInput(_("Not one unit of the order fits this amount."), field="amount")
    rest = {
        pk: line.open_quantity - fits[pk]
        for pk, line in lines.items()
        if line.open_quantity > fits[pk]
    }
    if not rest:
        raise InvalidInput(_("All of the order fits this amount: release it."), field="amount")
    return rest


def _permit(
    order: Order, permission: Permission, *, by: str, at: datetime, actor: Actor
) -> OrderRelease:
    release = OrderRelease(
        order=order,
        amount=round_money(permission.amount, order.currency),
        expires_on=permission.expires_on,
        reason=permission.reason,
        released_at=at,
        released_by=by,
    )
    audit.create(release, at=at, actor=actor, touches=[order.label])
    check = review_order(order.pk, at=at, actor=actor)
    if check.outcome != CreditCheck.Outcome.ALLOW:
        why = " ".join(r["message"] for r in check.reasons if r["outcome"] == check.outcome)
        raise NotReleased(_("A permission is not all that it needs. %s") % why)
    lapse_of_order(order, why=_("Decided otherwise."), at=at, actor=actor)
    return release


def _checked(
    order_id: int, permission: Permission, *, seen: str, at: datetime, actor: Actor
) -> Order:
    order = orders.lock_order(order_id)
    orders.ensure_waits(order)
    refuse_if_changed(order, seen=seen)
    ensure_reason(permission.reason)
    ensure_not_own([order], actor)
    if permission.expires_on < local_date(at, the_company()):
        raise InvalidInput(_("This date is past."), field="expires_on")
    return order


def _wish(order: Order, permission: Permission) -> Wish:
    return Wish(
        kind=Kind.RELEASE,
        customer=lock(Customer, order.customer_id),
        order=order,
        amount=round_money(permission.amount, order.currency),
        valid_until=permission.expires_on,
        reason=permission.reason,
    )


def _ensure_covers(order: Order, amount: Decimal) -> None:
    owed = open_gross(order, orders.lines_of(order))
    if not owed <= amount <= LARGEST_AMOUNT:
        raise InvalidInput(
            _("The order comes to %(owed)s: permit at least that.")
            % {"owed": money_in(owed, order.currency)},
            field="amount",
        )
