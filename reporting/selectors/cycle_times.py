"""How long each step takes: medians over what ended in a period, and what is slowest now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from reporting.cycle_steps import STEPS, CycleStep
from reporting.selectors.receivables import rows_of

SLOWEST = 10

TIMES = """
SELECT step, count(*) AS count,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ended - began) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY ended - began) AS slow,
       count(*) FILTER (WHERE ended - began > target) AS over
  FROM ({steps}) AS part
 WHERE began IS NOT NULL AND ended >= %(since)s AND ended < %(until)s
 GROUP BY step
"""
OPEN = """
SELECT step, id, number, party, began, target, %(until)s - began > target AS is_over
  FROM ({steps}) AS part
 WHERE began < %(until)s AND (ended IS NULL OR ended >= %(until)s)
 ORDER BY (extract(epoch FROM %(until)s - began) / extract(epoch FROM target)) DESC, step, id
 LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The `days` up to the end of `as_of` in the company's zone, or up to `now`."""

    as_of: date
    days: int
    zone: str
    now: datetime

    @property
    def parameters(self) -> dict[str, Any]:
        zone = ZoneInfo(self.zone)
        until = datetime.combine(self.as_of + timedelta(days=1), time(), zone)
        since = until - timedelta(days=self.days)
        return {"since": since, "until": min(until, self.now), "zone": self.zone}


@dataclass(frozen=True, kw_only=True)
class StepTime:
    """`median` and `slow` (nine of ten are faster) of the documents that ended the step."""

    step: CycleStep
    count: int = 0
    median: timedelta | None = None
    slow: timedelta | None = None
    over: int = 0

    @property
    def over_share(self) -> Decimal | None:
        return Decimal(self.over) / self.count if self.count else None


@dataclass(frozen=True, kw_only=True)
class OpenStep:
    """A document that has not ended its step yet."""

    step: CycleStep
    id: int
    number: str
    party: str
    began: datetime
    is_over: bool


def step_times(window: Window) -> list[StepTime]:
    """Return the times of every step, in one statement."""
    found = {row.pop("step"): row for row in rows_of(_of_all(TIMES), window.parameters)}
    return [_step_time(step, found.get(step.key, {})) for step in STEPS]


def slowest_open(window: Window) -> list[OpenStep]:
    """Return what waits longest, measured in targets, in one statement."""
    steps = {step.key: step for step in STEPS}
    rows = rows_of(_of_all(OPEN), {**window.parameters, "limit": SLOWEST})
    return [
        OpenStep(
            step=steps[row["step"]],
            id=row["id"],
            number=row["number"],
            party=row["party"],
            began=row["began"],
            is_over=row["is_over"],
        )
        for row in rows
    ]


def _step_time(step: CycleStep, row: dict[str, Any]) -> StepTime:
    wanted = {name: row[name] for name in ("count", "median", "slow", "over") if name in row}
    return StepTime(step=step, **wanted)


def _of_all(statement: str) -> str:
    parts = "\nUNION ALL\n".join(
        f"SELECT '{step.key}' AS step, id, number, party, began, ended, target "  # noqa: S608  our own texts
        f"FROM ({step.sql}) AS {step.key}_step"
        for step in STEPS
    )
    return statement.replace("{steps}", parts)
