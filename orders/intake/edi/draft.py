"""An order while its segments are read: values with where they stood, doubts as findings."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import Evidence, ReadLine, ReadOrder
from orders.intake.edi.envelope import Group, Interchange, Message
from orders.intake.findings import block, warn
from orders.intake.reading import NUMBER_LIMIT, check_key, fits

NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:[.,]\d{0,9})?|[.,]\d{1,9})")
CERTAIN = 1.0
PART_LENGTH = 100
NOTE_LENGTH = 2000
CENTURY_LENGTH, SHORT_LENGTH = 8, 6
# Dates of two digits: X12 and EDIFACT alike mean this century from here on down.
PIVOT = 70
CENT = Decimal("0.01")


@dataclass(kw_only=True)
class Party:
    """Somebody whom a document names: a GLN, DUNS or VAT number means the same everywhere."""

    code: str = ""
    is_global: bool = False
    is_ours: bool = False
    name: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""
    vat_number: str = ""
    where: str = ""


@dataclass(kw_only=True)
class Draft:
    """Collects a ReadOrder; every field that is set says where it stood."""

    order: ReadOrder
    # What the document's summary says: how many lines, and what their quantities come to.
    line_count: int | None = None
    quantity_total: Decimal | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    # What charges and allowances of its own add to a line, by its place.
    adjustments: dict[int, Decimal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, path: str, where: str) -> None:
        self.order.evidence[path] = Evidence(confidence=CERTAIN, where=where)

    def doubt(self, rule: str, path: str, message: str) -> None:
        self.order.findings.append(block(rule, path, message))

    def remark(self, rule: str, path: str, message: str) -> None:
        self.order.findings.append(warn(rule, path, message))

    def number(self, text: str, path: str, where: str) -> Decimal | None:
        """Read a number with a decimal point or comma; doubt what is none."""
        if not text:
            return None
        name = path.rpartition(".")[2]
        value = Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
        if value is None or not fits(value, name if name in NUMBER_LIMIT else "amount"):
            message = _("“%(text)s” is no number that we can book.") % {"text": clean(text)[:40]}
            self.doubt("not_a_number", path, message)
            return None
        self.put(path, where)
        return value

    def day(self, text: str, path: str, where: str) -> date | None:
        """Read CCYYMMDD or YYMMDD, with or without a time behind it; doubt what is none."""
        if not text:
            return None
        found = day_of(text)
        if found is None:
            message = _("“%(text)s” is no date.") % {"text": clean(text)[:40]}
            self.doubt("not_a_date", path, message)
            return None
        self.put(path, where)
        return found

    def key(self, text: str, name: str, path: str, where: str) -> str:
        """Read a code as it is kept; doubt one that is too long or looks like a formula."""
        text = clean(text)
        if text:
            self.put(path, where)
            check_key(text, name, path, self.order.findings)
        return text

    def add_line(self, line: ReadLine) -> str:
        """Take the line in and return its path."""
        self.order.lines.append(line)
        return f"lines.{len(self.order.lines) - 1}"

    @property
    def line_path(self) -> str:
        return f"lines.{len(self.order.lines) - 1}"


def draft_of(
    interchange: Interchange, group: Group, message: Message, *, purpose: str = "order"
) -> Draft:
    """Begin with what the envelope says, its faults among the findings."""
    names = (interchange.control, group.control, message.control)
    order = ReadOrder(
        part="/".join(clean(name) for name in names if name)[:PART_LENGTH],
        customer="",
        po_number="",
        purpose=purpose,
        sender=clean(interchange.sender),
        reference=clean(interchange.control),
        columns=[_("Segment"), _("Content")],
        rows=[(row.position, [clean(row.tag), row.text]) for row in message.segments],
    )
    problems = (*interchange.problems, *group.problems, *message.problems)
    for problem in (problem for problem in problems if problem.is_fatal):
        order.findings.append(block(problem.rule, "file", problem.message))
    return Draft(order=order)


def not_an_order(draft: Draft, name: str) -> ReadOrder:
    """Say what the document is instead; nothing else about it matters then."""
    message = _("This is no order: %(name)s.") % {"name": name}
    draft.order.purpose = "other"
    draft.order.findings = [block("not_an_order", "file", message)]
    return draft.order


def day_of(text: str) -> date | None:
    digits = text[:CENTURY_LENGTH] if len(text) >= CENTURY_LENGTH else text[:SHORT_LENGTH]
    if not (digits.isascii() and digits.isdecimal()):
        return None
    if len(digits) == CENTURY_LENGTH:
        year, rest = int(digits[:4]), digits[4:]
    elif len(text) == SHORT_LENGTH:
        year, rest = int(digits[:2]), digits[2:]
        year += 2000 if year < PIVOT else 1900
    else:
        return None
    try:
        return date(year, int(rest[:2]), int(rest[2:]))
    except ValueError:
        return None


def settle(draft: Draft) -> ReadOrder:
    """Name buyer and place, compare the summary with the lines, and return the order."""
    order = draft.order
    if not order.po_number:
        draft.doubt("missing_po_number", "po_number", _("The document has no order number."))
    order.parties = list(dict.fromkeys(order.parties))
    order.names = list(dict.fromkeys(order.names))
    order.note = "\n".join(dict.fromkeys(note for note in draft.notes if note))[:NOTE_LENGTH]
    _check_lines(draft)
    _check_total(draft)
    return order


def name_buyer(draft: Draft, roles: list[str]) -> None:
    """Note who buys, by the first roles that the document gives."""
    order = draft.order
    for party in [draft.parties[role] for role in roles if role in draft.parties]:
        if party.code and party.is_global:
            order.parties.append(party.code)
        if party.vat_number:
            order.parties.append(party.vat_number)
            order.names.append(party.vat_number)
        if party.code and party.is_ours:
            order.names.append(party.code)
        if party.name:
            order.names.append(party.name)
        if "customer" not in order.evidence:
            draft.put("customer", party.where)


def name_place(draft: Draft, roles: list[str]) -> None:
    """Note where the goods go, by the first role that the document gives."""
    party = next((draft.parties[role] for role in roles if role in draft.parties), None)
    if party is None:
        return
    order = draft.order
    address = ", ".join(part for part in (party.street, party.postal_code, party.city) if part)
    order.places = list(
        dict.fromkeys(part for part in (party.code, party.name, party.street) if part)
    )
    order.ship_to = party.code or party.name or address
    if order.ship_to:
        draft.put("ship_to", party.where)


def _check_lines(draft: Draft) -> None:
    order = draft.order
    numbers = Counter(line.number for line in order.lines)
    for place, line in enumerate(order.lines):
        if line.number and numbers[line.number] > 1:
            message = _(
                "Two lines have the number %(number)s: an answer could not tell them apart."
            )
            draft.doubt(
                "line_number_twice", f"lines.{place}.number", message % {"number": line.number}
            )
    if draft.line_count is not None and draft.line_count != len(order.lines):
        message = _("The summary counts %(theirs)s lines; there are %(ours)s.")
        counts = {"theirs": draft.line_count, "ours": len(order.lines)}
        draft.doubt("line_count", "lines", message % counts)
    known = [line.quantity for line in order.lines if line.quantity is not None]
    if draft.quantity_total is not None and len(known) == len(order.lines):
        total = sum(known, start=Decimal(0))
        if total != draft.quantity_total:
            message = _(
                "The summary says that the quantities come to %(theirs)s; they are %(ours)s."
            )
            sums = {"theirs": f"{draft.quantity_total:f}", "ours": f"{total:f}"}
            draft.doubt("quantity_total", "lines", message % sums)


def _check_total(draft: Draft) -> None:
    order = draft.order
    amounts = [line_amount(line) for line in order.lines]
    known = [amount for amount in amounts if amount is not None]
    for place, line in enumerate(order.lines):
        priced = _priced(line)
        if priced is not None:
            priced += draft.adjustments.get(place, Decimal(0))
        if line.amount is not None and priced is not None and abs(line.amount - priced) > CENT:
            message = _("The line says %(theirs)s, its quantity and price come to %(ours)s.")
            sums = {"theirs": f"{line.amount:f}", "ours": f"{priced:f}"}
            draft.doubt("line_amount", f"lines.{place}.amount", message % sums)
    if order.total is None or len(known) != len(order.lines):
        return
    total = sum(known, start=Decimal(0))
    if abs(total - order.total) > CENT * max(len(known), 1):
        message = _("The document says %(theirs)s in all, its lines come to %(ours)s.")
        sums = {"theirs": f"{order.total:f}", "ours": f"{total:f}"}
        draft.doubt("total_mismatch", "total", message % sums)


def line_amount(line: ReadLine) -> Decimal | None:
    return line.amount if line.amount is not None else _priced(line)


def _priced(line: ReadLine) -> Decimal | None:
    if line.quantity is None or line.unit_price is None:
        return None
    return (line.quantity * line.unit_price).quantize(CENT)
