"""Tell a file's format by what is in it, and read it within the limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from o2c.kernel.sheets.reading import is_workbook
from o2c.kernel.sheets.shapes import check_size
from orders.intake.delimited import read_csv
from orders.intake.documents import ReadOrder
from orders.intake.edi.edifact import read_edifact
from orders.intake.edi.ubl import read_ubl
from orders.intake.edi.x12 import read_x12
from orders.intake.findings import Unreadable
from orders.intake.json_orders import read_json
from orders.intake.layouts import Layout
from orders.intake.mail.messages import Mail, is_mail, read_mail
from orders.intake.pdf.layout import read_pdf
from orders.intake.tables import Table
from orders.intake.workbooks import read_xlsx
from orders.models import Channel
from orders.shop.shopify_orders import read_shopify
from orders.shop.woocommerce_orders import read_woocommerce

# Formats whose columns have to be understood first.
TABLE_READERS: dict[str, Callable[[bytes], list[Table]]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "json": read_json,
}
# Formats that say what each field is.
ORDER_READERS: dict[str, Callable[[bytes], list[ReadOrder]]] = {
    "x12": read_x12,
    "edifact": read_edifact,
    "ubl": read_ubl,
    "shopify": lambda content: [read_shopify(content)],
    "woocommerce": lambda content: [read_woocommerce(content)],
}
# Formats that can be understood only once it is known whose they are.
LAYOUT_READERS: dict[str, Callable[[bytes], Layout]] = {"pdf": read_pdf}
# How documents of a format reach us, unless whoever brings one says otherwise.
CHANNELS: dict[str, str] = {
    "x12": Channel.EDI,
    "edifact": Channel.EDI,
    "ubl": Channel.EDI,
    "shopify": Channel.SHOP,
    "woocommerce": Channel.SHOP,
    "eml": Channel.EMAIL,
}
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "x12": "application/edi-x12",
    "edifact": "application/edifact",
    "ubl": "application/xml",
    "shopify": "application/json",
    "woocommerce": "application/json",
    "pdf": "application/pdf",
    "eml": "message/rfc822",
}
PDF = b"%PDF-"
# XML as Windows programs write it: UTF-16 with its byte order mark.
UTF_16_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
# What separates cells of a table whose first column happens to be called ISA.
NOT_X12 = (b",", b";", b"\t", b" ", b'"', b"\r", b"\n")
ISA_MARKS = 16
# What only a shop's own order documents say.
SHOP_MARKS = ((b'"order_key"', "woocommerce"), (b'"taxes_included"', "shopify"))


@dataclass(kw_only=True)
class Read:
    """What a file held: tables of order lines, whole orders, pages to understand, or a mail."""

    tables: list[Table] = field(default_factory=list)
    orders: list[ReadOrder] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    mail: Mail | None = None


def format_of(content: bytes, name: str) -> str:
    """Return the format; the content is believed, the name only when the content leaves it open."""
    if is_workbook(content):
        return "xlsx"
    head = content[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    marked = edi_format(head)
    if marked:
        return marked
    if PDF in content[:1024]:
        return "pdf"
    if is_mail(content, name):
        return "eml"
    start = head[:1]
    if start in (b"{", b"[") or name.lower().endswith(".json"):
        return _kind_of_json(content)
    return "csv"


def edi_format(head: bytes) -> str:
    """Return x12, edifact or ubl by how a file begins, else nothing."""
    if head[:1] == b"<" or head.startswith(UTF_16_XML):
        return "ubl"
    if head[:3] in (b"UNA", b"UNB") and not head[3:4].isalnum():
        return "edifact"
    mark = head[3:4]
    is_header = head[:3] == b"ISA" and len(mark) == 1 and not mark.isalnum()
    if is_header and (mark not in NOT_X12 or head.count(mark) >= ISA_MARKS):
        return "x12"
    return ""


def _kind_of_json(content: bytes) -> str:
    """Tell a web shop's order from our own JSON."""
    is_shops = b'"line_items"' in content
    found = [kind for mark, kind in SHOP_MARKS if is_shops and mark in content]
    return found[0] if found else "json"


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
    if file_format in LAYOUT_READERS:
        return Read(layouts=[LAYOUT_READERS[file_format](content)])
    if file_format == "eml":
        return Read(mail=read_mail(content))
    return Read(tables=TABLE_READERS[file_format](content))
