"""A purchase order on paper: its head, its lines and its total, with what proves them."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.columns import fold
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding, block, warn
from orders.intake.layouts import Sender
from orders.intake.pdf.days import Days
from orders.intake.pdf.grids import grids_of
from orders.intake.pdf.labels import Fact, facts_of, is_date
from orders.intake.pdf.lines import (
    CONTRADICTED,
    PROVEN,
    Lines,
    doubts_about_day,
    evidence_of,
    lines_of,
)
from orders.intake.pdf.pages import Page, Row, pages_of
from orders.intake.pdf.sandbox import read_pages, refused
from orders.intake.pdf.totals import Sum, figures_of, printed_total, sums_of
from orders.intake.pdf.words import CURRENCIES, ORDER_TITLES, OTHER_PAPERS, SIGNS
from orders.intake.tables import code_of

VAT = re.compile(r"\b([A-Z]{2}[ ]?[0-9A-Z]{1,4}(?:[ .]?[0-9A-Z]{2,12}){0,4})\b")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# So many pieces of text of the first page may be the customer's name.
NAMES = 80
TITLE_ROWS = 14
ROWS_KEPT = 400


def read_pdf(content: bytes) -> "PdfLayout":
    """Read a PDF's words.

    Raises:
        Unreadable: it has a password, is damaged, too long, takes too much, or holds no text.
    """
    pages = pages_of(read_pages(content))
    if not any(page.words for page in pages):
        raise refused("no_text")
    return PdfLayout(pages)


class PdfLayout:
    """The document's words in rows, waiting for whose they are."""

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages
        self.rows: list[Row] = [row for page in pages for row in page.rows()]
        self.hints = _hints(self.rows, self.first_rows())

    def first_rows(self) -> list[Row]:
        return [row for row in self.rows if row[0].page == 0]

    def orders(self, sender: Sender) -> list[ReadOrder]:
        """Return the one order that the pages say; with findings wherever nothing proves it."""
        texts = [segment.text for row in self.rows for segment in row]
        days = Days(texts, language=sender.language)
        lines = self._best_lines(sender, days)
        order = ReadOrder(part="", customer=sender.customer, po_number="", lines=lines.lines)
        order.pages = len(self.pages)
        order.evidence = lines.evidence
        order.findings = lines.findings
        order.rows = [
            (number, [clean(segment.text) for segment in row])
            for number, row in enumerate(self.rows[:ROWS_KEPT], 1)
        ]
        facts = facts_of(self.rows, sender)
        self._take_code(order, facts)
        self._take_day(order, facts, days)
        self._take_place(order, facts)
        self._take_currency(order, facts, texts, sender)
        self._take_total(order, lines, sender)
        order.findings += _about_kind(self.first_rows(), facts)
        if any(finding.rule == "not_an_order" for finding in order.findings):
            order.purpose = "other"
        order.part = order.po_number
        return [order]

    def _best_lines(self, sender: Sender, days: Days) -> Lines:
        """Return the reading that arithmetic supports most."""
        figures = figures_of(self.rows)
        found = [
            lines_of(grid, self.pages, sender, figures=figures, days=days)
            for grid in grids_of(self.pages, sender)
        ]

        def support(lines: Lines) -> tuple[bool, int, int]:
            is_total = self._total(lines, sender) is not None
            return is_total, lines.proven, -len(lines.findings)

        return max(found, key=support, default=Lines())

    def _total(self, lines: Lines, sender: Sender) -> Sum | None:
        sums = sums_of(self.rows, mark=lines.mark, language=sender.language)
        return printed_total(sums, lines.amount)

    def _take_code(self, order: ReadOrder, facts: dict[str, list[Fact]]) -> None:
        fact, finding = _one(facts.get("po_number", []), "po_number")
        order.findings += finding
        if fact is None:
            message = _("No number of the purchase order was found.")
            order.findings.append(block("missing_po_number", "po_number", message))
            return
        order.po_number = code_of(clean(fact.text))[:60]
        sureness = CONTRADICTED if finding else fact.confidence
        order.evidence["po_number"] = evidence_of(fact.place, self.pages, sureness)

    def _take_day(self, order: ReadOrder, facts: dict[str, list[Fact]], days: Days) -> None:
        fact, finding = _one(facts.get("requested_on", []), "requested_on")
        order.findings += finding
        if fact is None:
            order.findings += self._unexplained_days(order, facts)
            return
        day = days.read(fact.text)
        doubts = doubts_about_day(day, fact.text, "requested_on")
        order.requested_on = day.value if day else None
        order.findings += doubts
        sureness = CONTRADICTED if doubts or finding else fact.confidence
        order.evidence["requested_on"] = evidence_of(fact.place, self.pages, sureness)

    def _unexplained_days(self, order: ReadOrder, facts: dict[str, list[Fact]]) -> list[Finding]:
        """Say when a date stands somewhere that could be the day of delivery."""
        if any(line.requested_on for line in order.lines):
            return []
        explained = {fact.text for fact in facts.get("ordered_on", [])}
        texts = {
            part.strip()
            for row in self.rows
            for segment in row
            for part in (segment.text, segment.text.rpartition(":")[2])
        }
        others = sorted(text for text in texts - explained if is_date(text))
        if not others:
            return []
        message = _("It is not clear what the date %(text)s is for.") % {"text": others[0]}
        return [block("unexplained_date", "requested_on", message)]

    def _take_place(self, order: ReadOrder, facts: dict[str, list[Fact]]) -> None:
        for fact in facts.get("ship_to", [])[:1]:
            order.ship_to = clean(fact.text)[:200]
            order.places = [clean(part) for part in fact.text.split(", ")]
            order.evidence["ship_to"] = evidence_of(fact.place, self.pages, fact.confidence)

    def _take_currency(
        self, order: ReadOrder, facts: dict[str, list[Fact]], texts: Sequence[str], sender: Sender
    ) -> None:
        labelled = _codes([fact.text for fact in facts.get("currency", [])])
        named = labelled or _codes(texts)
        signs = [SIGNS[sign] for sign in SIGNS if any(sign in text for text in texts)]
        if len(named) == 1:
            order.currency = named.pop()
        elif not named and len(signs) == 1:
            meant = signs[0]
            order.currency = sender.currency if sender.currency in meant else meant[0]
        elif named or signs:
            message = _("More than one currency is named.")
            order.findings.append(block("unclear_currency", "currency", message))

    def _take_total(self, order: ReadOrder, lines: Lines, sender: Sender) -> None:
        if not lines.lines:
            message = _("No table of order lines with a quantity was found.")
            order.findings.append(block("no_lines_found", "lines", message))
            return
        total = self._total(lines, sender)
        if total is not None:
            order.total = lines.amount
            order.evidence["total"] = evidence_of(total.place, self.pages, PROVEN)
            return
        message = _("The lines come to %(sum)s; no printed total says so.")
        amount = f"{lines.amount:f}"
        order.findings.append(block("total_differs", "total", message % {"sum": amount}))


