"""Requests are counted exactly: over any window, and when they come at the same moment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel.rates import wait_of
from tests.race import in_line

MONDAY = 1_795_000_000.0


def ask(at, *, owner="api_key:1", limit=3, seconds=60):
    return wait_of(owner, limit=limit, seconds=seconds, at=MONDAY + at)


@pytest.mark.django_db
def test_lets_so_many_through_and_says_how_long_to_wait():
    waits = [ask(at) for at in (0.25, 10, 10, 20.5)]

    assert waits == [0, 0, 0, 40.5]
    assert ask(20.5, owner="api_key:2") == 0


@pytest.mark.django_db
def test_no_window_of_a_minute_holds_more_than_the_limit():
    """Not even one that lies across two full minutes: what a counter by the minute lets through."""
    asked = [at / 2 for at in range(400)]

    passed = [at for at in asked if ask(at, limit=10) == 0]

    assert max(sum(start <= at < start + 60 for at in passed) for start in passed) == 10
    assert len(passed) == 40


@pytest.mark.django_db
def test_what_was_refused_does_not_count():
    for at in (0, 1, 2, 3, 30, 59):
        ask(at)

    assert [ask(61), ask(62), ask(63), ask(64)] == [0, 0, 0, 58]


@pytest.mark.django_db
def test_a_clock_that_goes_back_frees_nothing():
    assert [ask(30), ask(10), ask(29), ask(0)] == [0, 0, 0, 91]


@pytest.mark.django_db
def test_after_a_long_time_counting_begins_anew():
    assert [ask(0, limit=1), ask(100_000, limit=1)] == [0, 0]
    assert ask(100_000, limit=1) == 61


@pytest.mark.django_db
def test_a_request_is_counted_by_one_statement():
    with CaptureQueriesContext(connection) as counted:
        ask(0)

    assert len(counted) == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_never_share_a_place():
    waits = in_line(*[lambda: ask(0)] * 8)

    assert sorted(waits) == [0] * 3 + [61] * 5
