"""The lines of the order entry screen: what was typed in each row, priced as far as it goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import Break, PricedAt, TaxedAt
from o2c.kernel.money import ZERO, Totals
from o2c.kernel.requests import number_of
from orders.models import Order, OrderLine
from orders.rules import MAX_LINES
from orders.services.needs import discount_rate

# How many empty rows a page offers to somebody without JavaScript.
SPARE_ROWS = 5
# No row holds more digits; what has thousands of them cannot even be added up.
QUANTITY = forms.DecimalField(localize=True, max_digits=12)
PRICE = forms.DecimalField(min_value=0, max_digits=14, decimal_places=4, localize=True)
DAY = forms.DateField(input_formats=["%Y-%m-%d"])
PRICE_STEP = Decimal("0.01")
# A field of a finding -> the field of the row.
FIELDS = {"quantity": "quantity", "unit_price": "price", "requested_on": "date"}


@dataclass
class Row:
    """One row of the screen; `errors` by field: sku, quantity, price, date."""

    place: int
    sku: str = ""
    quantity_text: str = ""
    price_text: str = ""
    reason: str = ""
    date_text: str = ""
    product: Product | None = None
    quantity: Decimal | None = None
    # Another price than listed, and a day of its own, as somebody typed them.
    override: Decimal | None = None
    wanted_on: date | None = None
    price: PricedAt | None = None
    next_break: Break | None = None
    successor: Product | None = None
    earliest_on: date | None = None
    tax: TaxedAt | None = None
    net_amount: Decimal | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not (self.sku or self.quantity_text)

    @property
    def is_special(self) -> bool:
        """Whether the row has a price or a day of its own."""
        return bool(self.price_text or self.reason or self.date_text)

    @property
    def struck(self) -> Decimal | None:
        """The price that is not asked for: the listed one, or that before a discount."""
        if self.price is None:
            return None
        if self.override is not None:
            listed = self.price.list_amount
            return listed if listed != self.price.amount else None
        if self.price.discount_rate:
            return (self.price.amount / (1 - self.price.discount_rate)).quantize(PRICE_STEP)
        return None

    @property
    def discount(self) -> Decimal:
        """How much less than listed somebody agreed on, as a fraction."""
        return discount_rate(self.price.amount, self.price.list_amount) if self.price else ZERO

    @property
    def customer_part(self) -> str:
        """What was typed, when it is the customer's own number of the product."""
        if self.product is None:
            return ""
        ours = {self.product.sku.casefold(), self.product.gtin.casefold()}
        return "" if self.sku.casefold() in ours else self.sku

    @property
    def number(self) -> int:
        """The row's number as people count."""
        return self.place + 1


@dataclass
class Sheet:
    """All rows of the screen and what they come to, as far as that is known."""

    rows: list[Row]
    totals: Totals | None = None

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if not row.is_blank]

    @property
    def has_errors(self) -> bool:
        return any(row.errors for row in self.rows)

    def ship_later(self, place: int | None, day: str) -> None:
        """Give a row a day of its own, as it was typed."""
        for row in self.filled:
            if row.place == place:
                row.date_text = day

    def row(self, place: int) -> Row:
        return next(row for row in self.rows if row.place == place)


def read_sheet(data: Mapping[str, str]) -> Sheet:
    """Read the rows as they were sent, blank ones too."""
    rows = min(number_of(data.get("lines-count")) or 0, MAX_LINES + SPARE_ROWS)
    return Sheet(
        [
            Row(
                place=place,
                sku=data.get(f"lines-{place}-sku", "").strip(),
                quantity_text=data.get(f"lines-{place}-quantity", "").strip(),
                price_text=data.get(f"lines-{place}-price", "").strip(),
                reason=data.get(f"lines-{place}-reason", "").strip(),
                date_text=data.get(f"lines-{place}-date", "").strip(),
            )
            for place in range(rows)
        ]
    )


def sheet_of(lines: Iterable[tuple[str, Decimal]]) -> Sheet:
    """Lay out known SKUs and quantities, such as those of an older order."""
    return Sheet(
        [
            Row(place=place, sku=sku, quantity_text=f"{quantity.normalize():f}")
            for place, (sku, quantity) in enumerate(lines)
        ]
    )


def sheet_of_draft(order: Order) -> Sheet:
    """Lay out a draft as it was entered, with prices and days of its lines' own."""
    lines = order.lines.select_related("product").order_by("position", "pk")
    return Sheet([_row_of(place, line, order) for place, line in enumerate(lines)])


def _row_of(place: int, line: OrderLine, order: Order) -> Row:
    is_agreed = bool(line.price_source) and line.unit_price != line.list_price
    return Row(
        place=place,
        sku=line.customer_part or line.product.sku,
        quantity_text=f"{line.ordered.normalize():f}",
        price_text=f"{line.unit_price.normalize():f}" if is_agreed else "",
        reason=line.price_reason if is_agreed else "",
        date_text="" if line.requested_on == order.requested_on else line.requested_on.isoformat(),
    )


def add_pasted(sheet: Sheet, text: str) -> None:
    """Put lines of a spreadsheet, each SKU and quantity, behind those that are there."""
    kept = sheet.filled
    cells = [_cells(line) for line in text.splitlines() if line.strip()]
    pasted = [Row(place=0, sku=sku, quantity_text=quantity) for sku, quantity in cells]
    sheet.rows = _renumbered([*kept, *pasted])


def tidy(sheet: Sheet, *, without: int | None = None) -> None:
    """Close the gaps between the rows and offer some empty ones after them."""
    kept = [row for row in sheet.filled if row.place != without]
    spare = [Row(place=0) for _spare in range(SPARE_ROWS)]
    sheet.rows = _renumbered([*kept, *spare])


def place_findings(sheet: Sheet, findings: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Write findings about lines into their rows; return the others as (field, message)."""
    others = []
    filled = sheet.filled
    for _rule, place, message in findings:
        parts = place.split(".")
        if len(parts) == 3:  # noqa: PLR2004  lines.<number>.<field>
            name = FIELDS.get(parts[2], "sku")
            filled[int(parts[1])].errors[name] = message
        else:
            others.append((place, message))
    return others


def _cells(line: str) -> tuple[str, str]:
    """Split a pasted line at its tab, semicolon or last space."""
    for mark in ("\t", ";"):
        if mark in line:
            sku, _mark, quantity = line.partition(mark)
            return sku.strip(), quantity.split(mark)[0].strip()
    sku, _mark, quantity = line.strip().rpartition(" ")
    return (sku.strip(), quantity) if sku else (quantity, "1")


def _renumbered(rows: list[Row]) -> list[Row]:
    for place, row in enumerate(rows):
        row.place = place
    return rows


def require_quantities(sheet: Sheet) -> None:
    """Say of each filled row without a quantity that it needs one, once it is handed in."""
    for row in sheet.filled:
        if not row.quantity_text:
            row.errors["quantity"] = _("Enter a quantity.")


def read_entries(row: Row) -> None:
    """Read quantity, price and day of a row; say in the row what cannot be read."""
    row.quantity = _cleaned(row, "quantity", QUANTITY, row.quantity_text)
    row.override = _cleaned(row, "price", PRICE, row.price_text)
    row.wanted_on = _cleaned(row, "date", DAY, row.date_text)


def _cleaned(row: Row, name: str, shape: forms.Field, text: str) -> Any:
    if not text:
        return None
    try:
        return shape.clean(text)
    except ValidationError as refusal:
        row.errors[name] = " ".join(refusal.messages)
        return None
