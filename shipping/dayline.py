"""The day as a line: hours, now, and each pickup's cut-off with what is ready for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shipping.lanes import Lane

FIRST_HOUR, LAST_HOUR = 8, 18
CUT_OFF = {"ok": "fok", "warn": "fw", "bad": "fb"}
# The narrowest line that has labels, what a character takes of it, and the space between two
# labels, in pixels. On narrower screens the pickups are a list below the line.
NARROWEST, CHARACTER, SPACE = 740, 7.5, 12
# How high a row of labels is, and where its words stand in it, in pixels.
ROW, FOOT = 16, 13

Coming = Sequence[tuple[Lane, datetime]]


def draw(
    lanes: Sequence[Lane], *, now: datetime, zone: tzinfo, day: date | None = None
) -> SafeString:
    """Draw a local day, by default that of `now`; lanes of other days are left out.

    Each cut-off says which carrier comes and when; labels that would stand on each other are
    stacked.
    """
    local = now.astimezone(zone)
    shown = day or local.date()
    coming = [
        (lane, lane.leaves_by.astimezone(zone))
        for lane in lanes
        if lane.leaves_by and lane.leaves_by.astimezone(zone).date() == shown
    ]
    place = _scale([_hour(when) for _lane, when in coming])
    marks = [_Label(_words(lane, when), place.at(_hour(when)), lane.tone) for lane, when in coming]
    here = _now(local, place) if shown == local.date() else None
    first, *others = _stacked([here, *marks] if here else marks) or [[]]
    return format_html(
        '{}<svg class="plot day" role="img" aria-label="{}">'
        '<rect class="fr" x="0" width="100%" y="26" height="4" rx="2"/>{}{}{}{}{}</svg>{}',
        _above(others),
        _in_words(coming, local if here else None),
        _so_far(here) if here else "",
        _ticks(place),
        format_html_join("", "{}", ((label.down(0, "20"),) for row in others for label in row)),
        format_html_join("", "{}", ((mark.as_tick(),) for mark in marks)),
        format_html_join("", "{}", ((label.at_height(14),) for label in first)),
        _listed(coming),
    )


class _Scale:
    """Where an hour is on the line, in percent."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last

    def at(self, hour: float) -> float:
        share = (hour - self.first) / (self.last - self.first)
        return round(min(max(share, 0.0), 1.0) * 100, 2)


@dataclass(frozen=True)
class _Label:
    """What a cut-off, or now, says at its place on the line, in percent."""

    words: str
    x: float
    tone: str

    @property
    def width(self) -> float:
        return (len(self.words) * CHARACTER + SPACE) / NARROWEST * 100

    @property
    def anchor(self) -> str:
        if self.x < self.width / 2:
            return "start"
        return "end" if self.x > 100 - self.width / 2 else "middle"

    @property
    def begins(self) -> float:
        return self.x - {"start": 0, "end": 1, "middle": 0.5}[self.anchor] * self.width

    def overlaps(self, other: "_Label") -> bool:
        return self.begins < other.begins + other.width and other.begins < self.begins + self.width

    def as_tick(self) -> SafeString:
        return format_html(
            '<rect class="{}" x="{}%" y="20" width="3" height="16"><title>{}</title></rect>',
            CUT_OFF[self.tone],
            self.x,
            self.words,
        )

    def at_height(self, y: int) -> SafeString:
        return format_html(
            '<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>',
            {"bad": "t-bad cut-off", "now": "t-acc"}.get(self.tone, "t-ink cut-off"),
            self.x,
            y,
            self.anchor,
            self.words,
        )

    def down(self, y: int, end: str) -> SafeString:
        """Draw the thin line that leads from the label to its tick."""
        return format_html(
            '<line class="axis cut-off" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>', self.x, y, end
        )


def _scale(hours: Sequence[float]) -> _Scale:
    first = int(min([FIRST_HOUR, *hours]))
    last = max(LAST_HOUR, *(int(hour) + 1 for hour in hours), first + 1)
    return _Scale(first, min(last, 24))


def _stacked(labels: Iterable[_Label]) -> list[list[_Label]]:
    """Put each label into the lowest row where it stands on no other one."""
    rows: list[list[_Label]] = []
    for label in labels:
        free = (row for row in rows if not any(label.overlaps(other) for other in row))
        row = next(free, None)
        if row is None:
            rows.append([label])
        else:
            row.append(label)
    return rows


def _above(rows: Sequence[Sequence[_Label]]) -> SafeString:
    """Draw the labels that have no room beside the others, the last row on top."""
    if not rows:
        return SafeString("")
    placed = [
        (label, ROW * (len(rows) - 1 - height) + FOOT)
        for height, row in enumerate(rows)
        for label in row
    ]
    return format_html(
        '<svg class="plot over" height="{}" aria-hidden="true">{}{}</svg>',
        ROW * len(rows),
        format_html_join("", "{}", ((label.down(y, "100%"),) for label, y in placed)),
        format_html_join("", "{}", ((label.at_height(y),) for label, y in placed)),
    )


def _ticks(place: _Scale) -> SafeString:
    ticks = (
        (
            place.at(hour),
            {place.first: "start", place.last: "end"}.get(hour, "middle"),
            SafeString(' class="opt"') if (hour - place.first) % 2 else "",
            f"{hour:02}:00",
        )
        for hour in range(place.first, place.last + 1)
    )
    return format_html_join("", '<text x="{}%" y="50" text-anchor="{}"{}>{}</text>', ticks)


def _now(local: datetime, place: _Scale) -> _Label:
    words = _("now %(time)s") % {"time": f"{local:%H:%M}"}
    return _Label(words, place.at(_hour(local)), "now")


def _so_far(now: _Label) -> SafeString:
    return format_html(
        '<rect class="f1" x="0" width="{0}%" y="26" height="4" rx="2"/>'
        '<circle class="f1" cx="{0}%" cy="28" r="6"/>',
        now.x,
    )


def _listed(coming: Coming) -> SafeString:
    """Say the same as the labels where the line is too narrow for them."""
    if not coming:
        return SafeString("")
    rows = (
        (SafeString(' class="late"') if lane.tone == "bad" else "", _said(lane, when))
        for lane, when in coming
    )
    return format_html('<ul class="cut-offs">{}</ul>', format_html_join("", "<li{}>{}</li>", rows))


def _words(lane: Lane, when: datetime) -> str:
    share = f" {lane.loaded}/{lane.total}" if lane.total else ""
    return f"{lane.carrier} {when:%H:%M}{share}"


def _said(lane: Lane, when: datetime) -> str:
    return f"{lane.carrier} {when:%H:%M}, {lane.standing}"


def _in_words(coming: Coming, local: datetime | None) -> str:
    cut_offs = "; ".join(_said(lane, when) for lane, when in coming)
    if local is None:
        return f"{cut_offs or _('No pickups on this day')}."
    now = _("Now %(time)s.") % {"time": f"{local:%H:%M}"}
    return f"{now} {cut_offs or _('No pickups today')}."


def _hour(when: datetime) -> float:
    return when.hour + when.minute / 60
