"""What a customer would pay, line by line, beside what they wrote."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import Break, PriceBook, PricedAt, TaxedAt, price_book, tax_for
from catalog.selectors import products_by_code
from catalog.units import Packs, in_base, packs_of
from customers.models import Address, Customer
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import round_money
from o2c.kernel.sheets.numbers import parse_number

MAX_LINES = 500
# "24", "2 CT", "1.5kg": a quantity, perhaps with a unit.
QUANTITY = re.compile(r"([-+0-9.,' ]+?)\s*([^\W\d_][\w.²³]*)?", re.UNICODE)
LIMIT = Decimal(10) ** 9


@dataclass
class Line:
    """One line as it was typed, and what we say to it; `problem` is empty when we can."""

    code: str
    quantity_text: str
    written: Decimal | None = None
    product: Product | None = None
    quantity: Decimal | None = None
    price: PricedAt | None = None
    net_amount: Decimal | None = None
    breaks: Sequence[Break] = field(default_factory=list)
    next_break: Break | None = None
    tax: TaxedAt | None = None
    problem: str = ""

    def difference(self) -> Decimal | None:
        """Return by which share of our price the written one is above or below it."""
        if self.written is None or self.price is None or not self.price.amount:
            return None
        return (self.written - self.price.amount) / self.price.amount

    def is_within(self, tolerance: Decimal) -> bool:
        """Say whether the written price may stand; `tolerance` is a fraction of ours."""
        if self.written is None or self.price is None:
            return True
        return abs(self.written - self.price.amount) <= self.price.amount * tolerance


def read_lines(text: str) -> list[Line]:
    """Read pasted lines: a SKU, a quantity and perhaps a price, by tabs, semicolons or spaces.

    Raises:
        InvalidInput: more lines than are checked at once.
    """
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) > MAX_LINES:
        message = _("At most %(most)s lines are checked at once.") % {"most": MAX_LINES}
        raise InvalidInput(message, field="lines")
    return [_line(cells_of(line)) for line in typed]


def cells_of(line: str) -> list[str]:
    mark = next((mark for mark in ("\t", ";") if mark in line), None)
    cells = line.split(mark) if mark else line.split()
    return [cell.strip() for cell in cells]


def check(
    lines: Iterable[Line], *, customer: Customer, ship_to: Address | None, on: date
) -> list[Line]:
    """Find each line's product, price and tax on a day; the number of statements is always the
    same.
    """
    checked = list(lines)
    products = products_by_code((line.code for line in checked), customer_id=customer.pk)
    ids = [product.pk for product in products.values()]
    packs = packs_of(ids)
    book = price_book(customer, ids, on=on)
    taxes = tax_for(customer, ship_to, products.values(), on=on) if ship_to else {}
    for line in checked:
        line.product = products.get(line.code)
        if line.product is None:
            line.problem = line.problem or _("We do not sell this. Type a SKU or a GTIN.")
            continue
        line.tax = taxes.get(line.product.pk)
        if not line.problem:
            _price(line, line.product, book, packs.get(line.product.pk, {}), customer.currency)
    return checked


def _line(cells: Sequence[str]) -> Line:
    code, quantity, price = (*cells, "", "", "")[:3]
    line = Line(code=code, quantity_text=quantity or "1")
    if price:
        number = parse_number(price, mark="", locale="en")
        line.written = number.value if number else None
        if number is None:
            line.problem = _("“%(text)s” is no price.") % {"text": price[:40]}
    return line


def _price(line: Line, product: Product, book: PriceBook, packs: Packs, currency: str) -> None:
    try:
        line.quantity = _quantity(line, product, packs)
    except InvalidInput as refusal:
        line.problem = str(refusal)
        return
    line.price = book.price(product.pk, line.quantity)
    line.breaks = book.breaks(product.pk)
    line.next_break = book.next_break(product.pk, line.quantity)
    if line.price is None:
        line.problem = line.problem or _("No list has a price in the customer's currency.")
    else:
        line.net_amount = round_money(line.quantity * line.price.amount, currency)


def _quantity(line: Line, product: Product, packs: Packs) -> Decimal:
    parts = QUANTITY.fullmatch(line.quantity_text)
    number = parse_number(parts[1], mark="", locale="en") if parts else None
    if parts is None or number is None or not 0 < number.value < LIMIT:
        raise InvalidInput(
            _("“%(text)s” is no quantity.") % {"text": line.quantity_text[:40]}, field="quantity"
        )
    return in_base(product, number.value, parts[2] or "", packs=packs)
