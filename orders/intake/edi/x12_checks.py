"""What a set must have to be read at all, and which of its elements are not what they must be."""

from django.utils.translation import gettext as _

from orders.intake.edi.draft import NUMBER, day_of
from orders.intake.edi.envelope import Message, Problem, Segment

REQUIRED = {"850": ("BEG", "PO1"), "860": ("BCH",), "875": ("G50", "G68")}
MANDATORY = {"BEG": (1, 2, 3, 5), "BCH": (1, 2, 3), "G50": (1, 2, 3)}
NUMBERS = {"PO1": (2, 4), "POC": (3, 6), "CTT": (1, 2), "G68": (1, 3)}
DATES = {"BEG": (5,), "BCH": (6,), "DTM": (2,), "G50": (2,), "G62": (2,)}
# AK304 and AK403: a segment that is missing; an element that is, is no number, is no date.
SEGMENT_MISSING, ELEMENT_MISSING, NO_NUMBER, NO_DATE = "3", "1", "6", "8"


def check(message: Message) -> None:
    """Add to the set's problems what is missing or no number or date."""
    for tag in REQUIRED.get(message.code, ()):
        if message.first(tag) is None:
            text = _("The set has no %(tag)s segment.") % {"tag": tag}
            message.problems.append(
                Problem(
                    rule="missing_segment",
                    message=text,
                    level="segment",
                    code=SEGMENT_MISSING,
                    tag=tag,
                    position=len(message.segments) + 2,
                )
            )
    for segment in message.segments:
        message.problems += _element_problems(segment)


def _element_problems(segment: Segment) -> list[Problem]:
    missing = [place for place in MANDATORY.get(segment.tag, ()) if not segment.get(place)]
    numbers = [
        place
        for place in NUMBERS.get(segment.tag, ())
        if segment.get(place) and not NUMBER.fullmatch(segment.get(place))
    ]
    dates = [
        place
        for place in DATES.get(segment.tag, ())
        if segment.get(place) and day_of(segment.get(place)) is None
    ]
    return [
        Problem(
            rule="bad_element",
            message=segment.where,
            level="element",
            code=code,
            tag=segment.tag,
            position=segment.position,
            element=place,
        )
        for code, places in ((ELEMENT_MISSING, missing), (NO_NUMBER, numbers), (NO_DATE, dates))
        for place in places
    ]
