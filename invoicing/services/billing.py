"""Bill what was shipped: draft, check, number and issue, each shipped line once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from credit import services as credit
from credit.models import ExposureEntry
from customers.models import Address, Customer
from invoicing import checks, selectors
from invoicing.credit_selectors import is_all_back, left_to_bill
from invoicing.drafting import Draft, address_text, draft, goods_gross, quantities
from invoicing.events import InvoiceIssued
from invoicing.freight import Freight
from invoicing.models import Invoice, InvoiceCharge, InvoiceLine
from invoicing.payment import agree_on_payment
from invoicing.services.freighting import freight_of
from invoicing.services.sealing import seal
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import adopt, lock
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id, take_number
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.selectors import tax_certificate_of
from shipping.models import Shipment, ShipmentLine


class HasFindings(DomainError):
    """A check speaks against issuing the invoice."""

    code = "invoice_has_findings"


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What every invoice of one shipment shares."""

    company: Company
    customer: Customer
    shipment: Shipment
    bill_to: str
    ship_to: str = ""
    at: datetime
    actor: Actor


@service
def bill_shipment(shipment_id: int, *, at: datetime, actor: Actor) -> list[Invoice]:
    """Bill what is due of a shipment, one invoice per order; nothing when it is billed already.

    An invoice to which a check objects stays a draft that names its findings; the others are
    issued at once.

    Raises:
        SeriesAhead: an invoice of a later date has a number already.
    """
    return _bill(shipment_id, entered={}, at=at, actor=actor)


def _bill(
    shipment_id: int, *, entered: Mapping[int, Freight], at: datetime, actor: Actor
) -> list[Invoice]:
    """Bill a shipment; `entered`: the freight that a person has said of an order's draft."""
    to_bill = selectors.orders_to_bill(shipment_id)
    for seen in to_bill:
        orders.lock_order(seen.pk).payment_terms = seen.payment_terms
    if not to_bill:
        return []
    shipment = lock(Shipment, shipment_id)
    lines = selectors.lines_to_bill(shipment_id)  # again: now nobody else can bill them
    customer = lock(Customer, shipment.customer_id)
    if not lines or not is_due(shipment, customer):
        return []
    bill = _bill_to(customer, shipment, at=at, actor=actor)
    freight = freight_of(shipment, to_bill, lines, entered=entered)
    per_order = [[line for line in lines if line.order_id == seen.pk] for seen in to_bill]
    drafts = [
        _write_draft(bill, part, freight.get(part[0].order_id, Freight()))
        for part in per_order
        if part
    ]
    _issue([draft for draft in drafts if not draft.invoice.findings], bill)
    return [draft.invoice for draft in drafts]


def _bill_to(customer: Customer, shipment: Shipment, *, at: datetime, actor: Actor) -> Bill:
    addresses = selectors.printed_addresses(customer.pk, shipment.ship_to_id)
    ship_to = next(row for row in addresses if row.pk == shipment.ship_to_id)
    bill_to = next((row for row in addresses if row.kind == Address.Kind.BILL_TO), None)
    return Bill(
        company=the_company(),
        customer=customer,
        shipment=shipment,
        bill_to=address_text(customer.invoice_name, bill_to),
        ship_to=address_text(customer.invoice_name, ship_to),
        at=at,
        actor=actor,
    )


def is_due(shipment: Shipment, customer: Customer) -> bool:
    """Say whether the customer's billing trigger has come for a shipment.

    "order" (prepayment) is billed on dispatch: a pro forma asks for the money, the invoice
    follows the goods. What never arrived and came back is due once we have decided on it: what
    was credited is left out of the bill.
    """
    if customer.billing_trigger == Customer.BillingTrigger.DELIVERY:
        return shipment.delivered_at is not None or is_all_back(shipment)
    return shipment.dispatched_at is not None


@service
def issue_invoice(invoice_id: int, *, at: datetime, actor: Actor) -> Invoice:
    """Issue a draft after its findings were mended; address and PO number are read again.

    Raises:
        Invoice.DoesNotExist: no such invoice.
        TransitionNotAllowed: it is no draft any more.
        HasFindings: something still speaks against it.
    """
    order_id = selectors.order_of(invoice_id)
    order = orders.lock_order(order_id)
    invoice = lock(Invoice, invoice_id)
    invoice.approve()
    customer = invoice.customer = lock(Customer, invoice.customer_id)
    invoice.order = order
    invoice.bill_to = address_text(customer.invoice_name, selectors.bill_to_address(customer.pk))
    invoice.customer_po = order.customer_po
    lines, taxes = selectors.parts_of(invoice)
    charges = selectors.charges_of(invoice)
    found = checks.findings(
        invoice,
        lines,
        customer=customer,
        order_lines=orders.lines_of(order),
        left=left_to_bill([line.shipment_line_id for line in lines]),
        is_duplicate=selectors.has_twin(invoice),
        is_freight_missing=checks.lacks_freight(invoice),
    )
    if found:
        raise HasFindings(" ".join(finding["message"] for finding in found))
    invoice.findings = []
    bill = Bill(
        company=invoice.company,
        customer=customer,
        shipment=invoice.shipment,
        bill_to=invoice.bill_to,
        at=at,
        actor=actor,
    )
    _issue([Draft(invoice=invoice, lines=lines, charges=charges, taxes=taxes)], bill)
    return invoice


