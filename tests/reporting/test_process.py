"""The times of the process …"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from o2c.kernel.clock import travel
from reporting.selectors.cycle_times import Window, slowest_open, step_times
from tests.reporting import lives

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def window(now) -> Window:
    return Window(as_of=date(2026, 11, 18), days=90, zone="Europe/Berlin", now=now)


@pytest.fixture
def history(company, credit_account, stocked, draft, now):
    """One order paid after ten days; one that left three hours ago; one just approved."""
    begin = now - 12 * DAY
    first = draft(at=begin)
    lives.submit(first, at=begin)
    shipment = lives.pack(lives.pick(first, at=begin + 2 * HOUR), at=begin + 3 * HOUR)
    lives.leave(shipment, at=begin + 30 * HOUR)
    invoice = lives.bill(shipment, at=begin + 31 * HOUR)
    lives.pay(invoice, "119.00", at=begin + 31 * HOUR + 10 * DAY)

    begin = now - 9 * HOUR
    second = draft(at=begin)
    lives.submit(second, at=begin)
    shipment = lives.pack(lives.pick(second, at=begin + 4 * HOUR), at=begin + 5 * HOUR)
    lives.leave(shipment, at=begin + 6 * HOUR)
    return shipment


def test_measures_each_step_from_its_documents(history, window):
    times = {found.step.key: found for found in step_times(window)}

    told = {key: (found.count, found.median, found.over) for key, found in times.items()}
    assert told == {
        "credit": (2, timedelta(0), 0),
        "picking": (2, 3 * HOUR, 0),  # 2 h and 4 h
        "shipping": (2, 15 * HOUR, 1),  # 28 h and 2 h; the target is a day
        "billing": (1, HOUR, 1),  # the target is half an hour
        "payment": (1, 10 * DAY, 0),  # due after 30
    }
    assert times["picking"].slow == timedelta(hours=3, minutes=48)
    assert times["shipping"].over_share == Decimal("0.5")


def test_counts_only_what_ended_in_the_period(history, now):
    one_day = Window(as_of=date(2026, 11, 18), days=1, zone="Europe/Berlin", now=now)

    counts = {found.step.key: found.count for found in step_times(one_day)}

    assert counts == {"credit": 1, "picking": 1, "shipping": 1, "billing": 0, "payment": 0}


def test_names_what_is_slowest_now(history, window):
    [slowest] = slowest_open(window)

    assert (slowest.step.key, slowest.number, slowest.is_over) == ("billing", history.number, True)


def test_shows_a_past_day_as_it_was(history, now):
    past = Window(as_of=now.date() - 11 * DAY, days=90, zone="Europe/Berlin", now=now)

    assert {found.step.key: found.count for found in step_times(past)} == {
        "credit": 1,
        "picking": 1,
        "shipping": 1,
        "billing": 1,
        "payment": 0,
    }
    assert [row.step.key for row in slowest_open(past)] == ["payment"]


def test_shows_times_and_says_what_they_mean(clerk, history, now):
    with travel(now):
        text = clerk.get("/process/").content.decode()

    assert "15 h" in text
    assert "from dispatch to the issue of the invoice" in text
    assert history.number in text


def test_is_calm_without_data_and_takes_nonsense(clerk):
    text = clerk.get("/process/?period=x&as_of=x").content.decode()

    assert "Nothing has ended in this period" in text
    assert "Nothing is under way" in text


def test_needs_as_many_statements_with_data_as_without(clerk, now, request):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured, travel(now):
            clerk.get("/process/")
        return len(captured)

    empty = count()
    request.getfixturevalue("history")

    assert (empty, count()) == (STATEMENTS, STATEMENTS)


# The frame's 7 and two of its own.
STATEMENTS = 9


def test_is_for_those_who_may_see_figures(browser_of, visitor, client):
    assert browser_of(roles.SALES_REP).get("/process/").status_code == 403
    assert browser_of(roles.CUSTOMER_USER).get("/process/").status_code == 403
    assert visitor.get("/process/").status_code == 403
    assert client.get("/process/").status_code == 302
