"""Dates as people write them, and which of two readings is meant."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel.dates import get_month_names

ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")
NAMED = ("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")
# Spreadsheets count days from here; these bounds are 1982 and 2119.
SERIAL_ZERO = date(1899, 12, 30)
SERIAL = re.compile(r"([3-7]\d{4})(?:\.\d+)?")
# 18. November 2026, 18 de noviembre de 2026, 1er décembre 2026.
SPOKEN = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:\.|st|nd|rd|th|er)?(?:\s+de)?[\s-]+([^\W\d]+)\.?,?(?:\s+de)?[\s-]+(\d{4})"
)
LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl")
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
    return _named(text) or _spoken(text)


def _spoken(text: str) -> Day | None:
    """Read a day whose month is written out in one of the usual languages."""
    found = SPOKEN.fullmatch(text)
    month = _months().get(_plain(found[2])) if found else None
    return _day(int(found[3]), month, int(found[1])) if found and month else None


@cache
def _months() -> dict[str, int]:
    """Return the months by name; a name that two languages mean differently is left out."""
    meant: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                meant.setdefault(_plain(name), set()).add(number)
    return {name: numbers.pop() for name, numbers in meant.items() if len(numbers) == 1}


def _plain(word: str) -> str:
    """Return a month's name in lower case, without accents and full stop."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if c.isalpha())


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
