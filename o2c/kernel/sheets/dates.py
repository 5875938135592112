"""Dates as people write them, and which of two readings is meant."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")
NAMED = ("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")
# Spreadsheets count days from here; these bounds are 1982 and 2119.
SERIAL_ZERO = date(1899, 12, 30)
SERIAL = re.compile(r"([3-7]\d{4})(?:\.\d+)?")
MONTHS = 12
CENTURY = 100
# Where the month is written first.
MONTH_FIRST = {"en", "en-us", "en_us"}


@dataclass(frozen=True, kw_only=True)
class Day:
    """`is_doubtful`: day and month could be the other way round."""

    value: date
    is_doubtful: bool = False


def parse_day(text: str, *, locale: str) -> Day | None:
    """Read a date; None: it is none."""
    text = text.strip()
    iso = ISO.fullmatch(text)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    serial = SERIAL.fullmatch(text)
    if serial:
        return Day(value=SERIAL_ZERO + timedelta(days=int(serial[1])))
    parts = PARTS.fullmatch(text)
    if parts:
        return _of_parts(int(parts[1]), int(parts[3]), parts[4], parts[2], locale)
    return _named(text)


def _of_parts(first: int, second: int, year_text: str, mark: str, locale: str) -> Day | None:
    year = int(year_text) + (2000 if int(year_text) < CENTURY else 0)
    if mark == "." or first > MONTHS:
        return _day(year, second, first)
    if second > MONTHS:
        return _day(year, first, second)
    month, day = (first, second) if locale.lower() in MONTH_FIRST else (second, first)
    return _day(year, month, day, is_doubtful=first != second)


def _named(text: str) -> Day | None:
    for pattern in NAMED:
        try:
            return Day(value=datetime.strptime(text, pattern).date())  # noqa: DTZ007  a date
        except ValueError:
            continue
    return None


def _day(year: int, month: int, day: int, *, is_doubtful: bool = False) -> Day | None:
    try:
        return Day(value=date(year, month, day), is_doubtful=is_doubtful)
    except ValueError:
        return None
