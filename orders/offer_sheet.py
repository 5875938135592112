"""The lines of a quote or a blanket order: those of the order entry screen, with own prices."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.pricing import PricedAt
from o2c.kernel.money import ZERO, Taxable, round_money, totals
from orders.sheet import Row, Sheet, read_sheet

PRICE = forms.DecimalField(localize=True, min_value=0, max_digits=14, decimal_places=4)
QUANTITY = forms.DecimalField(localize=True, min_value=0, max_digits=12, decimal_places=3)


@dataclass
class OfferRow(Row):
    """A row with a price of its own, empty: as listed, and the least that one call-off takes."""

    price_text: str = ""
    minimum_text: str = ""
    own_price: Decimal | None = None
    minimum: Decimal = ZERO

    @property
    def is_blank(self) -> bool:
        return not (self.sku or self.quantity_text or self.price_text)


def read_offer(data: Mapping[str, str]) -> Sheet:
    """Read the rows as they were sent, with their prices."""
    rows: list[Row] = [
        OfferRow(
            place=row.place,
            sku=row.sku,
            quantity_text=row.quantity_text,
            price_text=data.get(f"lines-{row.place}-price", "").strip(),
            minimum_text=data.get(f"lines-{row.place}-minimum", "").strip(),
        )
        for row in read_sheet(data).rows
    ]
    return Sheet(rows)


def offer_of(lines: Iterable[tuple[str, Decimal, Decimal | None, Decimal]]) -> Sheet:
    """Lay out known lines: SKU, quantity, own price, least per call-off."""
    rows: list[Row] = [
        OfferRow(
            place=place,
            sku=sku,
            quantity_text=_plain(quantity),
            price_text=_plain(price) if price is not None else "",
            minimum_text=_plain(minimum) if minimum else "",
        )
        for place, (sku, quantity, price, minimum) in enumerate(lines)
    ]
    return Sheet(rows)


def apply_prices(sheet: Sheet, currency: str) -> None:
    """Put the own prices in the place of the listed ones of a priced sheet, and add up again."""
    rows = [row for row in sheet.filled if isinstance(row, OfferRow)]
    for row in rows:
        row.own_price = _read(row, "price", row.price_text, PRICE.clean)
        row.minimum = _read(row, "minimum", row.minimum_text, QUANTITY.clean) or ZERO
        if row.own_price is not None:
            row.price = _own(row.price, row.own_price)
        if row.price and row.quantity is not None:
            row.net_amount = round_money(row.quantity * row.price.amount, currency)
    sheet.totals = totals(
        (
            Taxable(net_amount=row.net_amount, category=row.tax.category, rate=row.tax.rate)
            for row in sheet.filled
            if row.net_amount is not None and row.tax is not None
        ),
        currency,
    )


def _own(listed: PricedAt | None, amount: Decimal) -> PricedAt:
    source = _("offered")
    if listed is None:
        return PricedAt(amount=amount, source=source)
    return replace(listed, amount=amount, source=source, discount_rate=ZERO)


def _read(row: Row, name: str, text: str, clean: Callable[[str], Decimal]) -> Decimal | None:
    if not text:
        return None
    try:
        return clean(text)
    except ValidationError as refusal:
        row.errors[name] = " ".join(refusal.messages)
        return None


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
