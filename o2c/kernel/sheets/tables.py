"""From a file to rows of named cells, and from cells to values."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Unreadable, read_rows
from o2c.kernel.sheets.dates import parse_day
from o2c.kernel.sheets.numbers import decimal_mark, parse_number
from o2c.kernel.ui.dates import day_text
from o2c.kernel.ui.figures import quantity

HEADER_ROWS = 30
MAX_ROWS = 100_000
# Field of ours -> the words that header rows use for it.
Columns = Mapping[str, Sequence[str]]


class Status(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REJECTED = "rejected"


@dataclass(kw_only=True)
class Row:
    """One row: its cells by field, what it comes to, and what is wrong: (field, message).

    `changes` says what it changes of what we know: (before, after) by field. `read` has the numbers
    and days that its cells were taken for.
    """

    number: int
    cells: dict[str, str]
    status: Status = Status.SAME
    problems: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    read: dict[str, Decimal | date] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, str]:
        """Return what its cells say, for people: numbers and days as they were taken for."""
        return self.cells | {name: _written(value) for name, value in self.read.items()}

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def reject(self, name: str, message: str) -> None:
        self.status = Status.REJECTED
        self.problems.append((name, message))


@dataclass(kw_only=True)
class Table:
    """The rows of a file; `mark` is the decimal mark that its numbers prove, or empty."""

    rows: list[Row]
    mark: str = ""

    def count(self, status: Status) -> int:
        return sum(row.status == status for row in self.rows)

    def good(self) -> Iterator[Row]:
        return (row for row in self.rows if not row.problems)


def read_table(
    content: bytes, name: str, *, columns: Columns, needed: Sequence[str], numbers: Sequence[str]
) -> Table:
    """Read the first sheet that has the needed columns; blank rows are left out.

    Raises:
        Unreadable: the file cannot be read, has no such sheet, or has too many rows.
    """
    meanings = {fold(word): field for field, words in columns.items() for word in words}

    def known(cells: Sequence[str]) -> int:
        return sum(fold(cell) in meanings for cell in cells)

    for sheet in read_rows(content, name, known=known):
        for index, (_number, cells) in enumerate(sheet.rows[:HEADER_ROWS]):
            places = _places(cells, meanings)
            if all(field in places for field in needed):
                rows = _rows(sheet.rows[index + 1 :], places)
                texts = [row.text(field) for row in rows for field in numbers]
                return Table(rows=rows, mark=decimal_mark(filter(None, texts)))
    words = ", ".join(columns[field][0] for field in needed)
    message = _("No row names the columns that are needed: %(words)s.") % {"words": words}
    raise Unreadable("no_header", message)


def number_in(table: Table, row: Row, name: str) -> Decimal | None:
    """Return the number in a cell; nothing when it is empty, or none and the row is told so."""
    text = row.text(name)
    if not text:
        return None
    number = parse_number(text, mark=table.mark, locale="en")
    if number is None:
        row.reject(name, _("“%(text)s” is no number.") % {"text": text[:40]})
        return None
    if number.is_doubtful:
        row.reject(
            name,
            _("“%(text)s” could be a thousand times more or less: write it without the mark.")
            % {"text": text[:40]},
        )
        return None
    row.read[name] = number.value
    return number.value


def day_in(row: Row, name: str) -> date | None:
    """Return the day in a cell; nothing when it is empty, or none and the row is told so."""
    text = row.text(name)
    if not text:
        return None
    day = parse_day(text, locale="en")
    if day is None or day.is_doubtful:
        row.reject(name, _("“%(text)s” is no clear date. Write 2027-01-31.") % {"text": text[:40]})
        return None
    row.read[name] = day.value
    return day.value


def _written(value: Decimal | date) -> str:
    return day_text(value) if isinstance(value, date) else quantity(value)


def fits(row: Row, name: str, longest: int) -> None:
    """Tell the row when a text is longer than we keep."""
    if len(row.text(name)) > longest:
        row.reject(name, _("At most %(longest)s characters are kept.") % {"longest": longest})


def fold(text: str) -> str:
    """Return the letters and digits alone, in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def _places(cells: Sequence[str], meanings: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for position, cell in enumerate(cells):
        meaning = meanings.get(fold(cell))
        if meaning:
            places.setdefault(meaning, position)
    return places


def _rows(rows: Sequence[tuple[int, list[str]]], places: Mapping[str, int]) -> list[Row]:
    if len(rows) > MAX_ROWS:
        message = _("The file has more than %(most)s rows. Split it.") % {"most": MAX_ROWS}
        raise Unreadable("too_many_rows", message)
    found = []
    for number, cells in rows:
        named = {
            field: cells[place].strip() for field, place in places.items() if place < len(cells)
        }
        if any(named.values()):
            found.append(Row(number=number, cells=named))
    return found
