"""Orders in the words of a mail: `please send 20 x KV-080`. Never certain enough to be placed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.sheets.dates import Day, parse_day
from o2c.kernel.sheets.numbers import parse_number
from o2c.kernel.sheets.shapes import Row, clean
from orders.intake.documents import Evidence, ReadLine, ReadOrder
from orders.intake.findings import Unreadable, block
from orders.intake.layouts import Sender
from orders.intake.mail.messages import Mail
from orders.intake.reading import orders_of
from orders.intake.tables import table_of

SURE, LIKELY = 0.75, 0.6
MAX_LINES = 200
LINES_KEPT = 400
LINE_LENGTH = 400
UNIT = r"(?:x|×|pcs?|pieces?|ea|each|units?|st(?:k|ck|ück|uks?)?|pi[eè]ces?|pz|uds?|u|kg|m)"
CODE = r"[A-Z0-9][A-Z0-9./_-]*[A-Z0-9]"
COUNT = r"\d{1,3}(?:[.,\u00a0]\d{3})*|\d{1,7}"
FIRST = re.compile(
    rf"(?<![\w.,/-])(?P<count>{COUNT})(?:\s*(?P<unit>[x×]|{UNIT}\b\.?)\s*|\s+)"
    rf"(?:(?:of the|of|von|de|van|di)\s+)?(?P<code>{CODE})(?![\w-])",
    re.IGNORECASE,
)
LAST = re.compile(
    rf"(?<![\w.,/-])(?P<code>{CODE})\s*(?:[:=×x–-]\s*|\()\s*(?P<count>{COUNT})\s*"
    rf"(?P<unit>{UNIT}\b\.?)?(?![\w.,/-])",
    re.IGNORECASE,
)
PO_NUMBER = re.compile(
    r"\b(?:P\.?O\.?|purchase order|order|bestell(?:ung|nummer|ing)|commande|pedido|ordine)\b"
    r"[ .:#]*(?:no|nr|number|nummer|n°|nº)?[ .:#]*(?P<code>[A-Z0-9/_-]*\d[A-Z0-9/_-]*)",
    re.IGNORECASE,
)
DAY = re.compile(
    r"(?<!\w)(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|\d{1,2}(?:\.|st|nd|rd|th)?\s+(?:de\s+)?[^\W\d]{3,}\.?\s+(?:de\s+)?\d{4})(?!\w)"
)
# Below these lines somebody else speaks, or nobody.
QUOTED = re.compile(
    r"^(?:-{2,}\s*$|_{5,}|-+\s*(?:original message|ursprüngliche nachricht|message d'origine)"
    r"|(?:on|am|le|el|op)\b.{5,120}(?:wrote|schrieb|a écrit|escribió|schreef)\s?:?\s*$)",
    re.IGNORECASE,
)


class Prose:
    """A mail's text as a document that waits for whose it is."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.hints = [mail.sender] if mail.sender else []
        self.lines = spoken_lines(mail.text)

    def orders(self, sender: Sender) -> list[ReadOrder]:
        """Return the one order that the text may be; without lines when it orders nothing."""
        order = self._from_table(sender) or self._from_words(sender)
        order.part = ""
        order.sender, order.reference = self.mail.sender, self.mail.message_id
        order.rows = [(n, [line]) for n, line in enumerate(self.lines[:LINES_KEPT], 1)]
        order.columns = [self.mail.subject]
        if not order.po_number:
            self._find_po_number(order)
        if order.requested_on is None:
            self._find_day(order, sender)
        if order.lines:
            message = _("This was read from the words of a mail: compare it.")
            order.findings.append(block("from_prose", "lines", message))
        return [order]

    def _from_table(self, sender: Sender) -> ReadOrder | None:
        """Read a table that was pasted into the mail."""
        rows: list[Row] = [
            (number, [clean(cell) for cell in line.split("\t")])
            for number, line in enumerate(self.lines, 1)
            if "\t" in line
        ]
        try:
            table = table_of(rows)
        except Unreadable:
            return None
        found = orders_of(table, locale_of=lambda code: sender.language, customer=sender.customer)
        if len(found) != 1:
            return None
        order = found[0]
        for place in range(len(order.lines)):
            for name in ("sku", "quantity"):
                order.evidence[f"lines.{place}.{name}"] = _said(order.lines[place].row, SURE)
        return order

    def _from_words(self, sender: Sender) -> ReadOrder:
        order = ReadOrder(part="", customer=sender.customer, po_number="")
        for number, found in _ordered(self.lines):
            count = parse_number(found["count"], mark="", locale=sender.language)
            place = len(order.lines)
            if count is None or place >= MAX_LINES:
                continue
            order.lines.append(
                ReadLine(
                    row=number,
                    sku=found["code"].strip("."),
                    quantity=Decimal(count.value),
                    unit=_unit_of(found["unit"]),
                )
            )
            for name in ("sku", "quantity"):
                sureness = LIKELY if count.is_doubtful or not found["unit"] else SURE
                order.evidence[f"lines.{place}.{name}"] = _said(number, sureness)
        return order

    def _find_po_number(self, order: ReadOrder) -> None:
        for number, line in enumerate([self.mail.subject, *self.lines]):
            found = PO_NUMBER.search(line)
            if found:
                order.po_number = clean(found["code"])[:60]
                order.evidence["po_number"] = _said(number, SURE)
                return

    def _find_day(self, order: ReadOrder, sender: Sender) -> None:
        days = _days(self.lines, sender)
        if len({day.value for _number, day in days}) == 1:
            number, day = days[0]
            order.requested_on = day.value
            sureness = LIKELY if day.is_doubtful else SURE
            order.evidence["requested_on"] = _said(number, sureness)


def spoken_lines(text: str) -> list[str]:
    """Return the lines that the writer of this mail wrote, without quotes and signature."""
    lines: list[str] = []
    for line in text.splitlines():
        if QUOTED.match(line.strip()):
            break
        if line.strip() and not line.lstrip().startswith((">", "|")):
            lines.append(line.strip()[:LINE_LENGTH])
    return lines


def _ordered(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield what a line orders, with the line's number."""
    for number, line in enumerate(lines, 1):
        bare = PO_NUMBER.sub(" ", DAY.sub(" ", line))
        found = [hit for hit in FIRST.finditer(bare) if _is_code(hit)]
        found = found or [hit for hit in LAST.finditer(bare) if _is_code(hit)]
        yield from ((number, hit) for hit in found)


def _is_code(found: re.Match[str]) -> bool:
    """Say whether it looks like a part number: with a digit, and no plain small number."""
    code = found["code"]
    has_digit = any(c.isdigit() for c in code)
    return has_digit and (not code.isdigit() or bool(found["unit"]))


def _unit_of(text: str | None) -> str:
    bare = (text or "").strip(".").lower()
    return "" if bare in ("x", "×") else bare


def _days(lines: Iterable[str], sender: Sender) -> list[tuple[int, Day]]:
    return [
        (number, day)
        for number, line in enumerate(lines, 1)
        for text in DAY.findall(line)
        if (day := parse_day(text, locale=sender.language))
    ]


def _said(number: int, sureness: float) -> Evidence:
    return Evidence(confidence=sureness, where=_("line %(number)s") % {"number": number})
