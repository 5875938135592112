"""The facts of an order's head, by the labels beside or above them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from o2c.kernel.sheets.dates import parse_day
from orders.intake.columns import fold
from orders.intake.layouts import Sender
from orders.intake.pdf.pages import Row, Segment, joined, overlap
from orders.intake.pdf.words import CURRENCIES, LABEL_MEANING

BESIDE, BELOW, TITLE = 0.98, 0.95, 0.96
# A value stands at most so many lines under its label, and so far beside it, in line heights.
LINES_BELOW = 2.2
FAR_BESIDE = 25.0
ADDRESS_LINES = 7
ALIGNED = 6.0
LONGEST_CODE = 40
PREFIX = re.compile(r"^(?:(?:no|nr|num|n°|nº|n\.º)\.?\s+|#\s*|:\s*)+", re.IGNORECASE)
DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}|(?=.*[^\W\d_]{3}).*\d{4}")
FILLING = {"no", "nr", "n", "num", "nummer", "number", ""}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A value with the place that it was found at."""

    text: str
    place: Segment
    confidence: float


def facts_of(rows: Sequence[Row], sender: Sender) -> dict[str, list[Fact]]:
    """Return all values that the labels of the rows name, by field."""
    found: dict[str, list[Fact]] = {}
    for index, row in enumerate(rows):
        for place, segment in enumerate(row):
            name, fact = _fact_at(rows, index, place, segment, sender)
            if name and fact is not None:
                found.setdefault(name, []).append(fact)
    return found


def is_date(text: str) -> bool:
    """Say whether a text is a date that people would write on paper, and no plain number."""
    return bool(DATE.fullmatch(text)) and parse_day(text, locale="de") is not None


def field_of(text: str, sender: Sender) -> str:
    """Return what a label names: in the customer's own words, else in ours."""
    folded = fold(text)
    return sender.words.get(folded) or LABEL_MEANING.get(folded, "")


def _fact_at(
    rows: Sequence[Row], index: int, place: int, segment: Segment, sender: Sender
) -> tuple[str, Fact | None]:
    label, colon, rest = segment.text.partition(":")
    name = field_of(label, sender)
    if name and colon and rest.strip():
        return name, _fact(name, rest, segment, BESIDE)
    if name and (colon or not rest):
        return name, _neighbour(rows, index, place, name, sender)
    name, rest = _titled(segment.text, sender)
    return name, _fact(name, rest, segment, TITLE) if name else None


def _titled(text: str, sender: Sender) -> tuple[str, str]:
    """Split `Purchase order 4500-1` into what it names and the value."""
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        name = field_of(" ".join(words[:count]), sender)
        rest = " ".join(words[count:])
        if name in ("po_number", "customer") and not _all_coded(words[count:]):
            continue
        if name and name != "other":
            return name, rest
    return "", ""


def _all_coded(words: Sequence[str]) -> bool:
    return all(any(c.isdigit() for c in word) or fold(word) in FILLING for word in words)


def _neighbour(
    rows: Sequence[Row], index: int, place: int, name: str, sender: Sender
) -> Fact | None:
    if name == "ship_to":
        return _block(rows, index, place, sender)
    row = rows[index]
    segment = row[place]
    beside = row[place + 1] if place + 1 < len(row) else None
    if beside is not None and beside.left - segment.right < FAR_BESIDE * segment.height:
        fact = None if _is_label(beside, sender) else _fact(name, beside.text, beside, BESIDE)
        if fact is not None:
            return fact
    for below in rows[index + 1 : index + 3]:
        for other in below:
            near = other.top - segment.bottom < LINES_BELOW * segment.height
            if near and _is_under(segment, other) and not _is_label(other, sender):
                return _fact(name, other.text, other, BELOW)
    return None


def _block(rows: Sequence[Row], index: int, place: int, sender: Sender) -> Fact | None:
    """Return the lines under a label, until a gap or the next label."""
    label = rows[index][place]
    lines: list[Segment] = []
    last = label
    for row in rows[index + 1 : index + 1 + ADDRESS_LINES]:
        under = [segment for segment in row if abs(segment.left - label.left) < ALIGNED]
        if not under:
            continue
        if under[0].top - last.bottom > LINES_BELOW * last.height or _is_label(under[0], sender):
            break
        last = under[0]
        lines.append(last)
    if not lines:
        beside = rows[index][place + 1 : place + 2]
        lines = [segment for segment in beside if not _is_label(segment, sender)]
    if not lines:
        return None
    text = ", ".join(line.text for line in lines)
    return Fact(text=text, place=joined(lines), confidence=BELOW)


def _is_under(label: Segment, other: Segment) -> bool:
    return other.page == label.page and (
        overlap(label, other) > 0 or abs(label.left - other.left) < ALIGNED
    )


def _is_label(segment: Segment, sender: Sender) -> bool:
    label, colon, rest = segment.text.partition(":")
    return bool(field_of(label, sender)) and (bool(colon) or not rest)


def _fact(name: str, text: str, place: Segment, confidence: float) -> Fact | None:
    value = PREFIX.sub("", text.strip()).strip(" .:#*")
    if not _is_possible(name, value):
        return None
    return Fact(text=value, place=place, confidence=confidence)


def _is_possible(name: str, value: str) -> bool:
    if name in ("ordered_on", "requested_on"):
        return is_date(value)
    if name == "currency":
        return bool(CURRENCIES.search(value))
    if name in ("po_number", "customer"):
        is_code = any(c.isdigit() for c in value) and len(value) <= LONGEST_CODE
        return is_code and _all_coded(value.split()) and not is_date(value)
    return bool(value)
