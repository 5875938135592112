"""The slip of a return: its number as a barcode, where the goods go, and what they are."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from catalog.signs import sign_of
from fulfillment import houses
from o2c.kernel import pdf
from o2c.kernel.barcodes import code_128
from o2c.kernel.company import the_company
from orders.documents.parts import party_of, seller_of
from shipping.models import Return
from shipping.return_selectors import lines_for_page


def draw(row: Return) -> bytes:
    """Return the slip as PDF, in the customer's language; it says what is announced.

    Takes a fifth of a second: outside of any lock.
    """
    return pdf.render(html(row), style="o2c/document.css")


def html(row: Return) -> str:
    """Return the page that is drawn."""
    page = {
        "return": row,
        "seller": seller_of(the_company()),
        "bill_to": party_of(row.customer, None),
        "ship_to": address_of(row),
        "barcode": code_128(row.number),
        "lines": [_line(line) for line in lines_for_page().filter(of=row)],
    }
    with translation.override(row.customer.language):
        return render_to_string("shipping/papers/return_slip.html", page)


def address_of(row: Return) -> list[str]:
    """Return where the goods go, a line each: to the house that they left."""
    return houses.address_of(row.warehouse, the_company()).lines


def name_of(row: Return) -> str:
    """Return the file name of a return's slip."""
    return f"{row.number}-return-slip.pdf"


def _line(line: Any) -> dict[str, Any]:
    ordered = line.shipment_line.order_line
    return {
        "sku": ordered.sku,
        "description": ordered.description,
        "order": line.shipment_line.order.number,
        "shipment": line.shipment_line.shipment.number,
        "quantity": line.announced,
        "sign": sign_of(ordered.unit, line.announced),
        "reason": line.get_reason_display(),
    }
