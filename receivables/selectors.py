"""What others ask about what is owed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from customers.models import Customer
from customers.selectors import search_customers
from invoicing.models import Invoice
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from receivables import aging
from receivables.models import Application, Dispute, InvoiceReview, OpenItem

PAGE_SIZE = 50
MOST_FOUND = 200


@dataclass(frozen=True, kw_only=True)
class Row:
    """An item as it stood on a day."""

    item: OpenItem
    balance: Decimal
    days_late: int
    condition: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of items; `after` asks for the next one, if there is more."""

    rows: Sequence[Row]
    after: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Whose claim an item is: the order that it came from, and the company that it is owed to."""

    order_id: int
    company_id: int


def claims_of(customer_id: int, item_ids: Iterable[int] | Mapping[int, object]) -> dict[int, Claim]:
    """Return the claims behind a customer's items, by item; items of others are left out."""
    return {
        pk: Claim(order_id=order, company_id=company)
        for pk, order, company in _claims_of(customer_id, list(item_ids))
    }


@compiled
def _claims_of(customer_id: int, item_ids: list[int]) -> QuerySet[OpenItem, tuple[int, int, int]]:
    items = OpenItem.objects.filter(pk__in=item_ids, customer=customer_id)
    return items.values_list("pk", "invoice__order_id", "invoice__company_id")


def paid_orders(order_ids: Iterable[int]) -> list[int]:
    """Return those of the orders that are billed in full and have no open item, by key."""
    wanted = sorted(set(order_ids))
    return _paid_orders(wanted) if wanted else []


@compiled
def _paid_orders(order_ids: list[int]) -> QuerySet[Order, int]:
    unpaid = OpenItem.objects.filter(invoice__order=OuterRef("pk"), state=OpenItem.State.OPEN)
    unbilled = OrderLine.objects.filter(
        order=OuterRef("pk"), invoiced__lt=F("ordered") - F("cancelled")
    )
    paid = Order.objects.filter(~Exists(unpaid), ~Exists(unbilled), pk__in=order_ids)
    return paid.order_by("pk").values_list("pk", flat=True)


def review_to_remind(review_id: int) -> InvoiceReview | None:
    """Return a flagged item's review while a friendly reminder still makes sense."""
    disputes = Dispute.objects.filter(item=OuterRef("item"), state__in=Dispute.STANDING)
    reviews = InvoiceReview.objects.filter(
        ~Exists(disputes), pk=review_id, reminded_at=None, item__state=OpenItem.State.OPEN
    )
    return reviews.select_related("item__invoice", "item__customer").first()


def customer_balance(customer_id: int, *, as_of: date) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what a customer owes now, and what of it is overdue, by currency."""
    items = OpenItem.objects.filter(customer=customer_id, state=OpenItem.State.OPEN)
    left = F("amount") - F("applied")
    rows = (
        items.values("currency")
        .annotate(owed=Sum(left), overdue=Sum(left, filter=Q(due_on__lt=as_of)))
        .order_by("currency")
    )
    return {row["currency"]: (row["owed"], row["overdue"] or ZERO) for row in rows}


def rows_of_invoice(invoice_id: int, *, as_of: date) -> list[Row]:
    """Return the claims of an invoice as they stand, first due first; none if it is for nothing."""
    items = _items_for_page().filter(invoice=invoice_id).order_by("instalment")
    return [
        _row(item, balance=item.balance, days_late=(as_of - item.due_on).days) for item in items
    ]


def applications_of(items: Iterable[OpenItem]) -> list[Application]:
    """Return what was applied to items and taken back, in the order that it happened."""
    found = Application.objects.filter(item__in=[item.pk for item in items])
    return list(found.order_by("pk"))


def item_list(
    *,
    as_of: date,
    text: str = "",
    bucket: int | None = None,
    customer_id: int | None = None,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> Listing:
    """Return a page of the items owed on a day, longest due first.

    `text` is the beginning of an invoice's number, or words of the customer's name; `after`
    is what the last page gave.
    """
    wanted = aging.Wanted(bucket=bucket, after=_position(after), **_found(text, customer_id))
    found = aging.item_balances(as_of=as_of, wanted=wanted, limit=limit + 1)
    page = found[:limit]
    items = _items_for_page().in_bulk([pk for pk, _due, _balance in page])
    rows = [
        _row(items[pk], balance=balance, days_late=(as_of - due).days) for pk, due, balance in page
    ]
    last = f"{page[-1][1]}:{page[-1][0]}" if len(found) > limit else ""
    return Listing(rows=rows, after=last)


def open_reviews() -> QuerySet[InvoiceReview]:
    """Return the reviews that wait for somebody, soonest due first; paid items need none."""
    reviews = InvoiceReview.objects.filter(
        state=InvoiceReview.State.OPEN, item__state=OpenItem.State.OPEN
    )
    related = reviews.select_related("item__invoice", "item__customer")
    return related.order_by("item__due_on", "pk")[:MOST_FOUND]


def standing_disputes() -> QuerySet[Dispute]:
    """Return the disputes that are not decided, oldest first."""
    disputes = Dispute.objects.filter(state__in=Dispute.STANDING)
    related = disputes.select_related("item__invoice", "item__customer")
    return related.order_by("opened_at", "pk")[:MOST_FOUND]


def item_for_page(item_id: int) -> OpenItem:
    """Return one item with its invoice and customer.

    Raises:
        OpenItem.DoesNotExist: no such item.
    """
    return OpenItem.objects.select_related("invoice", "customer").get(pk=item_id)


def _items_for_page() -> QuerySet[OpenItem]:
    disputes = Dispute.objects.filter(item=OuterRef("pk"), state__in=Dispute.STANDING)
    reviews = InvoiceReview.objects.filter(item=OuterRef("pk"))
    return OpenItem.objects.select_related("invoice", "customer").annotate(
        is_disputed=Exists(disputes), is_flagged=Exists(reviews)
    )


def _row(item: OpenItem, *, balance: Decimal, days_late: int) -> Row:
    return Row(
        item=item,
        balance=balance,
        days_late=max(days_late, 0),
        condition=condition_of(item, balance=balance, is_late=days_late > 0),
    )


def condition_of(item: OpenItem, *, balance: Decimal, is_late: bool) -> str:
    """Return the worst that needs somebody: disputed, overdue, part paid, due soon, or open."""
    conditions = (
        ("settled", not balance),
        ("disputed", getattr(item, "is_disputed", False)),
        ("overdue", is_late),
        ("part_paid", balance < item.amount),
        ("due_soon", getattr(item, "is_flagged", False)),
    )
    return next((name for name, holds in conditions if holds), "open")


def _found(text: str, customer_id: int | None) -> dict[str, Sequence[int]]:
    """Return the keys of what the search finds, so that the list can use its indexes."""
    if customer_id is not None:
        return {"customer_ids": [customer_id]}
    if not text.strip():
        return {}
    numbered = Invoice.objects.filter(number__startswith=text.strip().upper())
    customers: QuerySet[Customer] = search_customers(text, limit=MOST_FOUND)
    return {
        "customer_ids": list(customers.values_list("pk", flat=True)),
        "invoice_ids": list(numbered.values_list("pk", flat=True)[:MOST_FOUND]),
    }


def _position(after: str) -> tuple[date, int]:
    """Read where the last page ended; what cannot be read begins at the front."""
    day, _colon, key = after.partition(":")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return date.min, 0
