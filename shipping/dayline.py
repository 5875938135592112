"""The day as a line: hours, now, and each pickup's cut-off with what is ready for it."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shipping.lanes import Lane

FIRST_HOUR, LAST_HOUR = 8, 18
# Labels closer than this, in percent of the line, would stand on each other.
APART = 13
CUT_OFF = {"ok": "fok", "warn": "fw", "bad": "fb"}


def draw(
    lanes: Sequence[Lane], *, now: datetime, zone: tzinfo, day: date | None = None
) -> SafeString:
    """Draw a local day, by default that of `now`; lanes of other days are left out."""
    local = now.astimezone(zone)
    shown = day or local.date()
    coming = [
        (lane, lane.leaves_by.astimezone(zone))
        for lane in lanes
        if lane.leaves_by and lane.leaves_by.astimezone(zone).date() == shown
    ]
    hours = [_hour(when) for _lane, when in coming]
    first = int(min([FIRST_HOUR, *hours]))
    last = max(LAST_HOUR, *(int(hour) + 1 for hour in hours), first + 1)
    place = _Scale(first, min(last, 24))
    here = place.at(_hour(local)) if shown == local.date() else None
    return format_html(
        '<svg class="plot day" role="img" aria-label="{}">'
        '<rect class="fr" x="0" width="100%" y="26" height="4" rx="2"/>{}{}{}</svg>',
        _in_words(coming, None if here is None else local),
        _ticks(place),
        "" if here is None else _now(local, here),
        _cut_offs([(lane, place.at(_hour(when))) for lane, when in coming], here),
    )


class _Scale:
    """Where an hour is on the line, in percent."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last

    def at(self, hour: float) -> float:
        share = (hour - self.first) / (self.last - self.first)
        return round(min(max(share, 0.0), 1.0) * 100, 2)


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


def _now(local: datetime, here: float) -> SafeString:
    return format_html(
        '<rect class="f1" x="0" width="{}%" y="26" height="4" rx="2"/>'
        '<circle class="f1" cx="{}%" cy="28" r="6"/>'
        '<text class="t-acc" x="{}%" y="14" text-anchor="{}">{}</text>',
        here,
        here,
        here,
        _anchor(here),
        _("now %(time)s") % {"time": f"{local:%H:%M}"},
    )


def _cut_offs(placed: Sequence[tuple[Lane, float]], here: float | None) -> SafeString:
    """Mark the cut-offs; a label that would stand on another one is left to the words."""
    taken = [] if here is None else [here]
    drawn = []
    for lane, x in placed:
        drawn.append((_mark(lane, x),))
        if all(abs(x - other) >= APART for other in taken):
            taken.append(x)
            drawn.append((_label(lane, x),))
    return format_html_join("", "{}", drawn)


def _mark(lane: Lane, x: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}%" y="20" width="3" height="16"><title>{}</title></rect>',
        CUT_OFF[lane.tone],
        x,
        lane.carrier,
    )


def _label(lane: Lane, x: float) -> SafeString:
    return format_html(
        '<text class="{} opt" x="{}%" y="14" text-anchor="{}">{} {}/{}</text>',
        "t-bad" if lane.tone == "bad" else "t-ink",
        x,
        _anchor(x),
        lane.carrier,
        lane.loaded,
        lane.total,
    )


def _in_words(coming: Sequence[tuple[Lane, datetime]], local: datetime | None) -> str:
    cut_offs = ", ".join(
        _("%(carrier)s %(time)s, %(loaded)s of %(all)s loaded")
        % {
            "carrier": lane.carrier,
            "time": f"{when:%H:%M}",
            "loaded": lane.loaded,
            "all": lane.total,
        }
        for lane, when in coming
    )
    if local is None:
        return f"{cut_offs or _('No pickups on this day')}."
    now = _("Now %(time)s.") % {"time": f"{local:%H:%M}"}
    return f"{now} {cut_offs or _('No pickups today')}."


def _anchor(x: float) -> str:
    if x <= APART:
        return "start"
    return "end" if x >= 100 - APART else "middle"


def _hour(when: datetime) -> float:
    return when.hour + when.minute / 60
