"""The working-day calendar: weekends and public holidays of the country that we work in."""

from datetime import date, timedelta
from functools import cache, lru_cache

import holidays

SATURDAY = 5
DAY = timedelta(days=1)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    # The calendar fills itself year by year as dates are looked up. Countries whose holidays
    # nobody has written down have weekends only.
    if country not in holidays.list_supported_countries():
        return holidays.HolidayBase()
    return holidays.country_holidays(country)


def is_working_day(day: date, *, country: str) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays(country)


def next_working_day(day: date, *, country: str) -> date:
    """Return `day` itself when it is a working day, else the first one after it."""
    while not is_working_day(day, country=country):
        day += DAY
    return day


@lru_cache(maxsize=4096)
def add_working_days(day: date, count: int, *, country: str) -> date:
    """Return the `count`-th working day after `day`; with 0, `day` or the next working day."""
    day = next_working_day(day, country=country)
    for _ in range(count):
        day = next_working_day(day + DAY, country=country)
    return day
