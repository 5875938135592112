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
from reporting.links import May, page_of
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


def documents_of(file: OrderFile, *, may: May) -> list[Document]:
    return [
        *_incoming(file, may),
        *_offers(file, may),
        *_confirmation(file, may),
        *_changes(file, may),
        *_credit(file, may),
        *_pro_formas(file, may),
        *_floor(file, may),
        *_invoices(file, may),
        *_receipts(file, may),
    ]


def _confirmation(file: OrderFile, may: May) -> Iterator[Document]:
    if file.order.state in Order.CONFIRMED:
        href = page_of("confirmation", file.order.number, may=may)
        yield Document(icon="check", title=_("Order confirmation"), pdf=href)


def _incoming(file: OrderFile, may: May) -> Iterator[Document]:
    for row in file.intake:
        href = page_of("intakedocument", row.pk, may=may)
        yield Document(icon="link", title=str(row), note=row.get_state_display(), href=href)


def _offers(file: OrderFile, may: May) -> Iterator[Document]:
    """Name the quote that became this order, and the blanket orders that it calls off."""
    quote = getattr(file.order, "quote", None)
    if quote is not None:
        title = _("Quote %(number)s") % {"number": quote.name}
        href = page_of("quote", quote.number, may=may)
        yield Document(icon="note", title=title, note=status(quote), href=href)
    lines = (line.blanket_line for line in file.lines)
    for blanket in {line.blanket_id: line.blanket for line in lines if line}.values():
        title = _("Blanket order %(number)s") % {"number": blanket.number}
        href = page_of("blanketorder", blanket.number, may=may)
        yield Document(icon="repeat", title=title, note=status(blanket), href=href)


def _changes(file: OrderFile, may: May) -> Iterator[Document]:
    for row in file.amendments:
        title = _("Amendment %(number)s: %(reason)s")
        href = page_of("amendment", row.number, may=may)
        names = {"number": row.number, "reason": row.reason}
        yield Document(icon="edit", title=title % names, note=status(row), href=href)
    if any(row.applied_at for row in file.amendments) or any(row.cancelled for row in file.lines):
        href = page_of("revisions", file.order.number, may=may)
        note = _("side by side")
        yield Document(icon="clock", title=_("What was agreed on before"), note=note, href=href)


def _credit(file: OrderFile, may: May) -> Iterator[Document]:
    for row in file.applications:
        title = _("Credit application %(number)s") % {"number": row.number}
        href = page_of("credit_case", row.number, may=may)
        yield Document(icon="shield", title=title, note=status(row), href=href)


def _pro_formas(file: OrderFile, may: May) -> Iterator[Document]:
    for pro_forma in file.pro_formas:
        yield Document(
            icon="bank",
            title=_("Pro forma %(number)s") % {"number": pro_forma.number},
            note=status(pro_forma),
            href=page_of("proforma", pro_forma.number, may=may),
            pdf=page_of("proforma_pdf", pro_forma.number, may=may),
        )


def _floor(file: OrderFile, may: May) -> Iterator[Document]:
    for pick in file.pick_lists:
        title = _("Pick list %(number)s") % {"number": pick.number}
        href = page_of("picklist", pick.number, may=may)
        yield Document(icon="box", title=title, note=status(pick), href=href)
    for shipment in file.shipments:
        title = _("Shipment %(number)s") % {"number": shipment.number}
        href = page_of("shipment", shipment.number, may=may)
        yield Document(icon="truck", title=title, note=status(shipment), href=href)
    for row in file.returns:
        title = _("Return %(number)s") % {"number": row.number}
        href = page_of("return", row.number, may=may)
        yield Document(icon="undo", title=title, note=status(row), href=href)


def _invoices(file: OrderFile, may: May) -> Iterator[Document]:
    for invoice in file.invoices:
        has_pdf = invoice.number is not None
        yield Document(
            icon="invoice",
            title=_title(invoice),
            note=status(*_condition(invoice)),
            href=page_of("invoice", invoice.number or invoice.public_id, may=may),
            pdf=page_of("invoice_pdf", invoice.number, may=may) if has_pdf else "",
        )
    is_ahead = file.order.state in Order.OPEN
    if is_ahead and not file.invoices:
        trigger = file.order.customer.get_billing_trigger_display()
        yield Document(icon="invoice", title=_("Invoice"), note=trigger, is_pending=True)


def _title(invoice: Invoice) -> str:
    if invoice.is_credit_memo:
        return _("Credit memo %(number)s") % {"number": invoice.number}
    return _("Invoice %(number)s") % {"number": invoice.number or _("(draft)")}


def _receipts(file: OrderFile, may: May) -> Iterator[Document]:
    for receipt in file.receipts:
        title = _("Receipt %(number)s") % {"number": receipt.number}
        amount = money_in(receipt.amount, receipt.currency)
        href = page_of("receipt", receipt.number, may=may)
        yield Document(icon="bank", title=title, note=amount, href=href)


def _condition(invoice: Invoice) -> tuple[str | Model, str]:
    """Show an issued invoice by its items: paid, part paid or open."""
    if invoice.is_credit_memo:
        return "creditmemo", invoice.state
    items = list(invoice.open_items.all())
    if invoice.state != Invoice.State.ISSUED or not items:
        return invoice, ""
    if all(item.state == OpenItem.State.SETTLED for item in items):
        return "invoice", "paid"
    return "invoice", "part_paid" if any(item.applied for item in items) else "open"
