"""X12: from the bytes of a file to its interchanges, as tolerant as partners make it necessary.

The separators are taken from the ISA itself: the 4th character, and what follows the 16th element.
Byte order marks, indented and wrapped lines, and an ISA that is not of its fixed width are read;
what the trailers say against it becomes a problem.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.intake.edi.envelope import (
    Group,
    Interchange,
    Message,
    Problem,
    Segment,
    check_segments,
    is_count,
    same_number,
)
from orders.intake.findings import Unreadable

ISA_ELEMENTS = 16
# From here on a second separator cannot be part of the same header.
ISA_LENGTH = 400
TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
SERVICE = {"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"}
WRAP = 3


@dataclass(frozen=True)
class Separators:
    element: str
    component: str
    segment: str


def decode(content: bytes) -> str:
    """Return the text: UTF-8, else what Western systems write.

    Raises:
        Unreadable: it holds NUL bytes, which no text of a partner's does.
    """
    if b"\x00" in content:
        raise Unreadable("binary", _("The file holds NUL bytes: it is damaged or no EDI file."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.removeprefix(b"\xef\xbb\xbf").decode("cp1252", errors="replace")


def parse(content: bytes) -> list[Interchange]:
    """Read every interchange of a file.

    Raises:
        Unreadable: there is no readable ISA in it.
    """
    text = decode(content).lstrip("\ufeff \t\r\n")
    interchanges = []
    for part in _parts(text):
        separators = separators_of(part)
        interchanges.append(Builder(separators).build(_raw_segments(part, separators)))
    check_segments(sum(len(m.segments) for one in interchanges for m in one.messages))
    return interchanges


def separators_of(text: str) -> Separators:
    """Find the separators that the ISA declares.

    Raises:
        Unreadable: the ISA ends before its 16th element.
    """
    element = text[3:4]
    places = [match.start() for match in re.finditer(re.escape(element), text[:ISA_LENGTH])]
    broken = Unreadable("broken_envelope", _("The interchange header (ISA) is cut off or damaged."))
    if not element or element.isalnum() or len(places) < ISA_ELEMENTS:
        raise broken
    end = places[ISA_ELEMENTS - 1] + 1
    component, terminator = text[end : end + 1], text[end + 1 : end + 2]
    if not component:
        raise broken
    if terminator in ("\r", "\n", " ", "\t", ""):
        return _whitespace_ended(text, element, component)
    if terminator.isalnum():  # no component separator was given: ISA16 is the terminator
        return Separators(element, "", component)
    return Separators(element, component, terminator)


def _whitespace_ended(text: str, element: str, component: str) -> Separators:
    """Segments end with the line, unless what looks like ISA16 ends every one of them."""
    ended = len(re.findall(re.escape(component) + r"[ \t]*(?:\r?\n|$)", text))
    lines = text.rstrip().count("\n") + 1
    if ended > lines // 2 and lines > 1 and component not in "\r\n":
        return Separators(element, "", component)
    return Separators(element, component, "\n")


def _parts(text: str) -> list[str]:
    """Cut the text where an interchange begins: each may declare separators of its own."""
    starts = [0]
    for match in re.finditer(r"[^A-Za-z0-9]\s*(ISA)([^A-Za-z0-9\s])", text):
        element = match[2]
        ahead = text[match.start(1) : match.start(1) + ISA_LENGTH]
        if ahead.count(element) >= ISA_ELEMENTS and re.match(r"ISA.\d\d", ahead):
            starts.append(match.start(1))
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _raw_segments(text: str, separators: Separators) -> list[str]:
    """Split at the terminator; lines inside of a segment are a wrap, or a terminator forgotten."""
    if separators.segment == "\n":
        return [line.strip() for line in text.split("\n") if line.strip()]
    is_wrapped = _is_wrapped(text)
    tag = rf"\r?\n\s*(?={TAG.pattern}{re.escape(separators.element)})"
    segments: list[str] = []
    for raw in text.split(separators.segment):
        inner = raw.strip()
        pieces = [inner] if is_wrapped or "\n" not in inner else re.split(tag, inner)
        segments += [re.sub(r"\r?\n", "", piece).strip() for piece in pieces if piece.strip()]
    return segments


def _is_wrapped(text: str) -> bool:
    """Say whether the lines are all of one length, as a program cuts them."""
    lines = [line.rstrip("\r") for line in text.rstrip().split("\n")]
    return len(lines) >= WRAP and len({len(line) for line in lines[:-1]}) == 1


class Builder:
    """Puts segments into their envelopes and notes what does not fit."""

    def __init__(self, separators: Separators) -> None:
        self.separators = separators
        self.interchange = Interchange(dialect="x12")
        self.group: Group | None = None
        self.message: Message | None = None
        self.position = 0

    def build(self, raw: list[str]) -> Interchange:
        for text in raw:
            elements = text.split(self.separators.element)
            segment = self._segment(elements)
            handler = getattr(self, f"_{segment.tag.lower()}", None)
            if segment.tag in SERVICE and handler is not None:
                handler(segment)
            else:
                self._body(segment)
        self._close_message()
        self._close_group()
        if not self.interchange.is_ended:
            self._fault("interchange_not_ended", _("The interchange has no trailer (IEA)."), "023")
        return self.interchange

    def _segment(self, elements: list[str]) -> Segment:
        component = self.separators.component
        is_header = elements[0].strip() == "ISA"
        if self.message is not None or elements[0].strip() == "ST":
            self.position += 1
        return Segment(
            tag=elements[0].strip()[:10],
            elements=tuple(
                tuple(
                    piece.strip()
                    for piece in (
                        element.split(component) if component and not is_header else [element]
                    )
                )
                for element in elements[1:]
            ),
            position=self.position,
        )

    def _isa(self, segment: Segment) -> None:
        one = self.interchange
        one.sender_qualifier, one.sender = segment.get(5), segment.get(6)
        one.receiver_qualifier, one.receiver = segment.get(7), segment.get(8)
        one.sent_on, one.sent_at = segment.get(9), segment.get(10)
        one.version, one.control = segment.get(12), segment.get(13)
        one.wants_receipt, one.is_test = segment.get(14) == "1", segment.get(15) == "T"

    def _iea(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        one = self.interchange
        one.is_ended = True
        if not same_number(segment.get(2), one.control):
            text = _("The trailer names interchange %(theirs)s, the header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": one.control}
            self._fault("control_number", text % numbers, "001")
        if not is_count(segment.get(1), len(one.groups)):
            text = _("The trailer counts %(theirs)s groups; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": len(one.groups)}
            self._fault("group_count", text % counts, "021")

    def _gs(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        self.group = Group(
            code=segment.get(1),
            sender=segment.get(2),
            receiver=segment.get(3),
            control=segment.get(6),
            version=segment.get(8),
        )
        self.interchange.groups.append(self.group)

    def _ge(self, segment: Segment) -> None:
        self._close_message()
        group, self.group = self.group, None
        if group is None:
            return
        group.is_ended, group.claimed = True, segment.get(1)
        if not same_number(segment.get(2), group.control):
            text = _("The group's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": group.control}
            group.problems.append(_group_fault("control_number", text % numbers, "4"))
        if not is_count(segment.get(1), len(group.messages)):
            text = _("The group's trailer counts %(theirs)s sets; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": len(group.messages)}
            group.problems.append(_group_fault("message_count", text % counts, "5"))

    def _st(self, segment: Segment) -> None:
        self._close_message()
        if self.group is None:
            self.group = Group()
            self.interchange.groups.append(self.group)
        self.position = 1
        self.message = Message(
            code=segment.get(1), control=segment.get(2), version=self.group.version
        )
        self.group.messages.append(self.message)

    def _se(self, segment: Segment) -> None:
        message, self.message = self.message, None
        if message is None:
            return
        message.is_ended = True
        counted = len(message.segments) + 2
        if not same_number(segment.get(2), message.control):
            text = _("The set's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": message.control}
            message.problems.append(_message_fault("control_number", text % numbers, "3"))
        if not is_count(segment.get(1), counted):
            text = _("The set's trailer counts %(theirs)s segments; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": counted}
            message.problems.append(_message_fault("segment_count", text % counts, "4"))

    def _ta1(self, _segment: Segment) -> None:
        self.interchange.has_receipt = True

    def _body(self, segment: Segment) -> None:
        if self.message is not None:
            self.message.segments.append(segment)

    def _close_message(self) -> None:
        message, self.message = self.message, None
        if message is not None:
            text = _("The set %(control)s has no trailer (SE).") % {"control": message.control}
            message.problems.append(_message_fault("message_not_ended", text, "2"))

    def _close_group(self) -> None:
        group, self.group = self.group, None
        if group is not None and not group.is_ended:
            text = _("The group %(control)s has no trailer (GE).") % {"control": group.control}
            group.problems.append(_group_fault("group_not_ended", text, "3"))

    def _fault(self, rule: str, message: str, code: str) -> None:
        problem = Problem(rule=rule, message=message, level="interchange", code=code)
        self.interchange.problems.append(problem)


def _group_fault(rule: str, message: str, code: str) -> Problem:
    return Problem(rule=rule, message=message, level="group", code=code)


def _message_fault(rule: str, message: str, code: str) -> Problem:
    return Problem(rule=rule, message=message, level="message", code=code)
