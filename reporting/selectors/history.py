"""How far the demo's history has been made."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date

from o2c.kernel.models import JobRun

JOB = "simulation.history"


@dataclass(frozen=True, kw_only=True)
class History:
    """`orders` of `of` are made; the simulated day is `day`, the `days`-th of `of_days`."""

    orders: int
    of: int
    day: date | None
    days: int
    of_days: int

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1: by days, or by orders while no day is known."""
        done, whole = (self.days, self.of_days) if self.of_days else (self.orders, self.of)
        return min(done / whole, 1.0) if whole else 0.0

    @property
    def parts(self) -> list[tuple[float, str]]:
        """The same as parts of a bar of length 1."""
        return [(self.share, "f1")]


def history_in_progress() -> History | None:
    """Return the running simulation of the past; None when none is running."""
    run = JobRun.objects.filter(name=JOB, finished_at=None).order_by("-pk").first()
    return _read(run.result) if run else None


def _read(result: dict[str, Any]) -> History:
    return History(
        orders=int(result.get("orders", 0)),
        of=int(result.get("of", 0)),
        day=parse_date(str(result.get("day", ""))),
        days=int(result.get("days", 0)),
        of_days=int(result.get("of_days", 0)),
    )
