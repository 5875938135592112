"""The working-day calendar."""

from datetime import date

import pytest

from o2c.kernel.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    working_day_before,
)


@pytest.mark.parametrize(
    ("day", "country", "works"),
    [
        (date(2026, 11, 20), "DE", True),
        (date(2026, 11, 21), "DE", False),
        (date(2026, 12, 25), "DE", False),
        (date(2026, 11, 26), "US", False),
        (date(2026, 11, 26), "DE", True),
    ],
)
def test_knows_weekends_and_holidays_of_the_country(day, country, works):
    assert is_working_day(day, country=country) is works


def test_has_weekends_only_where_nobody_wrote_the_holidays_down():
    assert next_working_day(date(2026, 12, 26), country="XX") == date(2026, 12, 28)


def test_counts_working_days_over_a_weekend():
    assert add_working_days(date(2026, 11, 20), 2, country="DE") == date(2026, 11, 24)


def test_knows_the_working_day_before():
    assert working_day_before(date(2026, 11, 20), country="DE") == date(2026, 11, 19)
    assert working_day_before(date(2026, 11, 23), country="DE") == date(2026, 11, 20)
    # Christmas is on Friday and Saturday; before Monday comes Thursday.
    assert working_day_before(date(2026, 12, 28), country="DE") == date(2026, 12, 24)
