"""What others ask about what is owed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum

from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from receivables.models import Application, Dispute, InvoiceReview, OpenItem


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Whose claim an item is: the order that it came from, and the company that it is owed to."""

    order_id: int
    company_id: int


def claims_of(customer_id: int, item_ids: Iterable[int] | Mapping[int, object]) -> dict[int, Claim]:
    """Return the claims behind a customer's items, by item; items of others are left out."""
    items = OpenItem.objects.filter(pk__in=list(item_ids), customer=customer_id)
    rows = items.values_list("pk", "invoice__order_id", "invoice__company_id")
    return {pk: Claim(order_id=order, company_id=company) for pk, order, company in rows}


def paid_orders(order_ids: Iterable[int]) -> list[int]:
    """Return those of the orders that are billed in full and have no open item, by key."""
    wanted = sorted(set(order_ids))
    if not wanted:
        return []
    unpaid = OpenItem.objects.filter(invoice__order=OuterRef("pk"), state=OpenItem.State.OPEN)
    unbilled = OrderLine.objects.filter(
        order=OuterRef("pk"), invoiced__lt=F("ordered") - F("cancelled")
    )
    paid = Order.objects.filter(~Exists(unpaid), ~Exists(unbilled), pk__in=wanted)
    return list(paid.order_by("pk").values_list("pk", flat=True))


def review_to_remind(review_id: int) -> InvoiceReview | None:
    """Return a flagged item's review while a friendly reminder still makes sense."""
    disputes = Dispute.objects.filter(item=OuterRef("item"), state__in=Dispute.STANDING)
    reviews = InvoiceReview.objects.filter(
        ~Exists(disputes), pk=review_id, reminded_at=None, item__state=OpenItem.State.OPEN
    )
    return reviews.select_related("item__invoice__company", "item__customer").first()


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


def item_of_invoice(invoice_id: int) -> OpenItem | None:
    """Return the claim of an invoice, if it was issued for more than nothing."""
    return OpenItem.objects.select_related("invoice").filter(invoice=invoice_id).first()


def applications_of(item: OpenItem) -> list[Application]:
    """Return what was applied to an item and taken back, in the order that it happened."""
    return list(item.applications.order_by("pk"))
