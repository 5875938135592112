"""What others ask about invoices."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from customers.models import Address, Contact, Customer
from customers.selectors import email_of
from invoicing.credit_selectors import to_bill
from invoicing.models import (
    Invoice,
    InvoiceCharge,
    InvoiceDelivery,
    InvoiceLine,
    InvoiceTax,
)
from o2c.kernel.audited import Audited
from o2c.kernel.compiled import compiled
from o2c.kernel.models import AuditEntry
from o2c.kernel.requests import number_of
from o2c.kernel.text import fold
from orders.models import Order
from shipping.models import ShipmentLine

GONE = [Invoice.State.DISCARDED]
PAGE_SIZE = 50
HISTORY_SIZE = 30
MOST_FOUND = 200


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of invoices; `after` asks for the next one, if there is more."""

    rows: Sequence[Invoice]
    after: str


@compiled
def orders_to_bill(shipment_id: int) -> QuerySet[Order]:
    """Return the orders of which a shipment carries something to be billed, with their terms.

    They are not locked.
    """
    found = Order.objects.filter(pk__in=_unbilled(shipment_id).values("order_id"))
    return found.select_related("payment_terms").order_by("pk")


@compiled
def lines_to_bill(shipment_id: int) -> QuerySet[ShipmentLine]:
    """Return a shipment's lines that no invoice has, in the order of their order's lines.

    `left`: what of it is to be billed. `is_billed_in_part`: an invoice of the same order and
    shipment exists, so this would be a second one.
    """
    twins = Invoice.objects.filter(shipment=OuterRef("shipment"), order=OuterRef("order"))
    twins = twins.filter(kind=Invoice.Kind.INVOICE)
    return (
        _unbilled(shipment_id)
        .annotate(is_billed_in_part=Exists(twins.exclude(state__in=GONE)))
        .order_by("order_line__position", "pk")
    )


def _unbilled(shipment_id: int) -> QuerySet[ShipmentLine]:
    lines = ShipmentLine.objects.filter(shipment=shipment_id, invoice_lines=None)
    return lines.annotate(left=to_bill()).filter(left__gt=0)


@compiled
def printed_addresses(customer_id: int, ship_to_id: int) -> QuerySet[Address]:
    """Return where the goods went, and where the customer's invoices may go, the best first."""
    bill_to = Q(customer=customer_id, kind=Address.Kind.BILL_TO, is_active=True)
    return Address.objects.filter(bill_to | Q(pk=ship_to_id)).order_by("-is_default", "pk")


def bill_to_address(customer_id: int) -> Address | None:
    """Return where a customer's invoices go: the default bill-to address, else the oldest."""
    addresses = Address.objects.filter(customer=customer_id, kind=Address.Kind.BILL_TO)
    return addresses.filter(is_active=True).order_by("-is_default", "pk").first()


def order_of(invoice_id: int) -> int:
    """Return the key of an invoice's order, to be locked before the invoice.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    return Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id)


def shipment_of(invoice_id: int) -> int:
    """Return the key of an invoice's shipment.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    return Invoice.objects.values_list("shipment_id", flat=True).get(pk=invoice_id)


def parts_of(invoice: Invoice) -> tuple[list[InvoiceLine], list[InvoiceTax]]:
    """Return the lines and the taxes as they are printed, in their order."""
    taxes = invoice.taxes.order_by("category", "rate")
    return list(invoice.lines.order_by("position")), list(taxes)


def charges_of(invoice: Invoice) -> list[InvoiceCharge]:
    """Return what an invoice charges besides goods; nothing is asked where it is none."""
    if not invoice.freight_amount:
        return []
    return list(invoice.charges.order_by("position"))


def has_twin(invoice: Invoice) -> bool:
    """Say whether another invoice bills the same order and shipment."""
    twins = Invoice.objects.filter(
        shipment=invoice.shipment_id, order=invoice.order_id, kind=Invoice.Kind.INVOICE
    )
    return twins.exclude(pk=invoice.pk).exclude(state__in=GONE).exists()


