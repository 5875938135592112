"""Tell a file's format by what is in it, and read it within the limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from o2c.kernel.sheets.reading import is_workbook
from o2c.kernel.sheets.shapes import check_size
from orders.intake.delimited import read_csv
from orders.intake.documents import ReadOrder
from orders.intake.findings import Unreadable
from orders.intake.json_orders import read_json
from orders.intake.tables import Table
from orders.intake.workbooks import read_xlsx

# Formats whose columns have to be understood first.
TABLE_READERS: dict[str, Callable[[bytes], list[Table]]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "json": read_json,
}
# Formats that say what each field is.
ORDER_READERS: dict[str, Callable[[bytes], list[ReadOrder]]] = {}
# How documents of a format reach us, unless whoever brings one says otherwise.
CHANNELS: dict[str, str] = {}
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(kw_only=True)
class Read:
    """What a file held: tables of order lines, or whole orders."""

    tables: list[Table] = field(default_factory=list)
    orders: list[ReadOrder] = field(default_factory=list)


def format_of(content: bytes, name: str) -> str:
    """Return the format; the content is believed, the name only when the content leaves it open."""
    if is_workbook(content):
        return "xlsx"
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"[") or name.lower().endswith(".json"):
        return "json"
    return "csv"


def read_file(content: bytes, file_format: str) -> Read:
    """Read a file's orders.

    Raises:
        Unreadable: nothing can be made of the file.
    """
    if not content.strip():
        raise Unreadable("empty", _("The file is empty."))
    check_size(len(content))
    if file_format in ORDER_READERS:
        return Read(orders=ORDER_READERS[file_format](content))
    return Read(tables=TABLE_READERS[file_format](content))
