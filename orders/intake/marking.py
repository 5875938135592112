"""Where the fields of a document stand on the pictures of its pages."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.models import IntakeDocument

# Marks are drawn in a square of this size, whatever the page's own size is.
SQUARE = 1000
ROOM = 3
CERTAIN = 0.8
HEAD = ("customer", "po_number", "requested_on", "ship_to", "total")
# A path into the lines has so many parts: lines, place, field.
IN_LINES = 3


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A field's place on a page, in thousandths of its width and height."""

    path: str
    left: int
    top: int
    width: int
    height: int
    is_doubtful: bool


@dataclass(kw_only=True)
class PageMarks:
    """A page, by its number from 0, with what was found on it."""

    number: int
    marks: list[Mark] = field(default_factory=list)


def pages_of(document: IntakeDocument) -> list[PageMarks]:
    """Return the pages of a PDF with their marks; other formats have none."""
    if document.file_format != "pdf":
        return []
    pages = [PageMarks(number=number) for number in range(document.content.get("pages", 0))]
    doubtful = doubtful_fields(document)
    for path, found in document.evidence.items():
        box = found.get("box")
        if box and 0 <= box[0] < len(pages):
            is_doubtful = path in doubtful or found["confidence"] < CERTAIN
            pages[box[0]].marks.append(_mark(path, box, is_doubtful=is_doubtful))
    return pages


def doubtful_fields(document: IntakeDocument) -> set[str]:
    """Return the fields that need a person."""
    return {found["field"] for found in document.findings if found["severity"] == "block"}


def evidence_of(document: IntakeDocument) -> list[dict[str, Any]]:
    """Return what each field is called, how sure it is, as a fraction, and where it was found."""
    doubtful = doubtful_fields(document)
    return [
        {
            "name": name_of(path),
            "where": found.get("where", ""),
            "share": Decimal(str(found.get("confidence", 0))),
            "is_doubtful": path in doubtful or found.get("confidence", 0) < CERTAIN,
        }
        for path, found in sorted(document.evidence.items(), key=lambda entry: _rank(entry[0]))
    ]


def name_of(path: str) -> str:
    """Return a field's name for people: `lines.2.sku` is the SKU of line 3."""
    names = {
        "customer": _("Customer"),
        "po_number": _("PO number"),
        "requested_on": _("Requested on"),
        "ship_to": _("Ship to"),
        "total": _("Total"),
        "sku": _("SKU"),
        "quantity": _("Quantity"),
        "unit_price": _("Price"),
        "amount": _("Amount"),
        "unit": _("Unit"),
    }
    parts = path.split(".")
    name = names.get(parts[-1], parts[-1])
    if len(parts) < IN_LINES or not parts[1].isdigit():
        return name
    return _("%(name)s, line %(number)s") % {"name": name, "number": int(parts[1]) + 1}


def _rank(path: str) -> tuple[int, int]:
    """Put the head first, then the lines in their order."""
    parts = path.split(".")
    place = int(parts[1]) if len(parts) == IN_LINES and parts[1].isdigit() else -1
    return place, (HEAD.index(path) if path in HEAD else len(HEAD))


def _mark(path: str, box: list[float], *, is_doubtful: bool) -> Mark:
    left, top, right, bottom = box[1:]
    return Mark(
        path=path,
        left=max(round(left * SQUARE) - ROOM, 0),
        top=max(round(top * SQUARE) - ROOM, 0),
        width=round((right - left) * SQUARE) + 2 * ROOM,
        height=round((bottom - top) * SQUARE) + 2 * ROOM,
        is_doubtful=is_doubtful,
    )
