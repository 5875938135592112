"""Tracking numbers, and the label that carries one as a barcode."""

from io import BytesIO

from barcode import Code128
from barcode.writer import SVGWriter
from django.template.loader import render_to_string

from o2c.kernel import pdf
from o2c.kernel.company import the_company
from shipping.models import Shipment

SERIAL_DIGITS = 9
# GS1 General Specifications, section 7.9: weights 3 and 1 from the right, complement to ten.
WEIGHTS = (3, 1)
BARS = {"module_height": 18.0, "quiet_zone": 2.0, "write_text": False}


def tracking_number(carrier_code: str, serial: int) -> str:
    """Return `NWF0000000178`: the carrier, our serial, and its GS1 check digit."""
    digits = f"{serial:0{SERIAL_DIGITS}}"
    return f"{carrier_code}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Return the digit that a scanner checks the others by; it finds any one wrong digit."""
    total = sum(
        int(digit) * WEIGHTS[position % 2] for position, digit in enumerate(reversed(digits))
    )
    return -total % 10


def draw(shipment: Shipment) -> bytes:
    """Return the label as a PDF of 100 × 150 mm. Takes a fifth of a second: outside of any lock."""
    context = {
        "shipment": shipment,
        "company": the_company(),
        "barcode": _barcode(shipment.tracking_number),
    }
    page = render_to_string("shipping/label.html", context)
    return pdf.render(page, style="o2c/label.css")


def _barcode(text: str) -> str:
    """Return the bars as SVG, without the document head that HTML does not want."""
    out = BytesIO()
    Code128(text, writer=SVGWriter()).write(out, options=BARS)
    svg = out.getvalue().decode()
    return svg[svg.index("<svg") :]
