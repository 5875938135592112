"""EDIFACT ORDERS and ORDCHG, D.93A to D.03B and later, as orders of ours."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.edi.draft import (
    Draft,
    Party,
    draft_of,
    name_buyer,
    name_place,
    settle,
)
from orders.intake.edi.envelope import Group, Interchange, Message, Segment

# Code list 7143, what a product number is: the seller's, a trade item number, the buyer's.
OURS = ("SA", "VN", "VP", "MF", "AB")
TRADE = ("EN", "SRV", "UP", "EU", "GTIN", "IB", "IS")
THEIRS = ("BP", "IN", "PN")
GLOBAL_AGENCIES = ("9", "16")
GIVEN_BY_US = ("91",)
BUYERS = ["BY", "OB", "IV", "BT"]
PLACES = ["DP", "ST", "CN", "UC", "DE"]
# Code list 2005: delivery asked for, its first day, its last, then when it is to leave.
WANTED = ("2", "69", "64", "63", "61", "10", "11", "200")
# Code list 1225.
PURPOSES = {"": "order", "9": "order", "1": "cancellation", "4": "change", "5": "change"}
BLANKET = {"221"}
ACTIONS = {"": "change", "1": "add", "2": "delete", "4": "keep", "31": "keep"}
ORDERED = ("21", "1", "113")
CHANGE = "ORDCHG"
# C507: how a date is written; the rest begin with the eight digits of a day.
SHORT_DAYS = {"101", "201"}


def read_order(interchange: Interchange, group: Group, message: Message) -> ReadOrder:
    """Read an ORDERS or an ORDCHG; what is doubtful becomes a finding."""
    is_change = message.code == CHANGE
    draft = draft_of(interchange, group, message, purpose="change" if is_change else "order")
    reader = Reader(draft, is_change=is_change)
    for segment in message.segments:
        handler = HANDLERS.get(segment.tag)
        if handler is not None:
            handler(reader, segment)
    return reader.finished()


class Reader:
    """Walks through the segments; `party` is whose RFF come next, `line` whose QTY and PRI."""

    def __init__(self, draft: Draft, *, is_change: bool) -> None:
        self.draft = draft
        self.is_change = is_change
        self.party: Party | None = None
        self.line: ReadLine | None = None
        self.codes: dict[str, str] = {}
        self.wanted: dict[str, tuple[str, str, str]] = {}
        self.is_summary = False
        self.quantities = 0

    def finished(self) -> ReadOrder:
        self.close_line()
        name_buyer(self.draft, BUYERS)
        name_place(self.draft, PLACES)
        return settle(self.draft)

    def header(self, segment: Segment) -> None:
        """Read BGM: what the document is, its number, and what it is for."""
        draft, order = self.draft, self.draft.order
        number, purpose = segment.get(2), segment.get(3)
        if self.is_change:
            order.sequence = clean(number)[:35]
        else:
            order.po_number = draft.key(number, "po_number", "po_number", segment.where)
        if purpose in PURPOSES and not (self.is_change and purpose == "9"):
            order.purpose = "change" if self.is_change and not purpose else PURPOSES[purpose]
        elif not self.is_change:
            text = _("The purpose is “%(code)s”: no original order. It may be here already.")
            draft.doubt("purpose", "purpose", text % {"code": clean(purpose)})
        if segment.get(1) in BLANKET:
            draft.doubt(
                "blanket_order", "purpose", _("This is a blanket order: agree on it first.")
            )

    def day(self, segment: Segment) -> None:
        """Read DTM."""
        if segment.get(1, 1) in WANTED and segment.get(1, 2):
            found = (segment.get(1, 2), segment.get(1, 3), segment.where)
            self.wanted.setdefault(segment.get(1, 1), found)

    def reference(self, segment: Segment) -> None:
        """Read RFF: the order that a change is about, or a party's tax number."""
        kind, number = segment.get(1, 1), segment.get(1, 2)
        order = self.draft.order
        if (
            kind == "ON"
            and self.line is None
            and number
            and (self.is_change or not order.po_number)
        ):
            order.po_number = self.draft.key(number, "po_number", "po_number", segment.where)
        if kind == "VA" and self.party is not None:
            self.party.vat_number = clean(number)

    def name(self, segment: Segment) -> None:
        """Read NAD."""
        lines = [segment.get(4, place) for place in range(1, 6)]
        unstructured = [segment.get(3, place) for place in range(1, 6)]
        self.party = Party(
            code=clean(segment.get(2, 1)),
            is_global=segment.get(2, 3) in GLOBAL_AGENCIES,
            is_ours=segment.get(2, 3) in GIVEN_BY_US,
            name=clean(" ".join(part for part in lines if part) or unstructured[0]),
            street=clean(segment.get(5, 1) or unstructured[1]),
            city=clean(segment.get(6)),
            postal_code=clean(segment.get(8)),
            where=segment.where,
        )
        role = segment.get(1)
        if self.line is None:
            self.draft.parties.setdefault(role, self.party)
        elif role in PLACES:
            text = _("The line has a place of delivery of its own.")
            self.draft.doubt("line_ship_to", f"{self.draft.line_path}.ship_to", text)

    def currency(self, segment: Segment) -> None:
        if not self.draft.order.currency:
            self.draft.order.currency = clean(segment.get(1, 2))
            self.draft.put("currency", segment.where)

    def text(self, segment: Segment) -> None:
        """Read FTX, of the whole order."""
        if self.line is None:
            parts = (segment.get(4, place) for place in range(1, 6))
            self.draft.notes.append(clean(" ".join(part for part in parts if part)))

    def charge(self, segment: Segment) -> None:
        """Read ALC: an allowance or a charge on top of the lines."""
        path = f"{self.draft.line_path}.unit_price" if self.line else "total"
        text = _("The document adds an allowance or a charge (%(where)s): agree on it first.")
        self.draft.doubt("allowance_charge", path, text % {"where": segment.where})

    def order_line(self, segment: Segment) -> None:
        """Read LIN."""
        self.close_line()
        self.line = ReadLine(
            row=segment.position, sku="", number=clean(segment.get(1)).lstrip("0")[:20]
        )
        if self.is_change:
            self.line.action = ACTIONS.get(segment.get(2), "change")
        self.draft.add_line(self.line)
        self._code(segment.get(3, 1), segment.get(3, 2), segment.where)

    def more_codes(self, segment: Segment) -> None:
        """Read PIA: further numbers of the line's product."""
        if self.line is not None:
            for place in range(2, 7):
                self._code(segment.get(place, 1), segment.get(place, 2), segment.where)

    def _code(self, number: str, kind: str, where: str) -> None:
        if number:
            self.codes.setdefault(kind or "SA", number)
            self.draft.put(f"{self.draft.line_path}.sku", where)

    def description(self, segment: Segment) -> None:
        if self.line is not None and not self.line.description:
            text = segment.get(3, 4) + segment.get(3, 5)
            self.line.description = clean(text)[:200]

    def quantity(self, segment: Segment) -> None:
        """Read QTY: the quantity ordered; a second one is a split."""
        if self.line is None or segment.get(1, 1) not in ORDERED:
            return
        path = self.draft.line_path
        if self.quantities:
            text = _("The line has several quantities: it is to be delivered in parts.")
            self.draft.doubt("split_delivery", f"{path}.quantity", text)
            return
        self.quantities += 1
        where = segment.where
        self.line.quantity = self.draft.number(segment.get(1, 2), f"{path}.quantity", where)
        self.line.unit = self.draft.key(segment.get(1, 3), "sku", f"{path}.unit", where)

    def price(self, segment: Segment) -> None:
        """Read PRI: net (AAA) before gross (AAB), for as many units as it says."""
        if self.line is None or (self.line.unit_price is not None and segment.get(1) != "AAA"):
            return
        path = f"{self.draft.line_path}.unit_price"
        price = self.draft.number(segment.get(1, 2), path, segment.where)
        basis = self.draft.number(segment.get(1, 5), path, segment.where)
        unit = segment.get(1, 6)
        if unit and self.line.unit and unit != self.line.unit:
            text = _("The price is by “%(basis)s”, the quantity by “%(unit)s”.")
            names = {"basis": clean(unit), "unit": self.line.unit}
            self.draft.doubt("price_basis", path, text % names)
        self.line.unit_price = price / basis if price is not None and basis else price

    def money(self, segment: Segment) -> None:
        """Read MOA: of a line (203), or of all lines in the summary (79, else 86 and 128)."""
        kind, amount = segment.get(1, 1), segment.get(1, 2)
        if self.line is not None and kind == "203":
            path = f"{self.draft.line_path}.amount"
            self.line.amount = self.draft.number(amount, path, segment.where)
        elif self.is_summary and (kind == "79" or (kind in ("86", "128") and not self._total)):
            self.draft.order.total = self.draft.number(amount, "total", segment.where)

    @property
    def _total(self) -> Decimal | None:
        return self.draft.order.total

    def section(self, segment: Segment) -> None:
        """Read UNS: the summary begins."""
        if segment.get(1) == "S":
            self.close_line()
            self.is_summary = True

    def count(self, segment: Segment) -> None:
        """Read CNT: 1 what the quantities come to, 2 how many lines."""
        value = self.draft.number(segment.get(1, 2), "lines.amount", segment.where)
        if value is None:
            return
        self.close_line()
        if segment.get(1, 1) == "1":
            self.draft.quantity_total = value
        elif segment.get(1, 1) == "2":
            self.draft.line_count = int(value)

    def close_line(self) -> None:
        """Give what was read to the line, or to the order."""
        found = next((self.wanted[code] for code in WANTED if code in self.wanted), None)
        line, order = self.line, self.draft.order
        if line is not None:
            path = self.draft.line_path
            self._name_product(line, path)
            line.requested_on = self._day(found, f"{path}.requested_on")
        elif order.requested_on is None and found:
            order.requested_on = self._day(found, "requested_on")
        self.wanted, self.codes, self.quantities = {}, {}, 0
        self.line, self.party = None, None

    def _name_product(self, line: ReadLine, path: str) -> None:
        evidence = self.draft.order.evidence.get(f"{path}.sku")
        where = evidence.where if evidence else ""

        def pick(kinds: tuple[str, ...], name: str) -> str:
            number = next((self.codes[kind] for kind in kinds if kind in self.codes), "")
            return self.draft.key(number, "sku", f"{path}.{name}", where)

        line.gtin, line.customer_part = pick(TRADE, "gtin"), pick(THEIRS, "customer_part")
        other = tuple(kind for kind in self.codes if kind not in (*TRADE, *THEIRS))
        line.sku = pick(OURS, "sku") or line.gtin or line.customer_part or pick(other, "sku")

    def _day(self, found: tuple[str, str, str] | None, path: str) -> date | None:
        if found is None:
            return None
        text, form, where = found
        return self.draft.day(text[:6] if form in SHORT_DAYS else text[:8], path, where)


HANDLERS: dict[str, Callable[[Reader, Segment], None]] = {
    "BGM": Reader.header,
    "DTM": Reader.day,
    "RFF": Reader.reference,
    "NAD": Reader.name,
    "CUX": Reader.currency,
    "FTX": Reader.text,
    "ALC": Reader.charge,
    "LIN": Reader.order_line,
    "PIA": Reader.more_codes,
    "IMD": Reader.description,
    "QTY": Reader.quantity,
    "PRI": Reader.price,
    "MOA": Reader.money,
    "UNS": Reader.section,
    "CNT": Reader.count,
}
