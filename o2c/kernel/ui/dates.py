"""Dates, times of day and durations, in the reader's language and time zone."""

from datetime import date, datetime, timedelta

from babel.dates import format_datetime, format_skeleton
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.ui.figures import NOTHING, locale

# English as the design writes it; other languages follow their own custom (CLDR).
ENGLISH = {
    "MMMd": "d MMM",
    "yMMMd": "d MMM y",
    "MMMEd": "EEE d MMM",
    "MMMEdHm": "EEE d MMM HH:mm",
    "yMMMdHm": "d MMM y HH:mm",
    "Hm": "HH:mm",
}
STYLES = {"": "MMMd", "weekday": "MMMEd", "document": "yMMMd"}
LONG = timedelta(days=7)


def day(value: date | None, style: str = "") -> str | SafeString:
    """Write a date: `20 Nov`, or with its year when that is not this one.

    `style` "weekday" gives `Thu 20 Nov`, "document" always `20 Nov 2026`.
    """
    if value is None:
        return NOTHING
    when = _local(value)
    skeleton = STYLES[style]
    if when.year != timezone.localtime(clock.now()).year:
        skeleton = "yMMMd"
    return _time(when.date().isoformat(), _write(when, skeleton))


def day_text(value: date | None) -> str:
    """Write a date with its year as plain text, for sentences: `20 Nov 2026`."""
    return NOTHING if value is None else _write(_local(value), "yMMMd")


def daytime(value: datetime | None) -> str | SafeString:
    """Write an instant: `Thu 20 Nov 10:42`, or `20 Nov 2025 10:42` when it was another year."""
    if value is None:
        return NOTHING
    when = _local(value)
    same_year = when.year == timezone.localtime(clock.now()).year
    return _time(when.isoformat(), _write(when, "MMMEdHm" if same_year else "yMMMdHm"))


def clock_time(value: datetime | None) -> str | SafeString:
    """Write the time of day: `10:42`."""
    if value is None:
        return NOTHING
    when = _local(value)
    return _time(when.isoformat(), _write(when, "Hm"))


def ago(value: datetime | date | timedelta | None) -> str | SafeString:
    """Write how long something lasted, or has lasted since: `3 h 12 m`, `95 d`."""
    if value is None:
        return NOTHING
    if isinstance(value, timedelta):
        return _time(f"PT{int(value.total_seconds())}S", duration(value))
    if isinstance(value, datetime):
        return _time(value.isoformat(), duration(clock.now() - value))
    days = (timezone.localtime(clock.now()).date() - value).days
    return _time(value.isoformat(), duration(timedelta(days=days)))


def duration(value: timedelta) -> str:
    """Write a duration in its two largest units, in days alone from a week on."""
    if value < timedelta(0):
        return _("in %(duration)s") % {"duration": duration(-value)}
    minutes = int(value.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, _("%d d")), (hours, _("%d h")), (minutes, _("%d m"))]
    if value >= LONG or (days and not hours):
        return units[0][1] % days
    first = next((index for index, (count, _unit) in enumerate(units) if count), 2)
    parts = units[first : first + 2]
    kept = [unit % count for index, (count, unit) in enumerate(parts) if count or not index]
    return " ".join(kept)


def _local(value: date) -> datetime:
    if isinstance(value, datetime):
        return timezone.localtime(value)
    return datetime(value.year, value.month, value.day, tzinfo=timezone.get_current_timezone())


def _write(when: datetime, skeleton: str) -> str:
    here = locale()
    if here.language == "en":
        return format_datetime(when.replace(tzinfo=None), ENGLISH[skeleton], locale="en")
    return format_skeleton(skeleton, when.replace(tzinfo=None), locale=here)


def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)
