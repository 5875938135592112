"""Receipts that want work, and what each of them most likely pays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from collection.models import Receipt
from customers.models import Customer
from customers.selectors import search_customers
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import Text
from receivables.models import Application, Dispute, OpenItem

# More items than this are found by number, not by scrolling.
MOST_ITEMS = 200
MOST_RECEIPTS = 100
# An invoice number in a payer's words: its digits count when they are this many.
SHORTEST_NUMBER = 4

NUMBER_IN_TEXT = _("number in text")
EXACT_AMOUNT = _("amount is exact")
OLDEST_DUE = _("oldest due")
DISPUTED = _("disputed")


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An open item, how much of the money it should take (0: none), and why."""

    item: OpenItem
    amount: Decimal
    why: Text


@dataclass(frozen=True, kw_only=True)
class CashList:
    """One view of the receipts, and how many each view holds."""

    receipts: Sequence[Receipt]
    open_count: int
    unknown_count: int
    applied_count: int


def cash_list(view: str) -> CashList:
    """Return receipts: `open` oldest first, `unknown` payers alone, or `applied` newest first."""
    state = Receipt.State
    counts = Receipt.objects.aggregate(
        open=Count("pk", filter=~Q(state=state.APPLIED)),
        unknown=Count("pk", filter=Q(state=state.UNIDENTIFIED)),
        applied=Count("pk", filter=Q(state=state.APPLIED)),
    )
    receipts = Receipt.objects.select_related("customer", "reserved_for")
    chosen = {
        "unknown": receipts.filter(state=state.UNIDENTIFIED).order_by("received_on", "pk"),
        "applied": receipts.filter(state=state.APPLIED).order_by("-received_on", "-pk"),
    }
    listed = chosen.get(view, receipts.exclude(state=state.APPLIED).order_by("received_on", "pk"))
    return CashList(
        receipts=list(listed[:MOST_RECEIPTS]),
        open_count=counts["open"],
        unknown_count=counts["unknown"],
        applied_count=counts["applied"],
    )


def items_of(customer_id: int, currency: str) -> "QuerySet[OpenItem]":
    """Return a customer's items, oldest due first, each with `is_disputed`."""
    standing = Dispute.objects.filter(item=OuterRef("pk"), state__in=Dispute.STANDING)
    items = OpenItem.objects.filter(customer_id=customer_id, currency=currency)
    items = items.annotate(is_disputed=Exists(standing))
    return items.select_related("invoice").order_by("due_on", "pk")


def open_items_of(customer_id: int, currency: str) -> "QuerySet[OpenItem]":
    return items_of(customer_id, currency).filter(state=OpenItem.State.OPEN)


def the_one_customer(typed: str) -> Customer | None:
    """Return the customer of this number, or the only one whose name fits; None if it is open."""
    found = list(search_customers(typed, limit=2))
    by_number = [customer for customer in found if customer.number.casefold() == typed.casefold()]
    if len(found) == 1 or by_number:
        return (by_number or found)[0]
    return None


def suggest_items(
    customer: Customer, *, amount: Decimal, text: str, also: Iterable[int] = ()
) -> list[Suggestion]:
    """Spread money over a customer's open items: first what the payer's text names, then an item
    of exactly this amount, then the oldest due. Disputed items take money only when named.

    Items of `also` are listed even if they were paid meanwhile.
    """
    items = list(open_items_of(customer.pk, customer.currency)[:MOST_ITEMS])
    missing = set(also) - {item.pk for item in items}
    if missing:
        items += items_of(customer.pk, customer.currency).filter(pk__in=missing)
    ranked = sorted(items, key=lambda item: _rank(item, amount, text))
    left = amount
    suggestions = []
    for item in ranked:
        rank = _rank(item, amount, text)
        share = min(left, item.balance) if rank < DISPUTED_RANK else ZERO
        left -= share
        suggestions.append(Suggestion(item=item, amount=share, why=REASONS[rank]))
    return suggestions


NAMED_RANK, EXACT_RANK, OLDEST_RANK, DISPUTED_RANK = range(4)
REASONS = (NUMBER_IN_TEXT, EXACT_AMOUNT, OLDEST_DUE, DISPUTED)


def _rank(item: OpenItem, amount: Decimal, text: str) -> int:
    if names(text, item.invoice.number or ""):
        return NAMED_RANK
    if item.is_disputed:  # type: ignore[attr-defined]
        return DISPUTED_RANK
    return EXACT_RANK if item.balance == amount else OLDEST_RANK


def names(text: str, number: str) -> bool:
    """Say whether the text holds a document's number: `INV-00042`, `inv 42`, or `20702` alone."""
    count = number.rpartition("-")[2].lstrip("0")
    if not count:
        return False
    if spells(text, number):
        return True
    return len(count) >= SHORTEST_NUMBER and count in re.findall(r"\w+", text.casefold())


def spells(text: str, number: str) -> bool:
    """Say whether the text holds a document's number with its series: `PF-10001`, `pf 10001`."""
    series, _dash, digits = number.casefold().rpartition("-")
    written = rf"(?<!\w){re.escape(series)}\W*0*{digits.lstrip('0')}(?!\d)"
    return re.search(written, text.casefold()) is not None


def applications_of(receipt: Receipt) -> "QuerySet[Application]":
    """Return what became of a receipt, newest first; an application taken back has `reversal`."""
    applications = Application.objects.filter(source=receipt.label, reverses=None)
    return applications.select_related("item__invoice", "reversal").order_by("-pk")
