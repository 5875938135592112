"""What credit memos give, and what of it has paid something."""

from decimal import Decimal

from django.db.models import CharField, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from invoicing.models import Invoice
from o2c.kernel.money import ZERO
from receivables.models import Application, OpenItem
from receivables.unpaid import undisputed

MOST = 50
AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=16, decimal_places=3)


def memo_of(memo_id: int) -> Invoice:
    """Return an issued credit memo.

    Raises:
        Invoice.DoesNotExist: no such memo.
    """
    memos = Invoice.objects.filter(kind=Invoice.Kind.CREDIT_MEMO, number__isnull=False)
    return memos.select_related("company", "customer").get(pk=memo_id)


def left_of(memo: Invoice) -> Decimal:
    """Return what of a credit memo has not paid anything yet."""
    applied = Application.objects.filter(source=memo.label).aggregate(sum=Sum("amount"))
    return memo.gross_amount - (applied["sum"] or ZERO)


def items_of_original(memo: Invoice) -> QuerySet[OpenItem]:
    """Return what is open of the invoice that a memo lowers, the first due first."""
    items = OpenItem.objects.filter(invoice=memo.original_id, state=OpenItem.State.OPEN)
    return items.order_by("due_on", "pk")


def items_to_pay(memo: Invoice) -> QuerySet[OpenItem]:
    """Return what the customer owes in a memo's currency and does not dispute, first due first."""
    items = OpenItem.objects.filter(
        customer=memo.customer_id, currency=memo.currency, state=OpenItem.State.OPEN
    )
    return undisputed(items).order_by("due_on", "pk")


def open_memos(customer_id: int) -> list[tuple[Invoice, Decimal]]:
    """Return a customer's credit memos of which something is left, and how much, newest first."""
    applied = (
        Application.objects.filter(source=Concat(Value("invoice:"), OuterRef("id_as_text")))
        .values("source")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    memos = Invoice.objects.filter(
        customer=customer_id, kind=Invoice.Kind.CREDIT_MEMO, number__isnull=False
    ).annotate(
        id_as_text=Cast("pk", CharField()),
        left=F("gross_amount") - Coalesce(Subquery(applied, output_field=AMOUNT), ZERO),
    )
    return [(memo, memo.left) for memo in memos.filter(left__gt=0).order_by("-pk")[:MOST]]


def applications_of_memo(memo: Invoice) -> QuerySet[Application]:
    """Return what a credit memo has paid, in the order that it happened."""
    return (
        Application.objects.filter(source=memo.label).select_related("item__invoice").order_by("pk")
    )