@service
def redraft_invoice(invoice_id: int, *, reason: str, at: datetime, actor: Actor) -> list[Invoice]:
    """Discard a draft and bill its shipment again, by what the order says now.

    The freight that somebody has entered for it stands.

    Raises:
        Invoice.DoesNotExist: no such invoice.
        TransitionNotAllowed: it is issued; only a revision can change it then.
    """
    order_id = selectors.order_of(invoice_id)
    orders.lock_order(order_id)
    shipment = lock(Shipment, selectors.shipment_of(invoice_id))
    invoice = lock(Invoice, invoice_id)
    invoice.discard()
    audit.save(invoice, at=at, actor=actor, reason=reason, touches=[shipment.label])
    InvoiceLine.objects.filter(invoice=invoice).delete()  # a draft's: free to be billed again
    if invoice.freight_amount:
        InvoiceCharge.objects.filter(invoice=invoice).delete()
    return _bill(shipment.pk, entered=_entered_of(invoice), at=at, actor=actor)


def _entered_of(invoice: Invoice) -> dict[int, Freight]:
    if not invoice.freight_is_entered:
        return {}
    freight = Freight(amount=invoice.freight_amount, is_entered=True, reason=invoice.freight_reason)
    return {invoice.order_id: freight}


def _write_draft(bill: Bill, lines: Sequence[ShipmentLine], freight: Freight) -> Draft:
    """Store one order's part of a shipment as a draft, with what the checks found."""
    order = orders.lock_order(lines[0].order_id)
    order_lines = orders.lines_of(order)
    invoice = Invoice(
        public_id=public_id("inv"),
        company=bill.company,
        customer=bill.customer,
        order=order,
        shipment=bill.shipment,
        bill_to=bill.bill_to,
        ship_to=bill.ship_to,
        customer_po=order.customer_po,
        terms=order.payment_terms.name,
        currency=order.currency,
        freight_is_entered=freight.is_entered,
        freight_reason=freight.reason,
        created_at=bill.at,
    )
    made = draft(invoice, lines, order_lines, freight=freight.amount or ZERO)
    invoice.findings = checks.findings(
        invoice,
        made.lines,
        customer=bill.customer,
        order_lines=order_lines,
        left={line.pk: line.left for line in lines},  # type: ignore[attr-defined]
        is_duplicate=any(line.is_billed_in_part for line in lines),  # type: ignore[attr-defined]
        is_freight_missing=freight.amount is None,
    )
    touches = [order.label, bill.shipment.label, bill.customer.label]
    adopt(audit.create(invoice, at=bill.at, actor=bill.actor, touches=touches))
    rows.insert(made.lines)
    rows.insert(made.charges)
    rows.insert(made.taxes)
    return made


def _issue(drafts: Sequence[Draft], bill: Bill) -> None:
    """Move quantities and exposure, then number, seal and announce: the hot row comes last."""
    for clean in drafts:
        _claim(clean, bill)
    issued_on = local_date(bill.at, bill.company)
    # Asked before a number is taken: that row is everybody's.
    certificates = [_certificate_of(clean) for clean in drafts]
    for clean, certificate in zip(drafts, certificates, strict=True):
        invoice = clean.invoice
        if invoice.state == Invoice.State.DRAFT:
            invoice.approve()
        invoice.issued_on = issued_on
        agree_on_payment(invoice, bill.company)
        invoice.number = take_number(bill.company.pk, invoice.kind, prefix="INV-", on=issued_on)
        seal(
            invoice,
            clean.lines,
            clean.taxes,
            charges=clean.charges,
            certificate=certificate,
            touches=[invoice.order.label, bill.shipment.label, bill.customer.label],
            at=bill.at,
            actor=bill.actor,
        )
    for clean in drafts:
        publish(InvoiceIssued(invoice_id=clean.invoice.pk, at=bill.at, actor=bill.actor))


def _certificate_of(clean: Draft) -> str:
    return tax_certificate_of(clean.invoice.order, [line.tax_category for line in clean.lines])


def _claim(clean: Draft, bill: Bill) -> None:
    invoice = clean.invoice
    orders.record_progress(
        invoice.order_id,
        changes={"invoiced": quantities(clean.lines)},
        at=bill.at,
        actor=bill.actor,
    )
    credit.record_exposure(
        bill.customer.pk,
        source=invoice.label,
        amounts={
            # Freight was never part of what had left and was not billed.
            ExposureEntry.Kind.SHIPPED_UNBILLED: -goods_gross(clean.lines, invoice.currency),
            ExposureEntry.Kind.OPEN_ITEM: invoice.gross_amount,
        },
        at=bill.at,
    )
