"""XLSX: every sheet that has a header of order lines."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from orders.intake.archives import encrypted, unpacked
from orders.intake.findings import Unreadable, warn
from orders.intake.tables import Row, Table, check_count, clean, table_of

# The container of encrypted workbooks, and of those before 2007.
OLE = b"\xd0\xcf\x11\xe0"


def read_xlsx(content: bytes) -> list[Table]:
    """Read a workbook's sheets of order lines.

    Raises:
        Unreadable: it is damaged, encrypted, hostile, or holds no order lines.
    """
    if content.startswith(OLE):
        raise encrypted()
    safe = unpacked(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(safe))
        sheets = {name: _rows(workbook, name) for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken_workbook", _("The workbook cannot be read.")) from None
    return _tables(sheets)


def _tables(sheets: dict[str, list[Row]]) -> list[Table]:
    tables: list[Table] = []
    passed_over: list[str] = []
    first: Unreadable | None = None
    for name, rows in sheets.items():
        try:
            tables.append(table_of(rows))
        except Unreadable as error:
            first = first or error
            passed_over.extend([name] if rows else [])
    if not tables:
        raise first or Unreadable("no_lines", _("The workbook is empty."))
    check_count(sum(len(table.rows) for table in tables))
    for name in passed_over:
        message = _("The sheet “%(name)s” holds no order lines; it was passed over.")
        note = warn("sheet_passed_over", "file", message % {"name": clean(name)})
        tables[0].notes.append(note)
    return tables


def _rows(workbook: CalamineWorkbook, name: str) -> list[Row]:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    numbered = ((number, [text_of(cell) for cell in row]) for number, row in enumerate(rows, 1))
    return [(number, cells) for number, cells in numbered if any(cells)]


def text_of(cell: Any) -> str:
    """Return a cell as somebody would have typed it."""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta | int):
        return str(cell)
    return ""
