"""Daily jobs: set-based, re-runnable for any date, safe when two run at once.

A stage registers its part of the day in `tasks.py`; the day runs in process order:

    @daily
    def flag_overdue(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]: ...
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.models import JobRun
from o2c.kernel.transactions import step

logger = logging.getLogger(__name__)

Job = Callable[..., dict[str, Any]]
DAILY: list[Job] = []


def daily(job: Job) -> Job:
    """Make the function a part of `manage.py run_daily`. It returns counts of what it did."""
    DAILY.append(job)
    return job


def run_day(day: date, *, at: datetime) -> list[JobRun]:
    """Run every daily job for `day`, one transaction each; a failing one stops no other."""
    return [run_job(job, day, at=at) for job in DAILY]


def run_job(job: Job, day: date, *, at: datetime) -> JobRun:
    """Run one job for one date, unless the same job is running now.

    The job's own transaction holds an advisory lock, so a second run at the same moment finds
    it taken and leaves; a later one finds nothing left to do.
    """
    name = job_name(job)
    run = JobRun.objects.create(name=name, for_date=day, started_at=at)
    try:
        with step():
            run.result = job(day, at=at, actor=Actor.job(name)) if _claim(name) else {"skipped": 1}
    except Exception as error:
        logger.exception("Daily job %s failed for %s", name, day)
        run.error = _("%(error)s The day can be run again: manage.py run_daily --date %(day)s") % {
            "error": error,
            "day": day,
        }
    run.finished_at = at
    run.save(update_fields=["result", "error", "finished_at"])
    return run


def job_name(job: Job) -> str:
    return f"{job.__module__.split('.')[0]}.{job.__name__}"


def _claim(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"daily:{name}"])
        return bool(cursor.fetchone()[0])
