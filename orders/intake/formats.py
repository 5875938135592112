"""Tell a file's format by what is in it, and read it within the limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from orders.intake.delimited import read_csv
from orders.intake.documents import ReadOrder
from orders.intake.findings import Unreadable
from orders.intake.json_orders import read_json
from orders.intake.tables import Table
from orders.intake.workbooks import OLE, read_xlsx

ZIP = b"PK"
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
    if content.startswith((ZIP, OLE)):
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


def check_size(size: int) -> None:
    """Refuse a file before it is read.

    Raises:
        Unreadable: it is larger than we take.
    """
    most = settings.INTAKE_MAX_BYTES
    if size > most:
        message = _("The file has %(size)s MB; at most %(most)s MB are taken.")
        sizes = {"size": -(-size // 2**20), "most": most // 2**20}
        raise Unreadable("too_big", message % sizes)
