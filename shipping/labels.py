"""Tracking numbers, and the labels that carry one, and each package's SSCC, as barcodes."""

from collections.abc import Sequence
from io import BytesIO

from barcode import Code128, Gs1_128
from barcode.writer import SVGWriter
from django.template.loader import render_to_string

from fulfillment.houses import address_of
from fulfillment.models import Package
from o2c.kernel import pdf
from o2c.kernel.company import the_company
from shipping.models import Shipment

SERIAL_DIGITS = 9
# GS1 General Specifications, section 7.9: weights 3 and 1 from the right, complement to ten.
WEIGHTS = (3, 1)
BARS = {"quiet_zone": 2.0, "write_text": False}

# How wide the narrowest bar is, and how high all are, in mm: GS1 wants 0.495 and 32 at least of
# a logistic label's SSCC.
Size = tuple[float, float]
SSCC_MM, TRACKING_MM = (0.5, 32.0), (0.33, 14.0)


def tracking_number(carrier_code: str, serial: int) -> str:
    """Return `NWF0000000178`: the carrier, our serial, and its GS1 check digit."""
    digits = f"{serial:0{SERIAL_DIGITS}}"
    return f"{carrier_code}{digits}{check_digit(digits)}"


def is_scannable(number: str) -> bool:
    """Say whether a carrier's number can be drawn as bars, and read from them as it is."""
    return number.isascii() and number.isprintable()


def check_digit(digits: str) -> int:
    """Return the digit that a scanner checks the others by; it finds any one wrong digit."""
    total = sum(
        int(digit) * WEIGHTS[position % 2] for position, digit in enumerate(reversed(digits))
    )
    return -total % 10


def draw(shipment: Shipment, packages: Sequence[Package]) -> bytes:
    """Return a PDF with a page of 100 × 150 mm for each package.

    Takes a fifth of a second: outside of any lock.
    """
    return pdf.render(html(shipment, packages), style="o2c/label.css")


def html(shipment: Shipment, packages: Sequence[Package]) -> str:
    """Return the page that is drawn; a package without an SSCC bears the tracking number alone."""
    context = {
        "shipment": shipment,
        "house": address_of(shipment.warehouse, the_company()),
        "barcode": _bars(Code128, shipment.tracking_number, size=TRACKING_MM),
        "packages": [
            (package, _bars(Gs1_128, f"00{package.sscc}", size=SSCC_MM) if package.sscc else "")
            for package in packages
        ],
    }
    return render_to_string("shipping/label.html", context)


def _bars(symbology: type[Code128], text: str, *, size: Size) -> str:
    """Return the bars as SVG, without the document head that HTML does not want."""
    out, (width, height) = BytesIO(), size
    options = BARS | {"module_width": width, "module_height": height}
    symbology(text, writer=SVGWriter()).write(out, options=options)
    svg = out.getvalue().decode()
    return svg[svg.index("<svg") :]
