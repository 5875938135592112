"""Purchase orders as PDF: drawn by the measurement's own layouts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bench.documents.layouts import layouts
from bench.documents.paper import draw
from bench.documents.truth import Buyer, Item, Line, Order

HOLLIS = Buyer(
    number="C-17850",
    name="Hollis Water",
    vat="",
    street="1 Mill Lane",
    place="24103 Kiel",
    email="buyer@hollis.example",
    currency="EUR",
    language="en",
)
LINES = (("85123A", 6, "50.00"), ("71053", 20, "2.55"))


DAYS = {"ordered_on": date(2026, 11, 18), "requested_on": date(2027, 1, 25)}


def order(lines=LINES, *, po_number="PO-4711", buyer=HOLLIS, **changes):
    """Return an order; lines are (sku, quantity, price)."""
    return Order(
        buyer=buyer,
        po_number=po_number,
        lines=[
            Line(item=Item(sku=sku, name="Butterfly valve", price=Decimal(price)), quantity=count)
            for sku, count, price in lines
        ],
        **{**DAYS, **changes},
    )


def paper(lines=LINES, *, layout=0, **changes):
    """Return the PDF of an order in one of the layouts; `piece` replaces the word for a unit."""
    shown = replace(layouts()[layout], **changes.pop("shown", {}))
    return draw(order(lines, **changes), shown)
