"""One report of a carrier, whichever way it came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# Ids that we have made: of reports that came without one, such as rows of a file.
UNNAMED = "row:"
# What happened, and when.
Moment = tuple[str, datetime]
# What lies outside of these years is a slip of a keyboard or of a clock.
FIRST_YEAR, LAST_YEAR = 2000, 2099
NUMBER_LENGTH, EVENT_LENGTH, CODE_LENGTH, NOTE_LENGTH = 60, 80, 20, 300


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened to what a carrier calls `tracking_number`.

    `event_id` tells it from the carrier's other reports of the same number, and begins with
    `UNNAMED` where the carrier gave it none; `code` is ours or the carrier's own; `note` is for
    people: with `delivered`, who received it.
    """

    tracking_number: str
    event_id: str
    code: str
    note: str
    happened_at: datetime


class Told:
    """What has been told of one tracking number already."""

    def __init__(self, events: Iterable[tuple[str, str, datetime]]) -> None:
        """Take event ids, codes and times."""
        self._ids: set[str] = set()
        self._named: set[Moment] = set()
        self._unnamed: set[Moment] = set()
        for event_id, code, at in events:
            self._add(event_id, (code, at))

    def holds(self, report: Report) -> bool:
        """Say whether a report is told: by its id; without one, by its code and time."""
        moment = report.code, report.happened_at
        if report.event_id in self._ids or moment in self._unnamed:
            return True
        return report.event_id.startswith(UNNAMED) and moment in self._named

    def news_of(self, reports: Iterable[Report]) -> list[Report]:
        """Return those that are not told, each once; from now on they are."""
        news = []
        for report in reports:
            if not self.holds(report):
                news.append(report)
                self._add(report.event_id, (report.code, report.happened_at))
        return news

    def _add(self, event_id: str, moment: Moment) -> None:
        self._ids.add(event_id)
        (self._unnamed if event_id.startswith(UNNAMED) else self._named).add(moment)


def is_plausible(moment: datetime) -> bool:
    return FIRST_YEAR <= moment.year <= LAST_YEAR
