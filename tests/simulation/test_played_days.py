"""The days that the demo's opening plays …"""

from datetime import date, timedelta

import pytest

from simulation.opening import PLAYED, played_days
from simulation.world import working_day

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]


def test_are_as_far_back_as_said():
    assert played_days(date(2026, 11, 20))[-3:] == [
        date(2026, 11, 11),
        date(2026, 11, 17),
        date(2026, 11, 19),
    ]


def test_friday_is_played_once_where_yesterday_and_three_days_ago_are_both_it():
    assert played_days(date(2026, 11, 23))[-2:] == [date(2026, 11, 19), date(2026, 11, 20)]


@pytest.mark.parametrize("today", YEAR, ids=str)
def test_are_working_days_in_order_each_once_before_any_day(today):
    days = played_days(today)

    assert len(days) == len(PLAYED)
    assert days == sorted(set(days))
    assert days[-1] < today
    assert days == [working_day(day) for day in days]
