"""An order as a file says it, before anything is compared with our own books."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from orders.intake.findings import Finding

Cell = str


@dataclass(kw_only=True)
class ReadLine:
    """One ordered thing. None: not given, or not readable (then a finding says so)."""

    row: int
    sku: str
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    requested_on: date | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "sku": self.sku,
            "description": self.description,
            "quantity": _text(self.quantity),
            "unit": self.unit,
            "unit_price": _text(self.unit_price),
            "requested_on": _text(self.requested_on),
        }


@dataclass(kw_only=True)
class ReadOrder:
    """One order of a file. `part` tells it from the others of the same file."""

    part: str
    customer: str
    po_number: str
    currency: str = ""
    note: str = ""
    requested_on: date | None = None
    lines: list[ReadLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    # The document as it looks: the header, and the rows that made this order.
    columns: list[Cell] = field(default_factory=list)
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "po_number": self.po_number,
            "currency": self.currency,
            "note": self.note,
            "requested_on": _text(self.requested_on),
            "lines": [line.as_dict() for line in self.lines],
            "columns": self.columns,
            "rows": [[number, cells] for number, cells in self.rows],
        }


def _text(value: Decimal | date | None) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if value else ""
