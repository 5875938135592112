"""Accounts as lists and pages show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from credit.models import (
    CreditAccount,
    CreditCheck,
    CreditDecision,
    ExposureEntry,
    Guarantee,
    Hold,
    PaymentBehaviour,
)
from credit.selectors import together
from customers.models import Customer
from o2c.kernel.money import ZERO
from o2c.kernel.text import fold
from o2c.kernel.ui.figures import Text, money_in
from orders.models import Order

PAGE_SIZE = 50
SOON = timedelta(days=30)
Kind = ExposureEntry.Kind
SHOW = ("all", "over", "ending", "held")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of exposure in a gauge, with its colour."""

    label: Text
    amount: Decimal
    colour: str


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """What a customer owes and will owe, against the limit; amounts in the account's currency."""

    parts: Sequence[Part]
    exposure: Decimal
    limit: Decimal
    currency: str

    @property
    def over_limit(self) -> Decimal:
        return self.exposure - self.limit

    @property
    def available(self) -> Decimal:
        return self.limit - self.exposure

    @property
    def bar(self) -> list[tuple[Decimal, str]]:
        return [(part.amount, part.colour) for part in self.parts]

    @property
    def whole(self) -> Decimal:
        return max(self.exposure, self.limit) * Decimal("1.1") or Decimal(1)

    @property
    def marks(self) -> list[Decimal]:
        return [self.limit] if self.limit else []

    @property
    def label(self) -> str:
        return _("%(exposure)s of a limit of %(limit)s") % {
            "exposure": money_in(self.exposure, self.currency),
            "limit": money_in(self.limit, self.currency),
        }


COLOURS = {
    Kind.OPEN_ITEM: "f2",
    Kind.SHIPPED_UNBILLED: "a1",
    Kind.OPEN_ORDER: "f1s",
    Kind.UNAPPLIED_CASH: "fok",
}


def account_for_page(customer: Customer, *, today: date) -> CreditAccount:
    """Return the customer's account with all that a check asks of it, as it is on a day.

    Where nobody has needed one yet it is empty. One statement, and one for a group.
    """
    (known,) = together.read([customer], today=today)
    account = known.account
    if account.pk is None:
        account.pk, account.currency = customer.pk, customer.currency
    account.customer = customer
    if account.group is not None:
        account.group.exposure = together.owed_by([account.group.pk])[account.group.pk]
    return account


def list_accounts(
    *, text: str, show: str, today: date, after: Customer | None
) -> QuerySet[CreditAccount]:
    """Return accounts by customer name: one more than a page holds, so that one sees the end.

    Args:
        show: `over` the limit, approval `ending` soon or ended, `held`, or `all`.
        after: the last customer of the page before.
    """
    held = Hold.objects.stopping_customers().filter(customer=OuterRef("pk"))
    valid = Guarantee.objects.filter(
        customer=OuterRef("pk"), withdrawn_at=None, valid_from__lte=today, valid_until__gte=today
    )
    sums = valid.order_by().values("customer").annotate(total=Sum("amount")).values("total")
    accounts = CreditAccount.objects.select_related("customer", "latest_decision").annotate(
        is_held=Exists(held),
        backing=Coalesce(Subquery(sums), ZERO),  # type: ignore[no-redef]  # that very attribute
    )
    narrowed = {
        "over": Q(exposure__gt=F("limit") + F("backing")),
        "ending": Q(latest_decision__valid_until__lte=today + SOON),
        "held": Q(is_held=True),
    }
    accounts = accounts.filter(narrowed.get(show, Q()))
    for word in fold(text).split():
        named = Q(customer__folded_name__contains=word)
        accounts = accounts.filter(named | Q(customer__number__istartswith=word))
    if after is not None:
        same_name = Q(customer__folded_name=after.folded_name, pk__gt=after.pk)
        accounts = accounts.filter(Q(customer__folded_name__gt=after.folded_name) | same_name)
    return accounts.order_by("customer__folded_name", "pk")[: PAGE_SIZE + 1]


def approvals_ending(today: date) -> QuerySet[CreditAccount]:
    """Return the accounts whose approval has ended or ends soon."""
    return CreditAccount.objects.filter(latest_decision__valid_until__lte=today + SOON)


def gauge_of(
    account: CreditAccount, *, this_order: Decimal = ZERO, on: date | None = None
) -> Gauge:
    """Split the account's exposure by kind; `this_order` is added, it is not entered yet.

    With `on`, open invoices are split into what is overdue on that day and what is not.
    """
    sums = ExposureEntry.objects.filter(account=account.pk).values_list("kind")
    amounts = dict(sums.annotate(total=Sum("amount")))
    parts = [
        Part(label=kind.label.capitalize(), amount=amounts[kind], colour=colour)
        for kind, colour in COLOURS.items()
        if amounts.get(kind)
    ]
    if on is not None:
        parts = [*_overdue_parts(account, parts, on=on)]
    if this_order:
        parts.append(Part(label=_("This order"), amount=this_order, colour="f1"))
    return Gauge(
        parts=parts,
        exposure=account.exposure + this_order,
        limit=account.effective_limit,
        currency=account.currency,
    )


def _overdue_parts(account: CreditAccount, parts: Sequence[Part], *, on: date) -> Iterator[Part]:
    behaviour = PaymentBehaviour.objects.filter(account=account.pk).first()
    for part in parts:
        if part.colour != COLOURS[Kind.OPEN_ITEM] or behaviour is None:
            yield part
            continue
        overdue = min(behaviour.overdue_amount, part.amount)
        days = behaviour.days_overdue(on)
        if overdue > 0 and days:
            label = _("Overdue, oldest %(days)s days") % {"days": days}
            yield Part(label=label, amount=overdue, colour="fb")
        if part.amount > overdue or not days:
            label = _("Not yet due") if days else str(part.label)
            yield Part(label=label, amount=part.amount - (overdue if days else 0), colour="f2")


def holds_that_stand(customer_id: int) -> QuerySet[Hold]:
    """Return what stops everything of a customer, oldest first; single orders have their own."""
    holds = Hold.objects.stopping_customers().filter(customer=customer_id)
    return holds.order_by("placed_at", "pk")


def past_holds(customer_id: int) -> QuerySet[Hold]:
    holds = Hold.objects.filter(customer=customer_id, order=None).exclude(released_at=None)
    return holds.order_by("-released_at", "-pk")[:10]


def latest_decisions(customer_id: int) -> QuerySet[CreditDecision]:
    decisions = CreditDecision.objects.filter(customer=customer_id)
    return decisions.select_related("guideline").order_by("-pk")[:10]


def latest_entries(customer_id: int) -> QuerySet[ExposureEntry]:
    return ExposureEntry.objects.filter(account=customer_id).order_by("-pk")[:20]


def latest_checks(order_id: int) -> QuerySet[CreditCheck]:
    return CreditCheck.objects.filter(order=order_id).order_by("-pk")[:5]


def open_orders(customer_id: int) -> QuerySet[Order]:
    """Return the customer's orders that are not fully invoiced, newest first."""
    orders = Order.objects.filter(customer=customer_id, state__in=Order.OPEN)
    return orders.order_by("-pk")[:20]
