"""Order lines of a grid, each proven by its own arithmetic or doubted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.sheets.dates import Day
from o2c.kernel.sheets.numbers import decimal_mark
from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import Evidence, ReadLine
from orders.intake.findings import Finding, block
from orders.intake.layouts import Sender
from orders.intake.pdf.days import Days
from orders.intake.pdf.figures import comes_to, counted, money_text, number_of
from orders.intake.pdf.grids import Grid, GridRow
from orders.intake.pdf.pages import Page, Segment, unbroken

PROVEN, PLAIN, GUESSED, CONTRADICTED = 0.99, 0.9, 0.7, 0.3
KEY_LENGTH = 40
TEXT_LENGTH = 200
# So many words in one cell are a name, no number.
NAME_WORDS = 3
ZERO = Decimal(0)
# A product's number in its description: [KV-080] Valve, Your part no.: KV-080.
BRACKETED = re.compile(r"^[\[*](?P<code>[\w./-]{3,40})[\]*]\s*")
NAMED = re.compile(r"(?P<label>[^\d:#]{2,60})\s*[:#]\s*(?P<code>[\w./-]*\d[\w./-]*)")
# A label has at most so many words.
LABEL_WORDS = 4


@dataclass(kw_only=True)
class Lines:
    """What was read, how sure that is, and what speaks against it."""

    lines: list[ReadLine] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    mark: str = ""
    proven: int = 0

    @property
    def amount(self) -> Decimal:
        return sum((line.amount or ZERO for line in self.lines), ZERO)


def lines_of(
    grid: Grid, pages: Sequence[Page], sender: Sender, *, figures: Sequence[str], days: Days
) -> Lines:
    """Read the lines of a grid; `figures` are the document's other numbers, as it writes them."""
    reader = LineReader(pages, sender, days)
    texts = [text for row in grid.rows for text in _number_texts(row)]
    reader.read.mark = decimal_mark([*texts, *figures])
    for row in grid.rows:
        reader.take(row)
    reader.read.findings += _about_columns(grid)
    return reader.read


def _about_columns(grid: Grid) -> list[Finding]:
    """Doubt columns of figures or dates that nobody understands: they may change what is meant."""
    message = _("What the column “%(head)s” says is not known. Explain its word.")
    return [
        block("unknown_column", "columns", message % {"head": column.head.text[:60]})
        for column in grid.columns
        if not column.is_known
        and any(c.isdigit() for row in grid.rows for c in row.text(column.key))
    ]


def _number_texts(row: GridRow) -> list[str]:
    money = [money_text(row.text(name)) for name in ("unit_price", "amount")]
    return [counted(row.text("quantity"))[0], *money]


class LineReader:
    """Collects the lines of one grid."""

    def __init__(self, pages: Sequence[Page], sender: Sender, days: Days) -> None:
        self.pages = pages
        self.sender = sender
        self.days = days
        self.read = Lines()

    def take(self, row: GridRow) -> None:
        """Read one row."""
        place = len(self.read.lines)
        path = f"lines.{place}"
        _name_described(row)
        figure, unit = counted(row.text("quantity"))
        sku, sureness = _sku_of(row, self.sender)
        line = ReadLine(
            row=place + 1,
            number=row.text("number")[:20],
            sku=clean(sku)[:KEY_LENGTH],
            customer_part=clean(row.text("customer_part"))[:60],
            description=clean(row.text("description"))[:TEXT_LENGTH],
            unit=(row.text("unit") or unit)[:20],
            quantity=self._number(figure),
            unit_price=self._money(row, "unit_price"),
            amount=self._money(row, "amount"),
        )
        self.read.lines.append(line)
        self._prove(line, row, path)
        self._date(line, row, path)
        self._note(f"{path}.sku", row.cells.get("sku") or row.cells.get("description"), sureness)

    def _prove(self, line: ReadLine, row: GridRow, path: str) -> None:
        discount = self._number(money_text(row.text("discount").replace("%", "")))
        sureness, finding = _judged(line, discount or ZERO, path)
        if finding is None:
            self.read.proven += 1
            if discount and line.unit_price is not None:
                line.unit_price *= 1 - discount / 100
        else:
            self.read.findings.append(finding)
        for name in ("quantity", "unit_price", "amount"):
            self._note(f"{path}.{name}", row.cells.get(name), sureness)

    def _date(self, line: ReadLine, row: GridRow, path: str) -> None:
        text = row.text("requested_on")
        if not text:
            return
        day = self.days.read(text)
        line.requested_on = day.value if day else None
        self.read.findings += doubts_about_day(day, text, f"{path}.requested_on")
        sureness = PLAIN if day and not day.is_doubtful else CONTRADICTED
        self._note(f"{path}.requested_on", row.cells["requested_on"], sureness)

    def _money(self, row: GridRow, name: str) -> Decimal | None:
        return self._number(money_text(row.text(name)))

    def _number(self, text: str) -> Decimal | None:
        return number_of(text, mark=self.read.mark, language=self.sender.language)

    def _note(self, path: str, cell: Segment | None, sureness: float) -> None:
        if cell is not None:
            self.read.evidence[path] = evidence_of(cell, self.pages, sureness)


