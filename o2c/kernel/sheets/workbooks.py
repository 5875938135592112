"""XLSX: every sheet of a workbook, cells as somebody would have typed them."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from o2c.kernel.sheets.archives import encrypted, unpacked
from o2c.kernel.sheets.shapes import Row, Sheet, Unreadable, clean

# The container of encrypted workbooks, and of those before 2007.
OLE = b"\xd0\xcf\x11\xe0"


def read_workbook(content: bytes) -> list[Sheet]:
    """Read a workbook's sheets, without their blank rows.

    Raises:
        Unreadable: it is damaged, encrypted or hostile.
    """
    if content.startswith(OLE):
        raise encrypted()
    safe = unpacked(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(safe))
        names = workbook.sheet_names
        return [Sheet(name=clean(name), rows=_rows(workbook, name)) for name in names]
    except (CalamineError, OSError, ValueError):
        raise Unreadable("broken_workbook", _("The workbook cannot be read.")) from None


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
