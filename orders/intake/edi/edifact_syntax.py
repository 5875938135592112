"""EDIFACT: from the bytes of a file to its interchanges.

Separators come from UNA, else they are the usual ones; the release character is honoured; wrapped
lines, UNG groups, several messages and several interchanges are read.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.intake.edi.envelope import (
    Group,
    Interchange,
    Level,
    Message,
    Problem,
    Segment,
    check_segments,
    is_count,
)
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
    component, element, decimal, release, _repetition, end = text[TAG_LENGTH:UNA_LENGTH]
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


class Builder:
    """Puts segments into their envelopes and notes what does not fit."""

    def __init__(self) -> None:
        self.interchanges: list[Interchange] = []
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.message: Message | None = None
        self.position = 0

    def take(self, raw: list[list[str]]) -> None:
        tag = raw[0][0][:10]
        if self.message is not None or tag == "UNH":
            self.position += 1
        segment = Segment(
            tag=tag,
            elements=tuple(tuple(element) for element in raw[1:]),
            position=self.position,
        )
        handler = SERVICE.get(tag)
        if handler is not None:
            handler(self, segment)
        elif self.message is not None:
            self.message.segments.append(segment)

    def finished(self) -> list[Interchange]:
        self._close()
        return self.interchanges

    def _unb(self, segment: Segment) -> None:
        self._close()
        sent = segment.get(4)
        self.interchange = Interchange(
            dialect="edifact",
            version=":".join(part for part in (segment.get(1), segment.get(1, 2)) if part),
            sender=segment.get(2),
            sender_qualifier=segment.get(2, 2),
            receiver=segment.get(3),
            receiver_qualifier=segment.get(3, 2),
            sent_on=sent,
            sent_at=segment.get(4, 2),
            control=segment.get(5),
            wants_receipt=segment.get(9) == "1",
            is_test=segment.get(11) == "1",
        )
        self.interchanges.append(self.interchange)

    def _unz(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        one, self.interchange = self.interchange, None
        if one is None:
            return
        one.is_ended = True
        if segment.get(2) != one.control:
            text = _("The trailer names interchange %(theirs)s, the header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": one.control or "-"}
            one.problems.append(_fault("control_number", text % numbers, "interchange", "28"))
        grouped = [group for group in one.groups if group.control]
        counted = len(grouped) if grouped else len(one.messages)
        if not is_count(segment.get(1), counted):
            text = _("The trailer counts %(theirs)s; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": counted}
            one.problems.append(_fault("group_count", text % counts, "interchange", "29"))

    def _ung(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        self.group = Group(
            code=segment.get(1),
            sender=segment.get(2),
            receiver=segment.get(3),
            control=segment.get(5),
            version=":".join(part for part in (segment.get(7), segment.get(7, 2)) if part),
        )
        if self.interchange is not None:
            self.interchange.groups.append(self.group)

    def _une(self, segment: Segment) -> None:
        self._close_message()
        group, self.group = self.group, None
        if group is None:
            return
        group.is_ended, group.claimed = True, segment.get(1)
        if segment.get(2) != group.control:
            text = _("The group's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": group.control}
            group.problems.append(_fault("control_number", text % numbers, "group", "28"))
        if not is_count(segment.get(1), len(group.messages)):
            text = _("The group's trailer counts %(theirs)s messages; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": len(group.messages)}
            group.problems.append(_fault("message_count", text % counts, "group", "29"))

    def _unh(self, segment: Segment) -> None:
        self._close_message()
        if self.interchange is None:
            return  # a message outside of any interchange has no sender
        if self.group is None:
            self.group = Group()
            self.interchange.groups.append(self.group)
        self.position = 1
        parts = (segment.get(2, place) for place in (2, 3, 4, 5))
        self.message = Message(
            code=segment.get(2),
            control=segment.get(1),
            version=":".join(part for part in parts if part),
        )
        self.group.messages.append(self.message)

    def _unt(self, segment: Segment) -> None:
        message, self.message = self.message, None
        if message is None:
            return
        message.is_ended = True
        counted = len(message.segments) + 2
        if segment.get(2) != message.control:
            text = _("The message's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": message.control or "-"}
            message.problems.append(_fault("control_number", text % numbers, "message", "28"))
        if not is_count(segment.get(1), counted):
            text = _("The message's trailer counts %(theirs)s segments; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": counted}
            message.problems.append(_fault("segment_count", text % counts, "message", "29"))

    def _close(self) -> None:
        self._close_message()
        self._close_group()
        one, self.interchange = self.interchange, None
        if one is not None:
            text = _("The interchange has no trailer (UNZ).")
            one.problems.append(_fault("interchange_not_ended", text, "interchange", "13"))

    def _close_message(self) -> None:
        message, self.message = self.message, None
        if message is not None:
            text = _("The message %(control)s has no trailer (UNT).")
            fault = _fault(
                "message_not_ended", text % {"control": message.control}, "message", "13"
            )
            message.problems.append(fault)

    def _close_group(self) -> None:
        group, self.group = self.group, None
        if group is not None and group.control and not group.is_ended:
            text = _("The group %(control)s has no trailer (UNE).") % {"control": group.control}
            group.problems.append(_fault("group_not_ended", text, "group", "13"))


SERVICE = {
    "UNB": Builder._unb,
    "UNZ": Builder._unz,
    "UNG": Builder._ung,
    "UNE": Builder._une,
    "UNH": Builder._unh,
    "UNT": Builder._unt,
}


def _fault(rule: str, message: str, level: Level, code: str) -> Problem:
    return Problem(rule=rule, message=message, level=level, code=code)