def recipient_of(customer: Customer) -> str:
    """Return whom invoices are mailed to: accounts payable, else the customer; or nobody."""
    return email_of(customer, Contact.Role.PAYABLES)


def invoice_list(
    *, text: str = "", state: str = "", sent: str = "", kind: str = "", after: str = ""
) -> Listing:
    """Return a page of invoices, newest first, with customer, order and latest delivery.

    `text` is the beginning of its number or its order's, or words of the customer's name;
    `sent` "no" keeps those that have not left; `kind` those of a kind, such as credit memos;
    `after` is the key of the last one seen.
    """
    latest = InvoiceDelivery.objects.filter(invoice=OuterRef("pk")).order_by("-serial", "-pk")
    invoices = Invoice.objects.select_related("customer", "order").annotate(
        delivery_state=Subquery(latest.values("state")[:1]),
        delivery_recipient=Subquery(latest.values("recipient")[:1]),
    )
    invoices = invoices.filter(matching(text)) if text.strip() else invoices
    if state:
        invoices = invoices.filter(state=state)
    if kind:
        invoices = invoices.filter(kind=kind)
    if sent == "no":
        invoices = invoices.filter(pk__in=_unsent().values("invoice"))
    if (seen := number_of(after)) is not None:
        invoices = invoices.filter(pk__lt=seen)
    rows = list(invoices.order_by("-pk")[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    return Listing(rows=rows[:PAGE_SIZE], after=str(rows[PAGE_SIZE - 1].pk) if more else "")


def counts() -> dict[str, int]:
    """Return how many drafts wait for somebody, and how many issued invoices have not left."""
    return {
        "drafts": Invoice.objects.filter(state=Invoice.State.DRAFT).count(),
        "unsent": _unsent().values("invoice").distinct().count(),
    }


def invoice_for_page(ref: str) -> Invoice:
    """Return one invoice by its number, or by its public id.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    related = Invoice.objects.select_related("customer", "order", "shipment", "pdf", "original")
    return related.get(Q(number=ref) | Q(public_id=ref))


def deliveries_of(invoice: Invoice) -> QuerySet[InvoiceDelivery]:
    """Return how an invoice was sent, latest first."""
    return invoice.deliveries.order_by("-serial", "-pk")


def history_of(document: Audited) -> QuerySet[AuditEntry]:
    """Return the latest acts that concern an invoice or a pro forma."""
    entries = AuditEntry.objects.filter(objects_touched__contains=[document.label])
    return entries.order_by("-pk")[:HISTORY_SIZE]


def matching(text: str) -> Q:
    """Find a document by its number, customer or order: by keys, so that each can use its index."""
    beginning = text.strip().upper()
    named = Q()
    for word in fold(text).split():
        named &= Q(folded_name__contains=word)
    customers = Customer.objects.filter(named).values_list("pk", flat=True)[:MOST_FOUND]
    orders = Order.objects.filter(number__startswith=beginning).values_list("pk", flat=True)
    return (
        Q(number__startswith=beginning)
        | Q(customer__in=list(customers))
        | Q(order__in=list(orders[:MOST_FOUND]))
    )


def _unsent() -> QuerySet[InvoiceDelivery]:
    """Return the sendings that wait, of invoices that have not left in any other."""
    gone = [InvoiceDelivery.State.SENT, InvoiceDelivery.State.DELIVERED]
    others = InvoiceDelivery.objects.filter(invoice=OuterRef("invoice"), state__in=gone)
    return InvoiceDelivery.objects.filter(~Exists(others), state__in=InvoiceDelivery.WAITING)


def invoices_of(order_id: int) -> QuerySet[Invoice]:
    """Return the invoices of an order that stand, the newest first."""
    return Invoice.objects.filter(order=order_id).exclude(state__in=GONE).order_by("-pk")
