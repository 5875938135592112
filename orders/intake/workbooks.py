"""XLSX: every sheet that has a header of order lines."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Sheet
from o2c.kernel.sheets.workbooks import read_workbook
from orders.intake.findings import Unreadable, warn
from orders.intake.tables import Table, check_count, table_of


def read_xlsx(content: bytes) -> list[Table]:
    """Read a workbook's sheets of order lines.

    Raises:
        Unreadable: it is damaged, encrypted, hostile, or holds no order lines.
    """
    return _tables(read_workbook(content))


def _tables(sheets: Sequence[Sheet]) -> list[Table]:
    tables: list[Table] = []
    passed_over: list[str] = []
    first: Unreadable | None = None
    for sheet in sheets:
        try:
            tables.append(table_of(sheet.rows))
        except Unreadable as error:
            first = first or error
            passed_over.extend([sheet.name] if sheet.rows else [])
    if not tables:
        raise first or Unreadable("no_lines", _("The workbook is empty."))
    check_count(sum(len(table.rows) for table in tables))
    for name in passed_over:
        message = _("The sheet “%(name)s” holds no order lines; it was passed over.")
        tables[0].notes.append(warn("sheet_passed_over", "file", message % {"name": name}))
    return tables
