"""What a customer has still to pay, for whoever asks before an order goes on."""

from datetime import date

from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.fields import DecimalField

from credit.debts import Debts
from o2c.kernel.money import ZERO
from orders.waiting import Unpaid
from receivables.models import Dispute, OpenItem

MOST_INVOICES = 50


def overdue_items(as_of: date) -> "QuerySet[OpenItem]":
    """Return the open items whose due date and grace days are over on `as_of`.

    An item with a standing dispute is not overdue, whatever part of it is disputed.
    """
    late = OpenItem.objects.filter(state=OpenItem.State.OPEN, due_on__lt=as_of)
    return undisputed(late).alias(last_day=_last_day()).filter(last_day__lt=as_of)


def undisputed(items: "QuerySet[OpenItem]") -> "QuerySet[OpenItem]":
    standing = Dispute.objects.filter(item=OuterRef("pk"), state__in=Dispute.STANDING)
    return items.exclude(Exists(standing))


def debts_of(customer_id: int, currency: str, today: date) -> Debts:
    """Return what is to be paid: undisputed, in one currency, oldest due first; one statement."""
    items = OpenItem.objects.filter(
        customer=customer_id, currency=currency, state=OpenItem.State.OPEN
    )
    balance = F("amount") - F("applied")
    is_late = Q(last_day__lt=today)
    late = Case(When(is_late, then=balance), default=Value(ZERO), output_field=DecimalField())
    found = list(
        undisputed(items)
        .alias(last_day=_last_day())
        .annotate(
            late=Case(When(is_late, then=Value(1)), default=Value(0)),
            overdue=Window(Sum(late)),
        )
        .select_related("invoice")
        .order_by("-late", "due_on", "pk")[:MOST_INVOICES]
    )
    return Debts(
        overdue=found[0].overdue if found else ZERO,
        late=sum(item.late for item in found),
        invoices=[
            Unpaid(number=item.invoice.number or "", due_on=item.due_on, open_amount=item.balance)
            for item in found
        ],
    )


def _last_day() -> Combinable:
    days = F("due_on") + F("customer__grace_days")
    return ExpressionWrapper(days, output_field=DateField())
