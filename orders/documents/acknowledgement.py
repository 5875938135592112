"""Our confirmation of an order: what it says, and the page that is drawn of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from catalog.signs import sign_of
from customers.freight import FreightTerms
from customers.models import Address, Customer
from o2c.kernel import pdf
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO, Taxable, round_money, totals
from orders.documents.parts import delivery_term_of, party_of, seller_of, tax_note, taxes_of
from orders.models import Order, OrderLine

# Rises when the page changes so much that an unchanged order deserves a new document.
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Said:
    """Everything that a confirmation says. Its fingerprint is that of the same words again."""

    language: str
    values: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of it, in hexadecimal."""
        text = json.dumps(self.values, default=_plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def days(self) -> dict[str, str]:
        """Return the day named for each line that has one: {line key: ISO date}."""
        days = ((line["key"], line["expected_on"]) for line in self.values["lines"])
        return {str(key): day.isoformat() for key, day in days if day is not None}


def said_of(
    order: Order,
    lines: list[OrderLine],
    company: Company,
    *,
    bill_to: Address | None,
    certificate: str = "",
) -> Said:
    """Write down what stands of an order: cancelled quantities are named, and cost nothing.

    `bill_to` is where the customer's invoices go; `certificate` is the number by which the
    customer is exempted from tax, if so.
    """
    shown = [_line(line, order) for line in lines]
    standing = (
        Taxable(net_amount=row["net_amount"], category=line.tax_category, rate=line.tax_rate)
        for row, line in zip(shown, lines, strict=True)
        if row["stands"]
    )
    sums = totals(standing, order.currency)
    values = {
        "version": VERSION,
        "seller": seller_of(company),
        **_head(order, bill_to),
        "lines": shown,
        "taxes": taxes_of(sums.taxes),
        "net_amount": sums.net_amount,
        "tax_amount": sums.tax_amount,
        "gross_amount": sums.gross_amount,
    }
    # Left out where there is none, so that what was said before is known as the same.
    if certificate:
        values["tax_certificate"] = certificate
    if term := delivery_term_of(order, company):
        values["delivery_term"] = term
    if order.freight_terms == FreightTerms.CHARGED:
        values["charges_freight"] = True
    return Said(language=order.customer.language, values=values)


def draw_acknowledgement(said: Said, *, serial: int, made_on: date) -> bytes:
    """Return the PDF, in the customer's language."""
    return pdf.render(html(said, serial=serial, made_on=made_on), style="o2c/document.css")


def html(said: Said, *, serial: int, made_on: date) -> str:
    """Return the page that is drawn; `serial` 2 and above: it replaces an earlier one."""
    with translation.override(said.language):
        certificate = said.values.get("tax_certificate", "")
        page = {
            **said.values,
            "serial": serial,
            "made_on": made_on,
            "lines": [
                {**line, "sign": sign_of(line["unit"], line["stands"])}
                for line in said.values["lines"]
            ],
            "taxes": [
                {**tax, "note": tax_note(tax["category"], certificate)}
                for tax in said.values["taxes"]
            ],
        }
        return render_to_string("orders/documents/acknowledgement.html", page)


def _head(order: Order, bill_to: Address | None) -> dict[str, Any]:
    customer = order.customer
    return {
        "number": order.number,
        "revision": order.revision,
        "language": customer.language,
        "currency": order.currency,
        "customer": customer.number,
        "vat_number": customer.vat_number,
        "bill_to": party_of(customer, bill_to),
        "ship_to": party_of(customer, order.ship_to),
        "customer_po": order.customer_po,
        "ordered_on": order.created_at.date(),
        "requested_on": order.requested_on,
        "terms": order.payment_terms.name,
        "is_prepaid": customer.billing_trigger == Customer.BillingTrigger.ORDER,
    }


def _line(line: OrderLine, order: Order) -> dict[str, Any]:
    stands = line.ordered - line.cancelled
    waits = line.backordered if order.state in Order.CONFIRMED else ZERO
    return {
        "key": line.pk,
        "position": line.position,
        "sku": line.sku,
        "customer_part": line.customer_part,
        "description": line.description,
        "stands": stands,
        "cancelled": line.cancelled,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "net_amount": round_money(line.unit_price * stands, order.currency),
        "requested_on": line.requested_on,
        "promised_on": line.promised_on,
        "expected_on": line.expected_on or line.promised_on,
        "backordered": waits,
    }


def _plain(value: object) -> str:
    """Write a date as ISO, a number without trailing zeros: 77.62 and 77.620 are one amount."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    assert isinstance(value, date)
    return value.isoformat()
