"""Rows of a sheet, a delimited file or a JSON order, in one shape for all formats."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.sheets import Row
from o2c.kernel.sheets.spool import Spool
from orders.intake.columns import columns_of, find_header, meaning_of
from orders.intake.findings import Finding, Unreadable

# Among so many first rows the header is looked for.
FIRST_ROWS = 40


@dataclass(kw_only=True)
class Table:
    """Order lines under a header, with what the rows above it say about the whole order."""

    header: list[str]
    columns: dict[str, int]
    rows: Sequence[Row]
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    # The decimal mark where the format itself settles it.
    mark: str = ""

    def texts(self, name: str) -> Iterable[str]:
        """Yield the cells of one field."""
        position = self.columns.get(name)
        if position is not None:
            yield from (cells[position] for _row, cells in self.rows if position < len(cells))

    @cached_property
    def customer_codes(self) -> set[str]:
        """Return how the table names customers, by the columns as they are at first."""
        named = {code_of(text) for text in self.texts("customer")}
        return (named | {code_of(self.facts.get("customer", ""))}) - {""}


def code_of(text: str) -> str:
    """Return a code as people mean it: spreadsheets turn `17850` into `17850.0`."""
    text = text.strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def table_of(rows: Iterable[Row], words: Mapping[str, str] = {}) -> Table:
    """Find the header among the first rows and split the rows there; they are gone through once.

    `words` are the customer's own for what a column means.

    Raises:
        Unreadable: there is no header, no line under it, or more lines than we take.
    """
    further = iter(rows)
    first = list(islice(further, FIRST_ROWS))
    start = find_header([cells for _number, cells in first], words)
    if start is None:
        deque(further, maxlen=0)  # should they be broken, that is what is wrong
        raise Unreadable(
            "no_header",
            _("No row names at least a product column and a quantity column. Add a header row."),
        )
    header = first[start][1]
    below = Spool(row for row in chain(first[start + 1 :], further) if any(row[1]))
    check_count(len(below))
    columns = columns_of(header, words)
    return Table(header=header, columns=columns, rows=below, facts=facts_of(first[:start]))


def check_count(lines: int) -> None:
    if not lines:
        raise Unreadable("no_lines", _("The file has no order lines."))
    if lines > settings.INTAKE_MAX_LINES:
        raise Unreadable(
            "too_many_lines",
            _("The file has %(lines)s lines; at most %(most)s are taken at once. Split it.")
            % {"lines": lines, "most": settings.INTAKE_MAX_LINES},
        )


def facts_of(rows: Iterable[Row]) -> dict[str, str]:
    """Read `PO number: 4711` and `Customer | C-10001` from the rows above the header."""
    facts: dict[str, str] = {}
    for _number, cells in rows:
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        label, mark, rest = filled[0].partition(":")
        value = rest.strip() if mark and rest.strip() else "".join(filled[1:2])
        name = meaning_of(label)
        if name and value:
            facts.setdefault(name, value)
    return facts
