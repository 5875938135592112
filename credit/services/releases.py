"""What people decide about single orders beyond the rules."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import CreditCheck, OrderRelease
from credit.services.reviews import review_order
from credit.services.scruples import LARGEST_AMOUNT, ensure_not_own, ensure_reason
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.money import round_money
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import money_in
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross


class NotReleased(DomainError):
    """The permission would not let the order go on."""

    code = "not_released"


@service
def release_order(
    order_id: int,
    *,
    amount: Decimal,
    expires_on: date,
    reason: str,
    at: datetime,
    actor: Actor,
) -> OrderRelease:
    """Let one order go on beyond the rules, up to an amount (tax included) and until a date.

    It covers limits and the rules of the policy; a hold of the customer and an approval that is
    missing are decided on their own.

    Raises:
        Customer.DoesNotExist: no such order.
        TransitionNotAllowed: the order does not wait.
        OwnOrder: the actor entered or owns the order.
        InvalidInput: the amount does not cover the order, the date is past, no reason is given.
        NotReleased: a hold or a missing approval keeps the order; nothing is kept.
    """
    order = orders.lock_order(order_id)
    ensure_reason(reason)
    ensure_not_own([order], actor)
    _ensure_covers(order, amount)
    if expires_on < local_date(at, the_company()):
        raise InvalidInput(_("This date is past."), field="expires_on")
    release = OrderRelease(
        order=order,
        amount=round_money(amount, order.currency),
        expires_on=expires_on,
        reason=reason,
        released_at=at,
        released_by=actor.name,
    )
    audit.create(release, at=at, actor=actor, touches=[order.label])
    check = review_order(order_id, at=at, actor=actor)
    if check.outcome != CreditCheck.Outcome.ALLOW:
        why = " ".join(r["message"] for r in check.reasons if r["outcome"] == check.outcome)
        raise NotReleased(_("A permission is not all that it needs. %s") % why)
    return release


@service
def decline_order(order_id: int, *, reason: str, at: datetime, actor: Actor) -> Order:
    """Decline one waiting order; the customer's credit stays as it is.

    Raises:
        Customer.DoesNotExist: no such order.
        TransitionNotAllowed: the order does not wait.
        OwnOrder: the actor entered or owns the order.
        InvalidInput: no reason is given.
    """
    order = orders.lock_order(order_id)
    ensure_reason(reason)
    ensure_not_own([order], actor)
    reason = _("Credit declined: %s") % reason
    return orders.decline_order(order_id, reason=reason, at=at, actor=actor)


def _ensure_covers(order: Order, amount: Decimal) -> None:
    owed = open_gross(order, orders.lines_of(order))
    if not owed <= amount <= LARGEST_AMOUNT:
        raise InvalidInput(
            _("The order comes to %(owed)s: permit at least that.")
            % {"owed": money_in(owed, order.currency)},
            field="amount",
        )
