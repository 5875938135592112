"""EDIFACT: from the bytes of a file to its interchanges.

Separators come from UNA, else they are the usual ones; the release character is honoured; wrapped
lines, UNG groups, several messages and several interchanges are read.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.intake.edi.edifact_builder import Builder
from orders.intake.edi.envelope import Interchange, check_segments
from orders.intake.findings import Unreadable

UNA_LENGTH = 9
TAG_LENGTH = 3
# Syntax identifiers of S001 and how their text is written; A and B are plain ASCII.
CHARSETS = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
}


@dataclass(frozen=True)
class Separators:
    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    segment: str = "'"


def decode(content: bytes) -> str:
    """Return the text: UTF-8 where it is that, else the character set that UNB declares.

    Raises:
        Unreadable: it holds NUL bytes, which no text of a partner's does.
    """
    if b"\x00" in content:
        raise Unreadable("binary", _("The file holds NUL bytes: it is damaged or no EDI file."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = re.search(rb"UNB.(UNO[A-Z])", content[:200])
    charset = CHARSETS.get(declared[1].decode() if declared else "", "cp1252")
    return content.removeprefix(b"\xef\xbb\xbf").decode(charset, errors="replace")


def parse(content: bytes) -> list[Interchange]:
    """Read every interchange of a file.

    Raises:
        Unreadable: there is no readable UNB in it.
    """
    text = decode(content).lstrip("\ufeff \t\r\n")
    raw = _raw_segments(text)
    check_segments(len(raw))
    builder = Builder()
    for elements in raw:
        builder.take(elements)
    interchanges = builder.finished()
    if not interchanges:
        message = _("The interchange header (UNB) is missing, cut off or damaged.")
        raise Unreadable("broken_envelope", message)
    return interchanges


def _advice(text: str) -> Separators:
    """Read UNA's six characters: component, element, decimal mark, release, repetition, end."""
    component, element, decimal, release, _repetition, end = list(text[TAG_LENGTH:UNA_LENGTH])
    # A line's end is the terminator only where the file says so; a blank means: no release.
    return Separators(component, element, decimal, "" if release == " " else release, end)


def _raw_segments(text: str) -> list[list[list[str]]]:
    """Return segments of elements of components; what a release character protects is text."""
    segments: list[list[list[str]]] = []
    separators = Separators()
    place = 0
    while place < len(text):
        advice = text[place : place + UNA_LENGTH]
        if len(advice) == UNA_LENGTH and advice.startswith("UNA") and not advice[3].isalnum():
            separators = _advice(advice)
            place += UNA_LENGTH
            continue
        segment, place = _next_segment(text, place, separators)
        if segment:
            segments.append(segment)
    return segments


def _next_segment(
    text: str, place: int, separators: Separators
) -> tuple[list[list[str]] | None, int]:
    """Return the segment that begins here, and where the next one does."""
    end = _end_of(text, place, separators)
    start = place
    while start < end and text[start] in " \t\r\n":
        start += 1
    if start >= end:
        return None, end + 1
    body = text[start:end]
    if not body.startswith(("UNB", "UNH", "UNZ")) and separators.segment not in "\r\n":
        body = re.sub(r"[\r\n]+[ \t]*", "", body)  # a wrapped line
    elements = _split(body, separators.element, separators.release)
    return [
        [_released(part, separators.release).strip() for part in _components(element, separators)]
        for element in elements
    ], end + 1


def _components(element: str, separators: Separators) -> list[str]:
    return _split(element, separators.component, separators.release)


def _end_of(text: str, place: int, separators: Separators) -> int:
    """Return where the segment's terminator stands, else the end of the text."""
    while True:
        end = text.find(separators.segment, place)
        if end < 0:
            return len(text)
        if not _is_released(text, end, separators.release):
            return end
        place = end + 1


def _is_released(text: str, place: int, release: str) -> bool:
    """Say whether an odd number of release characters stands in front of a place."""
    count = 0
    while release and place - count > 0 and text[place - count - 1] == release:
        count += 1
    return count % 2 == 1


def _split(text: str, mark: str, release: str) -> list[str]:
    if not release or release not in text:
        return text.split(mark)
    parts, start, place = [], 0, text.find(mark)
    while place >= 0:
        if not _is_released(text, place, release):
            parts.append(text[start:place])
            start = place + len(mark)
        place = text.find(mark, place + 1)
    return [*parts, text[start:]]


def _released(text: str, release: str) -> str:
    if not release or release not in text:
        return text
    return re.sub(re.escape(release) + "(.?)", r"\1", text, flags=re.DOTALL)
