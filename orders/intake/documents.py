"""An order as a file says it, before anything is compared with our own books."""

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from orders.intake.findings import Finding

Cell = str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How sure a reader is of a field, from 0 to 1, and where in the document it stands.

    `where` is for people ("page 1", "PO1 segment 3"); `box` is where to mark it on the picture of
    a page: page from 0, then left, top, right and bottom as shares of its width and height.
    """

    confidence: float
    where: str = ""
    box: tuple[int, float, float, float, float] | None = None


@dataclass(kw_only=True)
class ReadLine:
    """One ordered thing. None: not given, or not readable (then a finding says so).

    `sku` is whatever names the product best: ours if the document has it, else a GTIN or the
    buyer's own number. `amount` is what the document says that the line comes to, without tax.
    `number` is the buyer's number of the line, `action` what a change document does with it.
    """

    row: int
    sku: str
    number: str = ""
    action: str = ""
    customer_part: str = ""
    gtin: str = ""
    amount: Decimal | None = None
    # How many of our unit one of the document's holds, where somebody has said so.
    factor: Decimal | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    requested_on: date | None = None

    @property
    def codes(self) -> list[str]:
        """Return what may name the product, the surest first."""
        return list(
            dict.fromkeys(code for code in (self.sku, self.gtin, self.customer_part) if code)
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "sku": self.sku,
            "number": self.number,
            "action": self.action,
            "customer_part": self.customer_part,
            "gtin": self.gtin,
            "amount": _text(self.amount),
            "description": self.description,
            "quantity": _text(self.quantity),
            "unit": self.unit,
            "unit_price": _text(self.unit_price),
            "requested_on": _text(self.requested_on),
        }


@dataclass(kw_only=True)
class ReadOrder:
    """One order of a file. `part` tells it from the others of the same file.

    `purpose` is one of `IntakeDocument.Purpose`; `sender`, `reference`: the envelope's. `ship_to`
    is how the document names the place of delivery: a GLN, a code or a label. `total` is what the
    document says that all lines come to, without tax. `parties` are the buyer's codes that mean the
    same everywhere (GLN, VAT), `names` what else may name the buyer, `places` the place of
    delivery; each the surest first.
    """

    part: str
    customer: str
    po_number: str
    purpose: str = "order"
    sender: str = ""
    reference: str = ""
    ship_to: str = ""
    parties: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    # The buyer's own number of a change.
    sequence: str = ""
    total: Decimal | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)
    currency: str = ""
    note: str = ""
    requested_on: date | None = None
    lines: list[ReadLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    # How many pages it has, where it has pages.
    pages: int = 0
    # The document as it looks: the header, and the rows that made this order.
    columns: list[Cell] = field(default_factory=list)
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    # An acknowledgement of something of ours: it is heard, and not kept as an order's document.
    is_receipt: bool = False
    # The partner has been told that it was not taken: nobody may make an order of it.
    is_refused: bool = False

    @property
    def changes_another(self) -> bool:
        """Say whether it is about an order that is here already."""
        return self.purpose in ("change", "cancellation")

    def as_dict(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "po_number": self.po_number,
            "purpose": self.purpose,
            "sender": self.sender,
            "reference": self.reference,
            "ship_to": self.ship_to,
            "places": self.places,
            "sequence": self.sequence,
            "total": _text(self.total),
            "currency": self.currency,
            "note": self.note,
            "requested_on": _text(self.requested_on),
            "lines": [line.as_dict() for line in self.lines],
            "pages": self.pages,
            "columns": self.columns,
            "rows": [[number, cells] for number, cells in self.rows],
        }

    def evidence_as_dict(self) -> dict[str, dict[str, Any]]:
        return {path: asdict(found) for path, found in self.evidence.items()}


def _text(value: Decimal | date | None) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if value else ""
