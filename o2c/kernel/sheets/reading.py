"""Read a table file from a stranger: what it is, its content says, not its name."""

from django.utils.translation import gettext as _

from o2c.kernel.sheets.delimited import Known, none_known, read_delimited
from o2c.kernel.sheets.shapes import Sheet, Unreadable, check_size
from o2c.kernel.sheets.workbooks import OLE, read_workbook

ZIP = b"PK"


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, OLE))


def read_rows(content: bytes, name: str, *, known: Known = none_known) -> list[Sheet]:
    """Read the sheets of a CSV or XLSX file.

    `known` counts the column names in a row that the caller understands: it finds the delimiter.

    Raises:
        Unreadable: it is empty, larger than `INTAKE_MAX_BYTES`, damaged, encrypted or hostile.
    """
    if not content.strip():
        raise Unreadable("empty", _("The file is empty."))
    check_size(len(content))
    if is_workbook(content):
        return read_workbook(content)
    return [read_delimited(content, name, known=known)]
