"""What every decision of a person must satisfy: a reason, four eyes, sensible amounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import CreditApplication
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.models import AuditEntry
from o2c.kernel.money import round_money
from orders.models import Order

# An approval is looked at again after this time at the latest.
LONGEST_VALIDITY = timedelta(days=3 * 365)
# What the tables can hold.
LARGEST_AMOUNT = Decimal("999999999999.999")
LONGEST_REASON = 300


class OwnOrder(DomainError):
    """Who asks for credit does not decide about it."""

    code = "own_order"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A limit in the account's currency, tax included, and the last day on which it holds.

    `next_review_on` is when somebody looks at it again; None: when it ends.
    """

    limit: Decimal
    valid_until: date
    next_review_on: date | None = None


def ensure_reason(reason: str) -> None:
    """Raise InvalidInput unless somebody said why, in words that the tables can hold."""
    if not reason.strip():
        raise InvalidInput(_("Say why; the next person will want to know."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(
            _("Say it in %(count)s characters.") % {"count": LONGEST_REASON}, field="reason"
        )


def ensure_not_own(orders: Iterable[Order], actor: Actor) -> None:
    """Raise OwnOrder if the actor owns or entered one of the orders."""
    numbers = {order.label: order.number for order in orders}
    entered = AuditEntry.objects.filter(
        action="create", subject__in=numbers, actor_kind=actor.kind, actor_id=actor.id
    ).values_list("subject", flat=True)
    owned = [
        order.label for order in orders if actor.kind == "user" and actor.id == str(order.owner_id)
    ]
    for label in [*owned, *entered]:
        raise OwnOrder(
            _("%(order)s is your own order: somebody else has to decide.")
            % {"order": numbers[label]}
        )


def ensure_not_asked_by(application: CreditApplication, actor: Actor) -> None:
    """Raise OwnOrder if the actor has applied by hand; what an order opens is the order's."""
    if application.order_id is not None:
        return
    created = AuditEntry.objects.filter(
        action="create", subject=application.label, actor_kind=actor.kind, actor_id=actor.id
    )
    if created.exists():
        raise OwnOrder(
            _("%(application)s is your own application: somebody else has to decide.")
            % {"application": application}
        )


def ensure_grant(
    limit: Decimal,
    valid_until: date | None,
    next_review_on: date | None = None,
    *,
    currency: str,
    at: datetime,
) -> Grant:
    """Return the limit, rounded, with its validity. Raises InvalidInput."""
    if not 0 <= limit <= LARGEST_AMOUNT:
        raise InvalidInput(_("Enter a limit of zero or more."), field="limit")
    today = local_date(at, the_company())
    if valid_until is None or valid_until <= today:
        raise InvalidInput(_("Enter a date after today."), field="valid_until")
    if valid_until > today + LONGEST_VALIDITY:
        raise InvalidInput(
            _("Credit is looked at again after three years at the latest."), field="valid_until"
        )
    if next_review_on is not None and not today < next_review_on <= valid_until:
        raise InvalidInput(
            _("Look at it again after today, and before the approval ends."),
            field="next_review_on",
        )
    return Grant(
        limit=round_money(limit, currency), valid_until=valid_until, next_review_on=next_review_on
    )
