"""When a decision needs a second signature: from the policy's amount on, small ones together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Sum

from credit.models import CreditApplication, CreditDecision, CreditProposal, OrderRelease
from credit.policy import active_policy
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from orders.models import Order

Kind = CreditProposal.Kind
# What one person decides for one customer within this time counts together.
TOGETHER = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to decide; amounts include tax, in the customer's currency."""

    kind: str
    customer: Customer
    amount: Decimal
    valid_until: date
    reason: str
    next_review_on: date | None = None
    application: CreditApplication | None = None
    order: Order | None = None


def needs_second(wish: Wish, *, at: datetime, actor: Actor) -> bool:
    """Say whether a decision of this person needs another one's signature.

    The policy's amount is compared in the customer's currency, as nothing is converted. To it
    counts what the same person has decided for this customer lately, so that several small
    decisions are no way around: a limit with the permissions given besides, a permission with
    the others and the highest limit.
    """
    threshold = active_policy().second_signature_from
    if threshold is None or actor.kind != "user":
        return False
    return wish.amount + decided_lately(wish, at=at, who=actor.name) >= threshold


def decided_lately(wish: Wish, *, at: datetime, who: str) -> Decimal:
    """Return what counts together with the wish: decided by this person in the last 30 days."""
    permissions = OrderRelease.objects.filter(
        order__customer=wish.customer, released_by=who, released_at__gte=at - TOGETHER
    )
    if wish.order is not None:
        permissions = permissions.exclude(order=wish.order)
    total: Decimal = permissions.aggregate(total=Sum("amount"))["total"] or ZERO
    if wish.kind != Kind.RELEASE:
        return total
    limits = CreditDecision.objects.filter(
        customer=wish.customer, decided_by=who, decided_at__gte=at - TOGETHER, countersigned_by=""
    )
    return total + (limits.aggregate(highest=Max("limit"))["highest"] or ZERO)
