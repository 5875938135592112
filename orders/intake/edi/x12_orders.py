"""X12 850 (purchase order) and 860 (its change) as orders of ours."""

from collections.abc import Callable
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

# Element 235, what a product number is: the seller's, a trade item number, the buyer's.
OURS = ("VN", "VP", "VC", "SK", "MG", "MF")
TRADE = ("UP", "UK", "EN", "UA", "UI", "UD", "UE", "GT", "EO", "ND")
THEIRS = ("BP", "IN", "CB", "PN", "PI")
# Element 66 of N1: numbers that mean the same everywhere, and numbers that we have given.
GLOBAL = ("1", "9", "UL", "16", "12", "FI", "24", "32")
GIVEN_BY_US = ("91",)
BUYERS = ["BY", "BT", "OB", "SO", "PO"]
PLACES = ["ST", "SN", "DU"]
# Element 374 of DTM: delivery asked for, its first day, its last, then when it is to leave.
WANTED = ("002", "074", "067", "064", "063", "017", "010", "038", "037")
# Element 353 of BEG and BCH.
PURPOSES = {"00": "order", "18": "order", "01": "cancellation", "04": "change", "05": "change"}
BLANKET = {"BK", "BL", "BE", "BV", "BQ"}
# Element 639: prices that are for more than one unit.
BASIS = {"HP": Decimal(100), "TP": Decimal(1000), "PN": Decimal(10), "HU": Decimal(100)}
# ... and for a measure that need not be the unit ordered.
MEASURED = {"PP": "LB", "PF": "FT", "PY": "YD", "PG": "GA", "PM": "MTR"}
# Element 670 of POC: what becomes of a line; everything else changes it.
ACTIONS = {"AI": "add", "DI": "delete", "NC": "keep"}


def read_order(interchange: Interchange, group: Group, message: Message) -> ReadOrder:
    """Read an 850 or an 860; what is doubtful becomes a finding."""
    is_change = message.code == "860"
    draft = draft_of(interchange, group, message, purpose="change" if is_change else "order")
    reader = Reader(draft)
    for segment in message.segments:
        reader.take(segment)
    return reader.finished()