def evidence_of(cell: Segment, pages: Sequence[Page], sureness: float) -> Evidence:
    """Return how sure a reading is, and where it stands on which page."""
    where = _("page %(number)s") % {"number": cell.page + 1}
    return Evidence(confidence=sureness, where=where, box=pages[cell.page].box(cell))


def doubts_about_day(day: Day | None, text: str, path: str) -> list[Finding]:
    """Return what is wrong with a date."""
    if day is None:
        message = _("“%(text)s” is no date. Write it as 2026-12-31.") % {"text": text[:40]}
        return [block("not_a_date", path, message)]
    if day.is_doubtful:
        message = _("In “%(text)s” day and month could be swapped.") % {"text": text[:40]}
        return [block("ambiguous_date", path, message)]
    return []


def _judged(line: ReadLine, discount: Decimal, path: str) -> tuple[float, Finding | None]:
    """Say how far quantity, price and amount prove each other."""
    if line.quantity is None:
        message = _("Line %(row)s has no quantity that reads as one number only.")
        return CONTRADICTED, block("not_a_number", f"{path}.quantity", message % {"row": line.row})
    if line.unit_price is None or line.amount is None:
        message = _("Line %(row)s has no price and amount that prove its quantity.")
        return GUESSED, block("unproven", f"{path}.quantity", message % {"row": line.row})
    if comes_to(line.quantity, line.unit_price, discount, line.amount):
        return PROVEN, None
    message = _("Line %(row)s: %(quantity)s × %(price)s is not %(amount)s.") % {
        "row": line.row,
        "quantity": line.quantity,
        "price": line.unit_price,
        "amount": line.amount,
    }
    return CONTRADICTED, block("amount_differs", f"{path}.amount", message)


def _name_described(row: GridRow) -> None:
    """Take a column of names for what it is, where nothing else describes the goods."""
    words = row.text("sku").split()
    is_name = len(words) >= NAME_WORDS or (
        len(words) > 1 and not any(c.isdigit() for c in row.text("sku"))
    )
    if "description" not in row.cells and is_name:
        row.cells["description"] = row.cells.pop("sku")


def _sku_of(row: GridRow, sender: Sender) -> tuple[str, float]:
    """Return what names the product best, and how sure that is."""
    if row.text("sku"):
        return unbroken(row.cells["sku"]), PLAIN + 0.07
    description = row.text("description")
    named = _labelled(description, "sku", sender)
    bracketed = BRACKETED.search(description)
    code = named or (bracketed["code"] if bracketed else "") or row.text("customer_part")
    return (code.strip(".,;"), PLAIN) if code else ("", CONTRADICTED)


def _labelled(text: str, name: str, sender: Sender) -> str:
    """Return the code behind a label that means this field, as in `Your part no.: KV-080`."""
    for found in NAMED.finditer(text):
        words = found["label"].split()
        for count in range(1, LABEL_WORDS + 1):
            if sender.meaning_of(" ".join(words[-count:])) == name:
                return found["code"]
    return ""
