"""The lines of the order entry screen: what was typed in each row, priced as far as it goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import PricedAt, TaxedAt, price_book, tax_for
from catalog.selectors import products_by_code
from customers.models import Address, Customer
from o2c.kernel.money import ZERO, Taxable, Totals, round_money, totals
from orders.rules import MAX_LINES

# How many empty rows a page offers to somebody without JavaScript.
SPARE_ROWS = 5
QUANTITY = forms.DecimalField(localize=True)


@dataclass
class Row:
    """One row of the screen; `errors` by field: sku, quantity."""

    place: int
    sku: str = ""
    quantity_text: str = ""
    product: Product | None = None
    quantity: Decimal | None = None
    price: PricedAt | None = None
    tax: TaxedAt | None = None
    net_amount: Decimal | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not (self.sku or self.quantity_text)

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

    def row(self, place: int) -> Row:
        return next(row for row in self.rows if row.place == place)


def read_sheet(data: Mapping[str, str]) -> Sheet:
    """Read the rows as they were sent, blank ones too."""
    count = data.get("lines-count", "0")
    rows = min(int(count), MAX_LINES + SPARE_ROWS) if count.isdecimal() else 0
    return Sheet(
        [
            Row(
                place=place,
                sku=data.get(f"lines-{place}-sku", "").strip(),
                quantity_text=data.get(f"lines-{place}-quantity", "").strip(),
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


def price_sheet(
    sheet: Sheet, customer: Customer | None, ship_to: Address | None, *, on: date
) -> None:
    """Find each row's product, price and tax, and add up; say in the row what is wrong with it."""
    filled = sheet.filled
    customer_id = customer.pk if customer else None
    products = products_by_code((row.sku for row in filled), customer_id=customer_id)
    for row in filled:
        row.product = products.get(row.sku)
        _read_quantity(row)
        if row.product is None:
            row.errors["sku"] = _("We do not sell this. Type a SKU, a GTIN or a word.")
    if customer is None:
        return
    found = [row.product for row in filled if row.product]
    book = price_book(customer, [product.pk for product in found], on=on)
    taxes = tax_for(customer, ship_to, found, on=on) if ship_to else {}
    for row in filled:
        if row.product is not None:
            row.price = book.price(row.product.pk, row.quantity or ZERO)
            row.tax = taxes.get(row.product.pk)
        if row.price and row.quantity is not None:
            row.net_amount = round_money(row.quantity * row.price.amount, customer.currency)
    sheet.totals = _total(filled, customer.currency)


def place_findings(sheet: Sheet, findings: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Write findings about lines into their rows; return the others as (field, message)."""
    others = []
    filled = sheet.filled
    for _rule, place, message in findings:
        parts = place.split(".")
        if len(parts) == 3:  # noqa: PLR2004  lines.<number>.<field>
            name = "quantity" if parts[2] == "quantity" else "sku"
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


def _read_quantity(row: Row) -> None:
    if not row.quantity_text:
        return
    try:
        row.quantity = QUANTITY.clean(row.quantity_text)
    except ValidationError as refusal:
        row.errors["quantity"] = " ".join(refusal.messages)


def _total(rows: Sequence[Row], currency: str) -> Totals:
    taxables = (
        Taxable(net_amount=row.net_amount, category=row.tax.category, rate=row.tax.rate)
        for row in rows
        if row.net_amount is not None and row.tax is not None
    )
    return totals(taxables, currency)
