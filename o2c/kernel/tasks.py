"""What workers do for every stage."""

from datetime import date, datetime
from typing import Any

from celery import shared_task
from django.conf import settings

from o2c.kernel import clock, company, idempotency, jobs, notices, outbox
from o2c.kernel.actors import Actor


@shared_task
def deliver_outbox() -> int:
    """Deliver what is due; run on every nudge and, as a sweep, every few seconds."""
    return outbox.deliver_due(limit=settings.OUTBOX_BATCH_SIZE)


@shared_task
def run_daily() -> None:
    """Run the company's days that have begun and have not been run."""
    at = clock.now()
    for day in company.days_to_run(at=at):
        jobs.run_day(day, at=at)


@jobs.daily
def forget_replies(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Forget the replies to requests that nobody repeats any more."""
    return {"forgotten": idempotency.forget(before=at - settings.IDEMPOTENCY_KEPT)}


@jobs.daily
def forget_notices(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Forget what our people have read long ago."""
    return {"forgotten": notices.forget(before=at - settings.NOTICES_KEPT)}
