"""Make orders of a table's rows: one per customer and purchase order number."""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Row
from o2c.kernel.sheets.dates import parse_day
from o2c.kernel.sheets.numbers import only_mark, parse_number, proven_mark
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
    reader = TableReader(table, customer=customer)
    return [reader.order_of(rows, locale_of) for rows in reader.groups()]


class TableReader:
    """Finds out which rows of a table make an order, and then reads one order after the other.

    Of a large table only the number of each row's order is held in memory.
    """

    def __init__(self, table: Table, *, customer: str) -> None:
        self.table = table
        self.customer = customer
        self.count = 0
        self._notes: list[Finding] = []
        # Which order each row belongs to, counted from 1; 0: it was passed over.
        self._numbers = array("L")
        proven = self._sort()
        self.mark = table.mark or only_mark(proven)

    def _sort(self) -> set[str]:
        """Say of each row which order it belongs to; return the decimal marks that are proven."""
        proven: set[str] = set()
        known: dict[tuple[str, str], int] = {}
        columns = [self.table.columns.get(name) for name in ("quantity", "unit_price")]
        priced = [column for column in columns if column is not None]
        last = 0
        for number, cells in self.table.rows:
            proven.update([proven_mark(cells[place]) for place in priced if place < len(cells)])
            if not self.cell(cells, "sku") and not self.cell(cells, "quantity"):
                self._pass_over(number)
                continue
            named, po_number = self.names(cells)
            # A merged cell: only the first row of an order names it.
            if named or po_number or not last:
                last = known.setdefault((named or self.customer, po_number), len(known) + 1)
            self._numbers.append(last)
        self.count = len(known)
        return proven

    def _pass_over(self, number: int) -> None:
        message = _("Row %(row)s names no product and no quantity; it was passed over.")
        self._notes.append(warn("row_passed_over", "file", message % {"row": number}))
        self._numbers.append(0)

    def groups(self) -> Iterator[list[Row]]:
        """Yield the rows of one order after the other, in the order of their first rows."""
        number_of = self._numbers.__getitem__
        places = array("L", sorted(range(len(self._numbers)), key=number_of))
        for number, group in groupby(places, number_of):
            if number:
                yield [self.table.rows[place] for place in group]

    def names(self, cells: list[str]) -> tuple[str, str]:
        """Return which customer and which PO number a row names."""
        return code_of(self.cell(cells, "customer")), code_of(self.cell(cells, "po_number"))

    def order_of(self, rows: Sequence[Row], locale_of: LocaleOf) -> ReadOrder:
        """Read the rows of one order; what is to be said of the table is said with its first."""
        order = self._open(rows[0][1], locale_of)
        locale = locale_of(order.customer)
        for row in rows:
            self._take(row, order, locale)
        order.findings += self.table.notes
        order.findings += self._notes
        self._notes = []
        return order

    def _take(self, row: Row, order: ReadOrder, locale: str) -> None:
        """Put a row to its order."""
        number, cells = row
        order.rows.append(row)
        place = len(order.lines)
        line = self._line(number, cells, order, f"lines.{place}", locale)
        order.lines.append(line)
        if len(cells) > len(self.table.header) and any(cells[len(self.table.header) :]):
            message = _("Row %(row)s has more cells than the header: is a comma part of a number?")
            order.findings.append(block("extra_cells", f"lines.{place}", message % {"row": number}))

    def cell(self, cells: list[str], name: str) -> str:
        """Return the row's text for a field, else what the rows above the header say."""
        position = self.table.columns.get(name)
        text = cells[position] if position is not None and position < len(cells) else ""
        return text or (self.table.facts.get(name, "") if name not in NEEDED else "")

    def _open(self, cells: list[str], locale_of: LocaleOf) -> ReadOrder:
        named, po_number = self.names(cells)
        customer = named or self.customer
        order = ReadOrder(
            part=f"{customer}/{po_number}"[:100],
            customer=customer,
            po_number=po_number,
            columns=self.table.header,
            currency=self.cell(cells, "currency"),
            note=self.cell(cells, "note"),
        )
        wanted, locale = self.cell(cells, "requested_on"), locale_of(customer)
        order.requested_on = self._day(wanted, order, "requested_on", locale)
        for name in ("customer", "po_number"):
            check_key(getattr(order, name), name, name, order.findings)
        if named and self.customer and named.casefold() != self.customer.casefold():
            message = _("The file names customer %(named)s, but it was sent for %(given)s.")
            names = {"named": named, "given": self.customer}
            order.findings.append(block("customer_differs", "customer", message % names))
        return order

    def _line(
        self, number: int, cells: list[str], order: ReadOrder, path: str, locale: str
    ) -> ReadLine:
        wanted = self.cell(cells, "requested_on")
        line = ReadLine(
            row=number,
            sku=code_of(self.cell(cells, "sku")),
            description=self.cell(cells, "description")[:200],
            unit=self.cell(cells, "unit"),
            quantity=self._number_in(cells, "quantity", order, path, locale),
            unit_price=self._number_in(cells, "unit_price", order, path, locale),
            requested_on=self._day(wanted, order, f"{path}.requested_on", locale),
        )
        check_key(line.sku, "sku", f"{path}.sku", order.findings)
        return line

    def _number_in(
        self, cells: list[str], name: str, order: ReadOrder, path: str, locale: str
    ) -> Decimal | None:
        text = self.cell(cells, name)
        if not text:
            return None
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

    def _day(self, text: str, order: ReadOrder, path: str, locale: str) -> date | None:
        if not text:
            return None
        found = read_day(text, locale=locale)
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
