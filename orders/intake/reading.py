"""Make orders of a table's rows: one per customer and purchase order number."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Row
from o2c.kernel.sheets.dates import parse_day
from o2c.kernel.sheets.numbers import decimal_mark, parse_number
from orders.intake.columns import NEEDED
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.findings import Finding, block, warn
from orders.intake.tables import Table, code_of

LocaleOf = Callable[[str], str]

# A cell that a spreadsheet would run: it is kept as the text that it is.
FORMULA = re.compile(r"[=+\-@].+", re.DOTALL)
KEYS = ("customer", "po_number", "sku")
KEY_LENGTH = {"customer": 40, "po_number": 60, "sku": 40}
# What the order lines' columns hold.
NUMBER_LIMIT = {
    "quantity": Decimal(10) ** 9,
    "unit_price": Decimal(10) ** 10,
    "amount": Decimal(10) ** 13,
}
DECIMALS = {"quantity": 3, "unit_price": 4, "amount": 3}

read_number = lru_cache(maxsize=8192)(parse_number)
read_day = lru_cache(maxsize=2048)(parse_day)


def orders_of(table: Table, *, locale_of: LocaleOf, customer: str = "") -> list[ReadOrder]:
    """Return the table's orders in the order of their first rows.

    `customer` is the sender that the caller named; `locale_of` tells how a customer writes
    numbers and dates, where the file itself leaves it open.
    """
    reader = TableReader(table, locale_of=locale_of, customer=customer)
    for row in table.rows:
        reader.take(row)
    return reader.finished()


class TableReader:
    """Collects a table's rows into orders in one pass."""

    def __init__(self, table: Table, *, locale_of: LocaleOf, customer: str) -> None:
        self.table = table
        self.locale_of = locale_of
        self.customer = customer
        self.orders: dict[tuple[str, str], ReadOrder] = {}
        self.passed_over: list[Finding] = []
        self.last: ReadOrder | None = None
        texts = [*table.texts("quantity"), *table.texts("unit_price")]
        self.mark = table.mark or decimal_mark(texts)

    def take(self, row: Row) -> None:
        """Put a row to its order."""
        number, cells = row
        if not self.cell(cells, "sku") and not self.cell(cells, "quantity"):
            message = _("Row %(row)s names no product and no quantity; it was passed over.")
            self.passed_over.append(warn("row_passed_over", "file", message % {"row": number}))
            return
        order = self._order_of(cells)
        order.rows.append((number, cells))
        place = len(order.lines)
        line = self._line(number, cells, order, f"lines.{place}")
        order.lines.append(line)
        if len(cells) > len(self.table.header) and any(cells[len(self.table.header) :]):
            message = _("Row %(row)s has more cells than the header: is a comma part of a number?")
            order.findings.append(block("extra_cells", f"lines.{place}", message % {"row": number}))

    def finished(self) -> list[ReadOrder]:
        orders = list(self.orders.values())
        for order in orders:
            order.findings += self.table.notes
        if orders:
            orders[0].findings += self.passed_over
        return orders

    def cell(self, cells: list[str], name: str) -> str:
        """Return the row's text for a field, else what the rows above the header say."""
        position = self.table.columns.get(name)
        text = cells[position] if position is not None and position < len(cells) else ""
        return text or (self.table.facts.get(name, "") if name not in NEEDED else "")

    def _order_of(self, cells: list[str]) -> ReadOrder:
        named = code_of(self.cell(cells, "customer"))
        po_number = code_of(self.cell(cells, "po_number"))
        if not named and not po_number and self.last is not None:
            return self.last  # a merged cell: only the first row of an order names it
        key = (named or self.customer, po_number)
        self.last = self.orders.get(key) or self._open(key, named, cells)
        return self.last

    def _open(self, key: tuple[str, str], named: str, cells: list[str]) -> ReadOrder:
        customer, po_number = key
        order = ReadOrder(
            part=f"{customer}/{po_number}"[:100],
            customer=customer,
            po_number=po_number,
            columns=self.table.header,
            currency=self.cell(cells, "currency"),
            note=self.cell(cells, "note"),
        )
        order.requested_on = self._day(self.cell(cells, "requested_on"), order, "requested_on")
        for name in ("customer", "po_number"):
            check_key(getattr(order, name), name, name, order.findings)
        if named and self.customer and named.casefold() != self.customer.casefold():
            message = _("The file names customer %(named)s, but it was sent for %(given)s.")
            names = {"named": named, "given": self.customer}
            order.findings.append(block("customer_differs", "customer", message % names))
        self.orders[key] = order
        return order

    def _line(self, number: int, cells: list[str], order: ReadOrder, path: str) -> ReadLine:
        wanted = self.cell(cells, "requested_on")
        line = ReadLine(
            row=number,
            sku=code_of(self.cell(cells, "sku")),
            description=self.cell(cells, "description")[:200],
            unit=self.cell(cells, "unit"),
            quantity=self._number(cells, "quantity", order, path),
            unit_price=self._number(cells, "unit_price", order, path),
            requested_on=self._day(wanted, order, f"{path}.requested_on") if wanted else None,
        )
        check_key(line.sku, "sku", f"{path}.sku", order.findings)
        return line

    def _number(self, cells: list[str], name: str, order: ReadOrder, path: str) -> Decimal | None:
        text = self.cell(cells, name)
        if not text:
            return None
        locale = self.locale_of(order.customer)
        found = read_number(text, mark=self.mark, locale=locale)
        path = f"{path}.{name}"
        if found is None or not fits(found.value, name):
            message = _("“%(text)s” is no number that we can book.") % {"text": text[:40]}
            order.findings.append(block("not_a_number", path, message))
            return None
        if found.is_doubtful:
            message = _("“%(text)s” could also be a thousand times more or less.") % {"text": text}
            order.findings.append(block("ambiguous_number", path, message))
        return found.value

    def _day(self, text: str, order: ReadOrder, path: str) -> date | None:
        if not text:
            return None
        found = read_day(text, locale=self.locale_of(order.customer))
        if found is None:
            message = _("“%(text)s” is no date. Write it as 2026-12-31.") % {"text": text[:40]}
            order.findings.append(block("not_a_date", path, message))
            return None
        if found.is_doubtful:
            message = _("In “%(text)s” day and month could be swapped.") % {"text": text}
            order.findings.append(block("ambiguous_date", path, message))
        return found.value


def check_key(text: str, name: str, path: str, findings: list[Finding]) -> None:
    """Find a code that is too long, or that a spreadsheet would run."""
    if len(text) > KEY_LENGTH[name]:
        message = _("This has %(length)s characters; at most %(most)s are taken.")
        lengths = {"length": len(text), "most": KEY_LENGTH[name]}
        findings.append(block("too_long", path, message % lengths))
    if FORMULA.fullmatch(text):
        message = _("“%(text)s” looks like a formula. It was kept as text; check it.")
        findings.append(block("formula_text", path, message % {"text": text[:40]}))


def fits(value: Decimal, name: str) -> bool:
    """Say whether a number can be kept in the column of this name."""
    exponent = value.as_tuple().exponent
    too_fine = isinstance(exponent, int) and -exponent > DECIMALS[name]
    return abs(value) < NUMBER_LIMIT[name] and not (too_fine and _rounded(value, name) != value)


def _rounded(value: Decimal, name: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-DECIMALS[name]))
