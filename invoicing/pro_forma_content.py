"""What a pro forma invoice says: lines, taxes and addresses as they would be invoiced now."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from customers.freight import FreightTerms
from invoicing.content import tax_as_written, written
from invoicing.models import ProForma
from o2c.kernel.money import Taxable, Totals, round_money, totals
from orders.documents.parts import seller_of
from orders.models import OrderLine

# Rises when the meaning of a field changes: old documents keep being read as they were written.
VERSION = 1


def totals_of(lines: Mapping[int, OrderLine], currency: str) -> Totals:
    """Return net, tax and gross of what is not cancelled, rounded as an invoice of all of it."""
    return totals(
        (
            Taxable(net_amount=_net(line, currency), category=line.tax_category, rate=line.tax_rate)
            for line in lines.values()
            if _quantity(line)
        ),
        currency,
    )


def canonical(
    pro_forma: ProForma,
    lines: Mapping[int, OrderLine],
    sums: Totals,
    *,
    bill_to: str,
    ship_to: str,
    certificate: str,
) -> str:
    """Return everything that is printed but the number, as JSON with sorted keys.

    `certificate` is the number by which the customer is exempted from tax, if so.
    """
    order, customer = pro_forma.order, pro_forma.customer
    wanted = [line for line in lines.values() if _quantity(line)]
    says: dict[str, Any] = {
        "version": VERSION,
        "issued_on": pro_forma.issued_on,
        "valid_until": pro_forma.valid_until,
        "language": customer.language,
        "currency": pro_forma.currency,
        "seller": seller_of(pro_forma.company),
        "customer": customer.number,
        "customer_vat_number": customer.vat_number,
        "bill_to": bill_to,
        "ship_to": ship_to,
        "customer_po": order.customer_po,
        "order": order.number,
        "lines": [
            _line(line, position, pro_forma.currency)
            for position, line in enumerate(wanted, start=1)
        ],
        "taxes": [tax_as_written(tax) for tax in sums.taxes],
        "net_amount": pro_forma.net_amount,
        "tax_amount": pro_forma.tax_amount,
        "gross_amount": pro_forma.gross_amount,
        "paid_amount": pro_forma.gross_amount - pro_forma.amount,
        "amount": pro_forma.amount,
    }
    if certificate:
        says["tax_certificate"] = certificate
    if order.freight_terms == FreightTerms.CHARGED:
        says["charges_freight"] = True
    return written(says)


def read(pro_forma: ProForma) -> dict[str, Any]:
    """Return what a pro forma says, amounts as text, with its number."""
    says: dict[str, Any] = json.loads(pro_forma.content)
    return {**says, "number": pro_forma.number}


def _line(line: OrderLine, position: int, currency: str) -> dict[str, Any]:
    return {
        "position": position,
        "sku": line.sku,
        "description": line.description,
        "quantity": _quantity(line),
        "unit": line.unit,
        "unit_price": line.unit_price,
        "net_amount": _net(line, currency),
        "tax_category": line.tax_category,
        "tax_rate": line.tax_rate,
    }


def _quantity(line: OrderLine) -> Decimal:
    return line.ordered - line.cancelled


def _net(line: OrderLine, currency: str) -> Decimal:
    return round_money(line.unit_price * _quantity(line), currency)
