"""What waits on somebody's worklists: one statement for the tiles, one for what to do next."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from reporting.today.worklists import Worklist

DO_NEXT = 10

TILES = """
SELECT list, currency, count(*) AS count, sum(amount) AS amount, min(since) AS oldest,
       count(*) FILTER (WHERE since >= %(midnight)s) AS fresh,
       count(*) FILTER (WHERE since < %(midnight)s AND since >= %(recent)s) AS recent,
       count(*) FILTER (WHERE due < %(now)s) AS late
  FROM ({tasks}) AS task GROUP BY list, currency
"""
# Money at risk, times what time does to it: late counts four times, due today twice, and every
# day of waiting adds a tenth. What has no money in it counts as a thousand.
NEXT = """
SELECT list, id, number, party, customer, amount, currency, since, due, note
  FROM ({tasks}) AS task
 ORDER BY coalesce(amount, 1000)
          * CASE WHEN due < %(now)s THEN 4 WHEN due < %(tomorrow)s THEN 2 ELSE 1 END
          * (1 + greatest(extract(epoch FROM %(now)s - since), 0) / 864000) DESC,
       list, id
 LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The instant and the company's day that the worklists are read at, and by whom."""

    now: datetime
    today: date
    zone: str
    user: int = 0

    @property
    def parameters(self) -> dict[str, Any]:
        midnight = datetime.combine(self.today, time(), ZoneInfo(self.zone)).astimezone(UTC)
        return {
            "now": self.now,
            "today": self.today,
            "zone": self.zone,
            "user": self.user,
            "midnight": midnight,
            "recent": midnight - timedelta(days=3),
            "tomorrow": midnight + timedelta(days=1),
        }


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much waits on one list; `amounts` by currency."""

    count: int = 0
    fresh: int = 0
    recent: int = 0
    late: int = 0
    oldest: datetime | None = None
    amounts: tuple[tuple[str, Decimal], ...] = ()

    @property
    def older(self) -> int:
        return self.count - self.fresh - self.recent


@dataclass(frozen=True, kw_only=True)
class Task:
    """One document that waits for somebody. The columns of `reporting.worklists`."""

    list: str
    id: int
    number: str
    party: str
    customer: str
    amount: Decimal | None
    currency: str
    since: datetime
    due: datetime | None
    note: str


def loads(worklists: Sequence[Worklist], moment: Moment) -> dict[str, Load]:
    """Return what waits on each list, by its key."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(TILES, worklists, moment):
        rows[row["list"]].append(row)
    return {worklist.key: _load(rows[worklist.key]) for worklist in worklists}


def do_next(worklists: Sequence[Worklist], moment: Moment) -> list[Task]:
    """Return the tasks with most money at risk and least time, across the lists."""
    return [Task(**row) for row in _rows(NEXT, worklists, moment)]


def _load(rows: list[dict[str, Any]]) -> Load:
    if not rows:
        return Load()
    amounts = [(row["currency"], row["amount"]) for row in rows if row["amount"] is not None]
    return Load(
        count=sum(row["count"] for row in rows),
        fresh=sum(row["fresh"] for row in rows),
        recent=sum(row["recent"] for row in rows),
        late=sum(row["late"] for row in rows),
        oldest=min((row["oldest"] for row in rows if row["oldest"]), default=None),
        amounts=tuple(sorted(amounts, key=lambda pair: -pair[1])),
    )


def _rows(statement: str, worklists: Sequence[Worklist], moment: Moment) -> list[dict[str, Any]]:
    if not worklists:
        return []
    columns = "id, number, party, customer, amount, currency, since, due, note"
    tasks = "\nUNION ALL\n".join(
        f"SELECT '{worklist.key}' AS list, {columns} FROM ({worklist.sql}) AS {worklist.key}_list"  # noqa: S608  our own texts
        for worklist in worklists
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{tasks}", tasks), {**moment.parameters, "limit": DO_NEXT})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
