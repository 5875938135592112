"""Tracking events in a file: CSV or XLSX, one event a row. Sent again, nothing happens twice."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Row, fits, read_table
from shipping.models import Carrier, StrayEvent
from shipping.reports.shapes import (
    CODE_LENGTH,
    EVENT_LENGTH,
    NOTE_LENGTH,
    NUMBER_LENGTH,
    UNNAMED,
    Report,
    is_plausible,
)
from shipping.reports.taking import Taken, take_reports

COLUMNS = {
    "tracking_number": ["tracking number", "tracking no", "consignment", "awb", "shipment"],
    "at": ["time", "at", "date and time", "timestamp", "event time", "happened at"],
    "code": ["code", "event", "status", "event code"],
    "event_id": ["event id", "id"],
    "note": ["note", "text", "remark", "received by", "description"],
}
NEEDED = {
    "tracking_number": gettext_lazy("The tracking number is missing."),
    "at": gettext_lazy("The time is missing."),
    "code": gettext_lazy("The code is missing."),
}
LONGEST = {
    "tracking_number": NUMBER_LENGTH,
    "code": CODE_LENGTH,
    "event_id": EVENT_LENGTH,
    "note": NOTE_LENGTH,
}
RECORDED, KNOWN, WAITING, REJECTED = "recorded", "known", "waiting", "rejected"


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A row as it was read; without report it cannot be used, and `words` says why."""

    number: int
    row: Row
    report: Report | None

    @property
    def words(self) -> str:
        return " ".join(message for _field, message in self.row.problems)


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """What became of a row: recorded, known, waiting or rejected; `words` says why."""

    number: int
    tracking_number: str
    code: str
    outcome: str
    words: str = ""


def import_tracking(
    content: bytes,
    name: str,
    *,
    carrier: Carrier,
    at: datetime,
    actor: Actor,
    most_rows: int | None = None,
) -> list[FileRow]:
    """Take in the rows of a carrier's file that can be read; return what became of each.

    Raises:
        Unreadable: it is no table of tracking events, too large, or has more than `most_rows`.
    """
    read = read_reports(content, name)
    if most_rows is not None and len(read) > most_rows:
        message = _("The file has more than %(most)s rows: use manage.py import_tracking.")
        raise Unreadable("too_long", message % {"most": most_rows})
    readable = [one.report for one in read if one.report]
    taken = take_reports(carrier, readable, channel="file", at=at, actor=actor)
    return [_result(one, taken) for one in read]


def read_reports(content: bytes, name: str) -> list[ReadRow]:
    """Read a carrier's file; nothing is taken in.

    Raises:
        Unreadable: it is no table of tracking events, or too large.
    """
    table = read_table(content, name, columns=COLUMNS, needed=list(NEEDED), numbers=())
    zone = ZoneInfo(the_company().time_zone)
    return [ReadRow(number=row.number, row=row, report=_report(row, zone)) for row in table.rows]


def _report(row: Row, zone: ZoneInfo) -> Report | None:
    """Read a row; nothing when something is wrong, and the row is told so."""
    for field, missing in NEEDED.items():
        if not row.text(field):
            row.reject(field, str(missing))
    for field, longest in LONGEST.items():
        fits(row, field, longest)
    happened_at = _moment(row, zone)
    if row.problems or happened_at is None:
        return None
    number, code = row.text("tracking_number"), row.text("code")
    told = f"{number}\n{code}\n{happened_at.timestamp()}\n{row.text('note')}"
    return Report(
        tracking_number=number,
        event_id=row.text("event_id") or UNNAMED + hashlib.sha256(told.encode()).hexdigest()[:40],
        code=code,
        note=row.text("note"),
        happened_at=happened_at,
    )


def _moment(row: Row, zone: ZoneInfo) -> datetime | None:
    """Read a time; without an offset it is the clock of our company."""
    text = row.text("at")
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except ValueError:
        moment = None
    if moment is not None and is_plausible(moment):
        return moment
    if text:
        message = _("“%(text)s” is no time. Write 2027-01-31 14:05 or with an offset, +01:00.")
        row.reject("at", message % {"text": text[:40]})
    return None


def _result(read: ReadRow, taken: Taken) -> FileRow:
    words, outcome = "", REJECTED
    if read.report is None:
        words = read.words
    else:
        key = (read.report.tracking_number, read.report.event_id)
        outcome = RECORDED if key in taken.recorded else KNOWN
        if key in taken.waiting:
            outcome, words = WAITING, str(StrayEvent.Problem(taken.waiting[key]).label)
    return FileRow(
        number=read.number,
        tracking_number=read.row.text("tracking_number"),
        code=read.row.text("code"),
        outcome=outcome,
        words=words,
    )
