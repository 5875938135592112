"""What is overdue: open, undisputed, and past its due date by more than the customer's grace."""

from collections.abc import Iterable
from datetime import date

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, QuerySet

from collection.models import DunningNotice
from credit.models import Hold
from receivables.models import Dispute, OpenItem


def overdue_items(as_of: date) -> "QuerySet[OpenItem]":
    """Return the open items whose due date and grace days are over on `as_of`.

    An item with a standing dispute is not overdue, whatever part of it is disputed.
    """
    last_day = ExpressionWrapper(F("due_on") + F("customer__grace_days"), output_field=DateField())
    late = OpenItem.objects.filter(state=OpenItem.State.OPEN, due_on__lt=as_of)
    return undisputed(late).alias(last_day=last_day).filter(last_day__lt=as_of)


def undisputed(items: "QuerySet[OpenItem]") -> "QuerySet[OpenItem]":
    standing = Dispute.objects.filter(item=OuterRef("pk"), state__in=Dispute.STANDING)
    return items.exclude(Exists(standing))


def overdue_without_hold(as_of: date) -> "QuerySet[OpenItem]":
    """Return what is overdue of customers whom no overdue hold has stopped yet."""
    held = Hold.objects.stopping_customers().filter(
        customer=OuterRef("customer_id"), kind=Hold.Kind.OVERDUE
    )
    return overdue_items(as_of).exclude(Exists(held))


def items_to_dun(notice: DunningNotice) -> "QuerySet[OpenItem]":
    """Return the items of a letter that are still open and undisputed, oldest first."""
    items = OpenItem.objects.filter(dunned__notice=notice, state=OpenItem.State.OPEN)
    return undisputed(items).select_related("invoice").order_by("due_on", "pk")


def still_open(item_ids: Iterable[int]) -> "QuerySet[OpenItem]":
    """Return those of the items that are not paid by now, oldest first."""
    items = OpenItem.objects.filter(pk__in=list(item_ids), state=OpenItem.State.OPEN)
    return items.select_related("invoice").order_by("due_on", "pk")
