"""The documents of an order, each with its address and its state."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from invoicing.models import Invoice
from o2c.kernel.ui.figures import money_in
from o2c.kernel.ui.status import status
from orders.models import Order
from receivables.models import OpenItem
from reporting.links import link, page_of
from reporting.selectors.order_page import OrderFile


@dataclass(frozen=True, kw_only=True)
class Document:
    """`pdf` is empty when there is none; without `href` it is shown as text."""

    icon: str
    title: str
    note: str | SafeString = ""
    href: str = ""
    pdf: str = ""
    is_pending: bool = False


def documents_of(file: OrderFile) -> list[Document]:
    return [*_incoming(file), *_credit(file), *_floor(file), *_invoices(file), *_receipts(file)]


def _incoming(file: OrderFile) -> Iterator[Document]:
    for row in file.intake:
        href = page_of("intakedocument", row.pk)
        yield Document(icon="link", title=str(row), note=row.get_state_display(), href=href)


def _credit(file: OrderFile) -> Iterator[Document]:
    for row in file.applications:
        href = page_of("creditapplication", row.number, row.pk)
        title = _("Credit application %(number)s") % {"number": row.number}
        yield Document(icon="shield", title=title, note=status(row), href=href)


def _floor(file: OrderFile) -> Iterator[Document]:
    for pick in file.pick_lists:
        href = page_of("picklist", pick.number)
        title = _("Pick list %(number)s") % {"number": pick.number}
        yield Document(icon="box", title=title, note=status(pick), href=href)
    for shipment in file.shipments:
        href = page_of("shipment", shipment.number, shipment.pk)
        title = _("Shipment %(number)s") % {"number": shipment.number}
        yield Document(icon="truck", title=title, note=status(shipment), href=href)


def _invoices(file: OrderFile) -> Iterator[Document]:
    for invoice in file.invoices:
        yield Document(
            icon="invoice",
            title=_("Invoice %(number)s") % {"number": invoice.number or _("(draft)")},
            note=status(*_condition(invoice)),
            href=invoice_page(invoice),
            pdf=invoice_pdf(invoice),
        )
    is_ahead = file.order.state in Order.OPEN and file.order.state != Order.State.DRAFT
    if is_ahead and not file.invoices:
        trigger = file.order.customer.get_billing_trigger_display()
        yield Document(icon="invoice", title=_("Invoice"), note=trigger, is_pending=True)


def _receipts(file: OrderFile) -> Iterator[Document]:
    for receipt in file.receipts:
        href = page_of("receipt", receipt.number, receipt.pk)
        title = _("Receipt %(number)s") % {"number": receipt.number}
        amount = money_in(receipt.amount, receipt.currency)
        yield Document(icon="bank", title=title, note=amount, href=href)


def _condition(invoice: Invoice) -> tuple[str | Model, str]:
    """Show an issued invoice by its items: paid, part paid or open."""
    items = list(invoice.open_items.all())
    if invoice.state != Invoice.State.ISSUED or not items:
        return invoice, ""
    if all(item.state == OpenItem.State.SETTLED for item in items):
        return "invoice", "paid"
    return "invoice", "part_paid" if any(item.applied for item in items) else "open"


def invoice_page(invoice: Invoice) -> str:
    return page_of("invoice", invoice.number or invoice.public_id)


def invoice_pdf(invoice: Invoice) -> str:
    """Return the address of the PDF; a draft has none."""
    return link("invoicing:pdf", invoice.number) if invoice.number else ""
