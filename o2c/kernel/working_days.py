"""The working calendar: weekends, public holidays and working hours of where we work."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5
DAY = timedelta(days=1)
# Our working hours, where we work: who asks outside of them is answered in the next ones.
OPENS, CLOSES = time(8), time(18)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    # The calendar fills itself year by year as dates are looked up. Countries whose holidays
    # nobody has written down have weekends only.
    if country not in holidays.list_supported_countries():
        return holidays.HolidayBase()
    return holidays.country_holidays(country)


def is_working_day(day: date, *, country: str) -> bool:
    return day.weekday() < SATURDAY and not is_public_holiday(day, country=country)


def is_public_holiday(day: date, *, country: str) -> bool:
    return day in _holidays(country)


def next_working_day(day: date, *, country: str) -> date:
    """Return `day` itself when it is a working day, else the first one after it."""
    while not is_working_day(day, country=country):
        day += DAY
    return day


@lru_cache(maxsize=4096)
def working_day_before(day: date, *, country: str) -> date:
    """Return the last working day before `day`."""
    day -= DAY
    while not is_working_day(day, country=country):
        day -= DAY
    return day


@lru_cache(maxsize=4096)
def add_working_days(day: date, count: int, *, country: str) -> date:
    """Return the `count`-th working day after `day`; with 0, `day` or the next working day."""
    day = next_working_day(day, country=country)
    for _ in range(count):
        day = next_working_day(day + DAY, country=country)
    return day


def add_working_time(at: datetime, span: timedelta, *, country: str, zone: ZoneInfo) -> datetime:
    """Return the instant when `span` has passed within working hours, counted from `at`.

    `zone` is where we work; what begins outside of working hours begins with the next ones.
    """
    while True:
        begin, end = _next_hours(at, country=country, zone=zone)
        begin = max(at, begin)
        if begin + span <= end:
            return begin + span
        span -= end - begin
        at = end


def working_time_between(
    first: datetime, last: datetime, *, country: str, zone: ZoneInfo
) -> timedelta:
    """Return how much of the time from `first` to `last` lies within working hours."""
    passed = timedelta(0)
    while first < last:
        begin, end = _next_hours(first, country=country, zone=zone)
        begin = max(first, begin)
        passed += max(min(end, last) - begin, timedelta(0))
        first = end
    return passed


def _next_hours(at: datetime, *, country: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return begin and end of the working hours that go on at an instant, or come next."""
    local = at.astimezone(zone)
    day = local.date() if local.time() < CLOSES else local.date() + DAY
    day = next_working_day(day, country=country)
    begin, end = (datetime.combine(day, hour, zone).astimezone(UTC) for hour in (OPENS, CLOSES))
    return begin, end
