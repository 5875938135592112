"""What stands behind a customer's limit, and the family that shares one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from credit.models import CreditAccount, CreditGroup, Guarantee
from credit.selectors.accounts import SOON
from customers.models import Customer
from o2c.kernel.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Backing:
    """A guarantee with how it stands on a day: `valid`, `ending` soon, `later`, `over` or
    `withdrawn`.
    """

    guarantee: Guarantee
    standing: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """A parent with the customers that belong to it, and what they may owe together, if a limit
    says so. Amounts include tax and are in the group's currency.
    """

    parent: Customer
    is_parent: bool
    members: int
    group: CreditGroup | None
    exposure: Decimal


def guarantees_of(customer_id: int, *, today: date) -> list[Backing]:
    """Return the customer's guarantees, those that end last first."""
    found = Guarantee.objects.filter(customer=customer_id).select_related("document")
    ordered = found.order_by("-valid_until", "-pk")[:50]
    return [Backing(guarantee=one, standing=_standing(one, today)) for one in ordered]


def group_of(customer: Customer) -> Family | None:
    """Return the family that a customer belongs to or heads; None: it stands alone."""
    parent = customer.parent or customer
    members = Customer.objects.filter(Q(parent=parent) | Q(pk=parent.pk))
    count = members.count()
    if count == 1:
        return None
    owed = CreditAccount.objects.filter(customer__in=members).aggregate(total=Sum("exposure"))
    return Family(
        parent=parent,
        is_parent=parent.pk == customer.pk,
        members=count,
        group=CreditGroup.objects.filter(pk=parent.pk).first(),
        exposure=owed["total"] or ZERO,
    )


def _standing(guarantee: Guarantee, today: date) -> str:
    if guarantee.withdrawn_at is not None:
        return "withdrawn"
    if guarantee.valid_until < today:
        return "over"
    if guarantee.valid_from > today:
        return "later"
    return "ending" if guarantee.valid_until <= today + SOON else "valid"
