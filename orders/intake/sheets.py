"""Tables whose header nobody understands yet: they wait for somebody who explains a word."""

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Row, read_rows
from orders.intake.documents import ReadOrder
from orders.intake.findings import Unreadable, block
from orders.intake.layouts import Layout, Sender
from orders.intake.pdf.layout import read_pdf
from orders.intake.reading import orders_of
from orders.intake.tables import table_of

ROWS_KEPT = 300
FEWEST_CELLS = 2
SHEETS = ("csv", "xlsx")


def sheet_or_pages(content: bytes, file_format: str) -> Layout | None:
    """Return a file as a layout, where its words decide what it means.

    Raises:
        Unreadable: it cannot be read at all.
    """
    if file_format == "pdf":
        return read_pdf(content)
    return unknown_sheet(content, file_format) if file_format in SHEETS else None


def unknown_sheet(content: bytes, file_format: str) -> "UnknownSheet":
    """Return the first sheet that looks like a table: cells side by side, and numbers.

    Raises:
        Unreadable: there is none.
    """
    for sheet in read_rows(content, f"sheet.{file_format}"):
        rows = [(number, cells) for number, cells in sheet.rows if any(cells)]
        wide = [cells for _number, cells in rows if sum(map(bool, cells)) >= FEWEST_CELLS]
        has_numbers = any(cell.strip()[:1].isdigit() for cells in wide for cell in cells)
        if len(wide) >= FEWEST_CELLS and has_numbers:
            return UnknownSheet(rows)
    raise Unreadable("no_header", _("There is no table in this file."))


class UnknownSheet:
    """Rows that are a table, though not yet one of order lines."""

    hints: list[str]

    def __init__(self, rows: list[Row]) -> None:
        self.hints = []
        self.rows = rows

    def orders(self, sender: Sender) -> list[ReadOrder]:
        """Return the order as the customer's own words tell it; else what is missing."""
        try:
            table = table_of(self.rows, sender.words)
        except Unreadable as error:
            order = ReadOrder(part="", customer=sender.customer, po_number="")
            order.rows = self.rows[:ROWS_KEPT]
            order.columns = [str(number + 1) for number in range(len(self.rows[0][1]))]
            message = _("%(error)s Or say below what the words of this customer mean.")
            order.findings.append(block(error.rule, "columns", message % {"error": error}))
            return [order]
        return orders_of(table, locale_of=lambda code: sender.language, customer=sender.customer)
