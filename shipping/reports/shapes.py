"""One report of a carrier, whichever way it came."""

from dataclasses import dataclass
from datetime import datetime

# What lies outside of these years is a slip of a keyboard or of a clock.
FIRST_YEAR, LAST_YEAR = 2000, 2099
NUMBER_LENGTH, EVENT_LENGTH, CODE_LENGTH, NOTE_LENGTH = 60, 80, 20, 300


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened to what a carrier calls `tracking_number`.

    `event_id` tells it from the carrier's other reports of the same number; `code` is ours or
    the carrier's own; `note` is for people: with `delivered`, who received it.
    """

    tracking_number: str
    event_id: str
    code: str
    note: str
    happened_at: datetime


def is_plausible(moment: datetime) -> bool:
    return FIRST_YEAR <= moment.year <= LAST_YEAR
