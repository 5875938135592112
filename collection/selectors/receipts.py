"""Receipts that want work, and what each of them most likely pays."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from collection.models import Receipt
from o2c.kernel.ui.figures import Text
from receivables.models import Application, Dispute, OpenItem

ZERO = Decimal(0)
# More items than this are found by number, not by scrolling.
MOST_ITEMS = 200
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


def receipts_to_work() -> "QuerySet[Receipt]":
    """Return receipts that are not applied in full, oldest first."""
    receipts = Receipt.objects.exclude(state=Receipt.State.APPLIED)
    return receipts.select_related("customer").order_by("received_on", "pk")


def open_items_of(customer_id: int, currency: str) -> "QuerySet[OpenItem]":
    """Return a customer's open items, oldest due first, each with `is_disputed`."""
    standing = Dispute.objects.filter(item=OuterRef("pk"), state__in=Dispute.STANDING)
    items = OpenItem.objects.filter(
        customer_id=customer_id, currency=currency, state=OpenItem.State.OPEN
    ).annotate(is_disputed=Exists(standing))
    return items.select_related("invoice").order_by("due_on", "pk")


def suggest_items(
    customer_id: int, *, currency: str, amount: Decimal, text: str
) -> list[Suggestion]:
    """Spread money over a customer's open items: first what the payer's text names, then an item
    of exactly this amount, then the oldest due. Disputed items take money only when named.
    """
    items = list(open_items_of(customer_id, currency)[:MOST_ITEMS])
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
    if _names(text, item.invoice.number or ""):
        return NAMED_RANK
    if item.is_disputed:  # type: ignore[attr-defined]
        return DISPUTED_RANK
    return EXACT_RANK if item.balance == amount else OLDEST_RANK


def _names(text: str, number: str) -> bool:
    """Say whether the text holds an invoice's number: `INV-00042`, `inv 42`, or `20702` alone."""
    series, _dash, digits = number.casefold().rpartition("-")
    count = digits.lstrip("0")
    words = text.casefold()
    written = rf"(?<!\w){re.escape(series)}\W*0*{count}(?!\d)"
    if not count:
        return False
    if re.search(written, words):
        return True
    return len(count) >= SHORTEST_NUMBER and count in re.findall(r"\w+", words)


def applications_of(receipt: Receipt) -> "QuerySet[Application]":
    """Return what became of a receipt, newest first; an application taken back has `reversal`."""
    applications = Application.objects.filter(source=receipt.label, reverses=None)
    return applications.select_related("item__invoice", "reversal").order_by("-pk")
