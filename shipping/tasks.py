"""Shipping's part of the day."""

from datetime import date, datetime
from typing import Any

from celery import shared_task

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily
from shipping import services
from shipping.audits import month_before, months_to_audit
from shipping.carriers.polling import poll_all
from shipping.reports.strays import place_waiting
from shipping.services.auditing import audit_months


@daily
def flag_late_shipments(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Open a case of each shipment whose day has passed and that has not arrived."""
    return {"late": services.flag_late(as_of, at=at, actor=actor)}


@daily
def plan_missed(_as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Give what its truck left behind, and is not labelled yet, another pickup."""
    return {"moved": services.arrange_missed(at=at, actor=actor)}


@daily
def audit_carriers(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Audit the month before; until an audit is signed, what is reported late still counts."""
    months = months_to_audit(month_before(as_of))
    return {"audits": audit_months(months, at=at, actor=actor)}


@shared_task
def place_reports() -> int:
    """Give reports that came too early to the shipments that have left since."""
    return place_waiting(at=clock.now(), actor=Actor.job("shipping.place_reports"))


@shared_task
def poll_carriers() -> int:
    """Ask the carriers that have a system where our goods are."""
    return poll_all(at=clock.now())
