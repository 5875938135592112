"""What an invoice says: one canonical text, from which it is printed and by which it is sealed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax
from o2c.kernel.money import TaxLine
from orders.documents.parts import seller_of

# Rises when the meaning of a field changes: old documents keep being read as they were written.
VERSION = 1


def canonical(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    *,
    charges: Sequence[InvoiceCharge] = (),
    certificate: str = "",
) -> str:
    """Return everything that is printed, as JSON with sorted keys and no spaces.

    `certificate` is the number by which the customer is exempted from tax, if so.
    """
    says: dict[str, Any] = {
        "version": VERSION,
        "kind": invoice.kind,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "language": invoice.customer.language,
        "currency": invoice.currency,
        "seller": seller_of(invoice.company),
        "customer": invoice.customer.number,
        "customer_vat_number": invoice.customer.vat_number,
        "bill_to": invoice.bill_to,
        "ship_to": invoice.ship_to,
        "customer_po": invoice.customer_po,
        "order": invoice.order.number,
        "shipment": invoice.shipment.number,
        "terms": invoice.terms,
        "schedule": invoice.schedule,
        "discounts": invoice.discounts,
        "lines": [_line(line) for line in lines],
        "taxes": [tax_as_written(tax) for tax in taxes],
        "net_amount": invoice.net_amount,
        "tax_amount": invoice.tax_amount,
        "gross_amount": invoice.gross_amount,
    }
    if invoice.original is not None:
        says["reason"] = invoice.reason
        says["original"] = {
            "number": invoice.original.number,
            "issued_on": invoice.original.issued_on,
        }
    # Left out where there is none: then nothing is said of it.
    if said := [_charge(charge) for charge in charges if charge.net_amount]:
        says["charges"] = said
    if certificate:
        says["tax_certificate"] = certificate
    return written(says)


def written(says: Mapping[str, Any]) -> str:
    """Return what a document says as one text, always the same: sorted keys and no spaces."""
    return json.dumps(says, default=_plain, sort_keys=True, separators=(",", ":"))


def seal(text: str) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(invoice: Invoice) -> dict[str, Any]:
    """Return what an issued invoice says, amounts as text."""
    says: dict[str, Any] = json.loads(invoice.content)
    return says


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "net_amount": line.net_amount,
        "tax_category": line.tax_category,
        "tax_rate": line.tax_rate,
    }


def _charge(charge: InvoiceCharge) -> dict[str, Any]:
    return {
        "kind": charge.kind,
        "description": charge.description,
        "net_amount": charge.net_amount,
        "tax_category": charge.tax_category,
        "tax_rate": charge.tax_rate,
    }


def tax_as_written(tax: InvoiceTax | TaxLine) -> dict[str, Any]:
    """Return the tax of one rate as a document says it."""
    return {
        "category": tax.category,
        "rate": tax.rate,
        "base_amount": tax.base_amount,
        "tax_amount": tax.tax_amount,
    }


def _plain(value: object) -> str:
    """Write a date as ISO, an amount without trailing zeros: 77.62 and 77.620 are one amount."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    assert isinstance(value, date)
    return value.isoformat()
