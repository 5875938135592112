"""Daily jobs: any date, safe to repeat, one failing stops no other."""

from datetime import date, timedelta
from functools import partial

import pytest

from o2c.kernel import jobs
from o2c.kernel.company import days_to_run
from tests.race import meanwhile

DAY = date(2026, 11, 18)
ONCE_CLAIMED = (jobs, "_claim")


def count_sheep(day, *, at, actor):
    return {"sheep": 3}


def break_down(day, *, at, actor):
    raise ValueError("no sheep")


@pytest.mark.django_db
def test_records_what_a_job_did(now):
    run = jobs.run_job(count_sheep, DAY, at=now)

    assert (run.name, run.for_date, run.result, run.error) == (
        "tests.count_sheep",
        DAY,
        {"sheep": 3},
        "",
    )


@pytest.mark.django_db
def test_a_failing_job_stops_no_other(now, monkeypatch):
    monkeypatch.setattr(jobs, "DAILY", [break_down, count_sheep])

    failed, done = jobs.run_day(DAY, at=now)

    assert failed.error == (
        "no sheep The day can be run again: manage.py run_daily --date 2026-11-18"
    )
    assert done.result == {"sheep": 3}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_the_work_once(now, monkeypatch):
    count = partial(jobs.run_job, count_sheep, DAY, at=now)

    first, second = meanwhile(monkeypatch, ONCE_CLAIMED, count, count)

    assert (first.result, second.result) == ({"sheep": 3}, {"skipped": 1})


@pytest.mark.django_db(transaction=True)
def test_both_do_the_work_without_the_claim(now, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    monkeypatch.setattr(jobs, "_claim", lambda name: True)
    count = partial(jobs.run_job, count_sheep, DAY, at=now)

    first, second = meanwhile(monkeypatch, ONCE_CLAIMED, count, count)

    assert (first.result, second.result) == ({"sheep": 3}, {"sheep": 3})


def test_catches_up_on_days_that_were_missed(company, now, monkeypatch):
    monkeypatch.setattr(jobs, "DAILY", [count_sheep])
    jobs.run_day(DAY - timedelta(days=3), at=now)

    assert days_to_run(at=now) == [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]


def test_runs_a_new_company_from_today(company, now):
    assert days_to_run(at=now) == [DAY]


def test_a_day_begins_at_the_company_s_midnight(company, now):
    late = now.replace(hour=23, minute=30)  # half past midnight in Berlin

    assert days_to_run(at=late) == [DAY + timedelta(days=1)]
