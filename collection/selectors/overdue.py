"""What is overdue: open, undisputed, and past its due date by more than the customer's grace."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from collection.models import DunningNotice
from credit.models import Hold
from receivables.models import OpenItem
from receivables.unpaid import overdue_items, undisputed


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
