"""Credit's part of the day."""

from datetime import date, datetime
from typing import Any

from celery import shared_task

from credit import services
from credit.selectors.accounts import approvals_ending
from credit.services import announce_near, look_again
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily


@daily
def list_ending_approvals(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Count approvals that have ended or end soon; the list is a view of the accounts page."""
    return {"ending": approvals_ending(as_of).count()}


@daily
def lapse_proposals(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """End proposed decisions that nobody has signed in time."""
    return {"lapsed": services.lapse_past(as_of, at=at, actor=actor)}


@shared_task
def warn_of_late_cases() -> int:
    """Tell credit control of cases that are about to miss the time within which we answer."""
    return services.warn_of_late_cases(at=clock.now(), actor=Actor.job("credit.warn_of_late_cases"))


@daily
def score_accounts(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Score how every account pays; what has changed is kept with its reasons."""
    return services.score_accounts(as_of)


@daily
def count_near_orders(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Have the orders that come within the credit policy's horizon checked and counted."""
    return announce_near(as_of, at=at, actor=actor)


@daily
def look_at_waiting_orders(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Look again at what waits: a guarantee may have begun, or days may have passed."""
    return {"customers": look_again(at=at, actor=actor)}