def _hints(rows: Sequence[Row], first: Sequence[Row]) -> list[str]:
    """Return what may name the customer: labelled numbers, addresses, VAT numbers, names."""
    hints = [fact.text for fact in facts_of(rows, Sender()).get("customer", [])]
    texts = [segment.text for row in first for segment in row]
    everything = "\n".join(texts)
    hints += EMAIL.findall(everything)
    hints += [re.sub(r"[ .]", "", found) for found in VAT.findall(everything)]
    names = [part.strip() for text in texts for part in {text, text.rpartition(":")[2]}]
    hints += [name for name in names if any(c.isalpha() for c in name)][:NAMES]
    return list(dict.fromkeys(hints))


def _codes(texts: Sequence[str]) -> set[str]:
    return {code for text in texts for code in CURRENCIES.findall(text)}


def _one(facts: Sequence[Fact], name: str) -> tuple[Fact | None, list[Finding]]:
    """Return the surest value, with a finding when the document says another one, too."""
    if not facts:
        return None, []
    best = max(facts, key=lambda fact: fact.confidence)
    if len({fold(fact.text) for fact in facts}) == 1:
        return best, []
    values = ", ".join(sorted({fact.text for fact in facts}))
    message = _("The document says several things here: %(values)s.") % {"values": values[:120]}
    return best, [block("unclear", name, message)]


def _about_kind(first: Sequence[Row], facts: dict[str, list[Fact]]) -> list[Finding]:
    """Say when the paper calls itself something else than an order."""
    texts = [segment.text for row in first for segment in row]
    labels = [fold(text.partition(":")[0]) for text in texts]
    top = [fold(segment.text) for row in first[:TITLE_ROWS] for segment in row]
    starts = [fold(" ".join(text.split()[:2])) for text in texts[: TITLE_ROWS * 2]]
    starts += [fold(text.split()[0]) for text in texts[: TITLE_ROWS * 2] if text.split()]
    other = OTHER_PAPERS & {*labels, *top, *starts}
    is_titled = ORDER_TITLES & {*top, *starts}
    message = _("This calls itself an invoice or another paper, not an order.")
    if other and not is_titled:
        return [block("not_an_order", "file", message)]
    if not is_titled and not facts.get("po_number"):
        return [block("no_title", "file", _("Nothing calls this document an order."))]
    return [warn("other_paper", "file", message)] if other else []
