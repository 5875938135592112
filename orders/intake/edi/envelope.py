"""What X12 and EDIFACT have in common: interchanges of groups of messages of segments."""

from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.findings import Unreadable

Level = Literal["interchange", "group", "message", "segment", "element"]
# More than any order has; a file of separators alone would only cost memory.
MAX_SEGMENTS = 400_000
COUNT_DIGITS = 10
# What an acknowledgement refuses a document for.
SYNTAX_RULES = {
    "control_number",
    "group_count",
    "group_not_ended",
    "interchange_not_ended",
    "message_count",
    "message_not_ended",
    "missing_segment",
    "segment_count",
}


@dataclass(frozen=True, kw_only=True)
class Segment:
    """`elements[0]` is the first element after the tag; each is a tuple of its components.

    `position` counts from 1 within the message, its header included, as acknowledgements do.
    """

    tag: str
    elements: tuple[tuple[str, ...], ...]
    position: int = 0

    def get(self, element: int, component: int = 1) -> str:
        """Return a component, both counted from 1; nothing when the segment ends before it."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1]

    @property
    def where(self) -> str:
        return _("segment %(position)s (%(tag)s)") % {"position": self.position, "tag": self.tag}

    @property
    def text(self) -> str:
        """Return the elements as people read them, without a partner's own separators."""
        return clean(" | ".join(" : ".join(element) for element in self.elements))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fault of the syntax. `code` is the acknowledgement's for it, in its own dialect."""

    rule: str
    message: str
    level: Level
    code: str = ""
    tag: str = ""
    position: int = 0
    element: int = 0

    @property
    def is_fatal(self) -> bool:
        """Say whether the document cannot be taken; a bad element is doubted where it is read."""
        return self.level != "element"


@dataclass(kw_only=True)
class Message:
    """A transaction set (X12) or message (EDIFACT), its header and trailer not among `segments`."""

    code: str
    control: str
    version: str = ""
    segments: list[Segment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_ended: bool = False

    def all(self, tag: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.tag == tag]

    def first(self, tag: str) -> Segment | None:
        return next((segment for segment in self.segments if segment.tag == tag), None)


@dataclass(kw_only=True)
class Group:
    """A functional group; in EDIFACT mostly there is none, and this one stands for it."""

    code: str = ""
    control: str = ""
    sender: str = ""
    receiver: str = ""
    version: str = ""
    claimed: str = ""
    messages: list[Message] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_ended: bool = False


@dataclass(kw_only=True)
class Interchange:
    """One envelope with what is in it."""

    dialect: Literal["x12", "edifact"]
    sender: str = ""
    sender_qualifier: str = ""
    receiver: str = ""
    receiver_qualifier: str = ""
    control: str = ""
    version: str = ""
    sent_on: str = ""
    sent_at: str = ""
    is_test: bool = False
    wants_receipt: bool = False
    has_receipt: bool = False
    groups: list[Group] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_ended: bool = False

    @property
    def messages(self) -> list[Message]:
        return [message for group in self.groups for message in group.messages]


def check_segments(count: int) -> None:
    """Refuse a file of more segments than any order has.

    Raises:
        Unreadable: it has.
    """
    if count > MAX_SEGMENTS:
        message = _("The file has more than %(most)s segments. Split it.")
        raise Unreadable("too_many_lines", message % {"most": MAX_SEGMENTS})


def check_lines(count: int) -> None:
    """Refuse a file of more order lines than we take at once.

    Raises:
        Unreadable: it has.
    """
    most = settings.INTAKE_MAX_LINES
    if count > most:
        message = _("The file has %(lines)s lines; at most %(most)s are taken at once. Split it.")
        raise Unreadable("too_many_lines", message % {"lines": count, "most": most})


def same_number(left: str, right: str) -> bool:
    """Say whether two control numbers are one, whatever zeros stand in front."""
    return left.lstrip("0") == right.lstrip("0")


def is_count(text: str, count: int) -> bool:
    """Say whether a trailer's text is this count."""
    return text.isascii() and text.isdecimal() and len(text) <= COUNT_DIGITS and int(text) == count
