"""The labels of a shipment in the language of Zebra's printers: 100 x 150 mm at 8 dots/mm."""

from collections.abc import Iterator, Sequence

from fulfillment.houses import address_of
from fulfillment.models import Package
from o2c.kernel.models import Company
from o2c.kernel.ui.figures import quantity
from shipping.models import Shipment

WIDTH, HEIGHT = 800, 1200
LEFT = 40
# GS1 wants of a logistic label's SSCC: narrowest bar 0.495 mm at least, 32 mm high.
SSCC_DOTS, SSCC_HEIGHT = 4, 256
# What a printer takes for a command is written by its code.
CODES = str.maketrans({"^": "_5E", "~": "_7E", "_": "_5F"})
# A letter is so wide for its height.
LETTER = 0.55


def write(shipment: Shipment, packages: Sequence[Package], company: Company) -> str:
    """Return one label for each package. One without an SSCC bears the tracking number alone."""
    return "".join(
        _label(shipment, package, company, place=place, count=len(packages))
        for place, package in enumerate(packages, start=1)
    )


def _label(
    shipment: Shipment, package: Package, company: Company, *, place: int, count: int
) -> str:
    bars = _plain(shipment.tracking_number).replace(">", ">0")
    parts = [
        f"^XA^CI28^PW{WIDTH}^LL{HEIGHT}^LH0,0",
        *_address(shipment, company),
        _text(560, 28, f"{shipment.number}   {place}/{count}   {quantity(package.weight_kg)} kg"),
        f"^FO{LEFT},610^BY2^BCN,150,Y,N,N^FH^FD{bars}^FS",
    ]
    if package.sscc:
        # Code set C, FNC1, then the application identifier 00: a GS1-128.
        parts.append(
            f"^FO{LEFT},850^BY{SSCC_DOTS}^BCN,{SSCC_HEIGHT},N,N,N^FD>;>800{package.sscc}^FS"
        )
        parts.append(_text(1125, 34, f"(00) {package.sscc}"))
    return "\n".join([*parts, "^XZ", ""])


def _address(shipment: Shipment, company: Company) -> Iterator[str]:
    to = shipment.ship_to
    house = address_of(shipment.warehouse, company)
    yield _text(40, 22, f"{house.name}, {house.street}, {house.place}")
    yield _text(90, 48, str(shipment.carrier or ""))
    yield f"^FO{LEFT},160^GB720,370,4^FS"
    lines = [shipment.customer.name, to.label, to.street, f"{to.postal_code} {to.city}", to.country]
    shown = [line for line in lines if line.strip()]
    for row, line in enumerate(shown):
        yield _text(185 + 66 * row, 42, line, left=LEFT + 24)


def _text(top: int, height: int, text: str, *, left: int = LEFT) -> str:
    return f"^FO{left},{top}^A0N,{height},{height}^FH^FD{_plain(text[: fitting(height)])}^FS"


def _plain(text: str) -> str:
    """Return text in which nothing is a command."""
    return "".join(char if char.isprintable() else " " for char in text).translate(CODES)


def fitting(height: int) -> int:
    """Return how many letters of a height stand beside each other on the label."""
    return int((WIDTH - 2 * LEFT) / (height * LETTER))