class Reader:
    """Walks through the segments; `party` is whose N2 to N4 come next."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.party: Party | None = None
        self.line: ReadLine | None = None
        self.wanted: dict[str, tuple[str, str]] = {}
        self.schedules = 0
        self.is_summary = False

    def take(self, segment: Segment) -> None:
        handler = HANDLERS.get(segment.tag)
        if handler is not None:
            handler(self, segment)

    def finished(self) -> ReadOrder:
        self.close_line()
        name_buyer(self.draft, BUYERS)
        name_place(self.draft, PLACES)
        return settle(self.draft)

    def header(self, segment: Segment) -> None:
        """Read BEG or BCH."""
        draft, order = self.draft, self.draft.order
        code, kind = segment.get(1), segment.get(2)
        order.po_number = draft.key(segment.get(3), "po_number", "po_number", segment.where)
        if segment.tag == "BCH":
            order.sequence = clean(segment.get(5))[:20]
            order.purpose = "cancellation" if code == "01" else "change"
        elif code in PURPOSES:
            order.purpose = PURPOSES[code]
        else:
            text = _("The purpose is “%(code)s”: no original order. It may be here already.")
            draft.doubt("purpose", "purpose", text % {"code": clean(code)})
        if kind in BLANKET:
            draft.doubt(
                "blanket_order", "purpose", _("This is a blanket order: agree on it first.")
            )

    def currency(self, segment: Segment) -> None:
        if not self.draft.order.currency:
            self.draft.order.currency = clean(segment.get(2))
            self.draft.put("currency", segment.where)

    def day(self, segment: Segment) -> None:
        if segment.get(1) in WANTED and segment.get(2):
            self.wanted.setdefault(segment.get(1), (segment.get(2), segment.where))

    def name(self, segment: Segment) -> None:
        role, qualifier = segment.get(1), segment.get(3)
        party = Party(
            code=clean(segment.get(4)),
            is_global=qualifier in GLOBAL,
            is_ours=qualifier in GIVEN_BY_US,
            name=clean(segment.get(2)),
            where=segment.where,
        )
        if self.line is not None and role in PLACES:
            header = self.draft.parties.get(role)
            if header is None or (header.code, header.name) != (party.code, party.name):
                text = _("The line has a place of delivery of its own.")
                self.draft.doubt("line_ship_to", f"{self.draft.line_path}.ship_to", text)
        self.party = party
        if self.line is None:
            self.draft.parties.setdefault(role, party)

    def street(self, segment: Segment) -> None:
        if self.party is not None and not self.party.street:
            self.party.street = clean(segment.get(1))

    def city(self, segment: Segment) -> None:
        if self.party is not None:
            self.party.city = clean(segment.get(1))
            self.party.postal_code = clean(segment.get(3))

    def note(self, segment: Segment) -> None:
        text = clean(segment.get(2) if segment.tag == "NTE" else segment.get(1))
        if self.line is None:
            self.draft.notes.append(text)

    def charge(self, segment: Segment) -> None:
        """Read SAC: an allowance (A) or a charge (C) on top of the lines."""
        path = f"{self.draft.line_path}.unit_price" if self.line else "total"
        text = _("The document adds an allowance or a charge (%(where)s): agree on it first.")
        self.draft.doubt("allowance_charge", path, text % {"where": segment.where})

    def order_line(self, segment: Segment) -> None:
        """Read PO1 or POC."""
        self.close_line()
        is_change = segment.tag == "POC"
        quantity, unit, price, basis, codes = (3, 5, 6, 7, 8) if is_change else (2, 3, 4, 5, 6)
        path = f"lines.{len(self.draft.order.lines)}"
        line = ReadLine(row=segment.position, sku="", number=clean(segment.get(1))[:20])
        if is_change:
            line.action = ACTIONS.get(segment.get(2), "change")
        line.quantity = self.draft.number(segment.get(quantity), f"{path}.quantity", segment.where)
        line.unit = self.draft.key(segment.get(unit), "sku", f"{path}.unit", segment.where)
        self.name_product(line, segment, codes, path)
        price_text = segment.get(price)
        line.unit_price = self.draft.number(price_text, f"{path}.unit_price", segment.where)
        self.line = line
        self.draft.add_line(line)
        self._apply_basis(line, segment.get(basis), path)

    def name_product(self, line: ReadLine, segment: Segment, start: int, path: str) -> None:
        """Read the pairs of qualifier and number."""
        found: dict[str, str] = {}
        for place in range(start, len(segment.elements), 2):
            qualifier, number = segment.get(place), segment.get(place + 1)
            if qualifier and not number:
                text = _("Element %(place)s has a qualifier and no number behind it.")
                self.draft.doubt("missing_code", f"{path}.sku", text % {"place": place})
            elif number:
                found.setdefault(qualifier, number)
        where = segment.where
        line.gtin = self._pick(found, TRADE, f"{path}.gtin", where)
        line.customer_part = self._pick(found, THEIRS, f"{path}.customer_part", where)
        ours = self._pick(found, OURS, f"{path}.sku", where)
        line.sku = ours or line.gtin or line.customer_part

    def _pick(self, found: dict[str, str], wanted: tuple[str, ...], path: str, where: str) -> str:
        number = next((found[name] for name in wanted if name in found), "")
        return self.draft.key(number, "sku", path, where)

    def _apply_basis(self, line: ReadLine, basis: str, path: str) -> None:
        """Turn a price per hundred into one per unit; doubt one per another measure."""
        if line.unit_price is None:
            return
        if basis in BASIS:
            line.unit_price = line.unit_price / BASIS[basis]
        elif basis in MEASURED and line.unit and line.unit != MEASURED[basis]:
            text = _("The price is by “%(basis)s”, the quantity by “%(unit)s”.")
            units = {"basis": MEASURED[basis], "unit": line.unit}
            self.draft.doubt("price_basis", f"{path}.unit_price", text % units)

    def price(self, segment: Segment) -> None:
        """Read CTP, for a line that has no price of its own."""
        if self.line is not None and self.line.unit_price is None and segment.get(3):
            path = f"{self.draft.line_path}.unit_price"
            self.line.unit_price = self.draft.number(segment.get(3), path, segment.where)

    def description(self, segment: Segment) -> None:
        if self.line is not None and not self.line.description:
            self.line.description = clean(segment.get(5))[:200]

    def split(self, segment: Segment) -> None:
        """Read SDQ, or a second SCH: the line's goods go to several places or come in parts."""
        self.schedules += 1
        if self.line is not None and segment.tag == "SCH" and self.schedules == 1:
            self.wanted.setdefault("002", (segment.get(6), segment.where))
            return
        text = _("The line is to be delivered in parts or to several places.")
        self.draft.doubt("split_delivery", f"{self.draft.line_path}.quantity", text)

    def components(self, segment: Segment) -> None:
        text = _("The line lists components (%(where)s); the line itself is ordered.")
        self.draft.remark("components", self.draft.line_path, text % {"where": segment.where})

    def amount(self, segment: Segment) -> None:
        """Read AMT: of a line, or behind the summary of all lines."""
        if segment.get(1) not in ("1", "TT", "AD", "GV"):
            return
        if self.line is not None:
            path = f"{self.draft.line_path}.amount"
            self.line.amount = self.draft.number(segment.get(2), path, segment.where)
        elif self.draft.order.total is None:
            self.draft.order.total = self.draft.number(segment.get(2), "total", segment.where)

    def summary(self, segment: Segment) -> None:
        """Read CTT: how many lines, and what their quantities come to."""
        self.close_line()
        self.is_summary = True
        count = self.draft.number(segment.get(1), "lines.amount", segment.where)
        self.draft.line_count = None if count is None else int(count)
        self.draft.quantity_total = self.draft.number(
            segment.get(2), "quantity_total", segment.where
        )

    def close_line(self) -> None:
        """Give the dates that were read to the line, or to the order."""
        found = next((self.wanted[code] for code in WANTED if code in self.wanted), None)
        if found is not None:
            text, where = found
            if self.line is not None:
                path = f"{self.draft.line_path}.requested_on"
                self.line.requested_on = self.draft.day(text, path, where)
            elif self.draft.order.requested_on is None:
                order = self.draft.order
                order.requested_on = self.draft.day(text, "requested_on", where)
        self.wanted, self.line, self.party, self.schedules = {}, None, None, 0


HANDLERS: dict[str, Callable[[Reader, Segment], None]] = {
    "BEG": Reader.header,
    "BCH": Reader.header,
    "CUR": Reader.currency,
    "DTM": Reader.day,
    "N1": Reader.name,
    "N3": Reader.street,
    "N4": Reader.city,
    "MSG": Reader.note,
    "NTE": Reader.note,
    "SAC": Reader.charge,
    "PO1": Reader.order_line,
    "POC": Reader.order_line,
    "CTP": Reader.price,
    "PID": Reader.description,
    "SDQ": Reader.split,
    "SCH": Reader.split,
    "SLN": Reader.components,
    "AMT": Reader.amount,
    "CTT": Reader.summary,
}
