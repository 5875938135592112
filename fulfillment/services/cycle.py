"""Cycle counts: each place again after so many days, so many places a day."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment.models import CountTask, StockLevel
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.locks import lock_many
from o2c.kernel.transactions import service

# Places whose turn it is, those that were never counted first, then the longest ago. What was
# opened for the day already counts, so that the day can be run again.
DUE = """
WITH level AS (
    SELECT l.id, l.location_id, max(t.counted_at) AS counted_at
      FROM fulfillment_stocklevel l LEFT JOIN fulfillment_counttask t ON t.level_id = l.id
     WHERE l.on_hand > 0 GROUP BY l.id HAVING coalesce(bool_and(t.state <> 'open'), true)
), place AS (
    SELECT p.id, p.warehouse_id, p.walk_order, w.counts_per_day,
           min(coalesce(v.counted_at, '-infinity')) AS counted_at
      FROM level v JOIN fulfillment_location p ON p.id = v.location_id
      JOIN fulfillment_warehouse w ON w.id = p.warehouse_id
     WHERE p.is_active AND w.counts_per_day > 0 GROUP BY p.id, w.id
    HAVING min(coalesce(v.counted_at, '-infinity'))
           < %(day)s::timestamptz - w.count_every_days * interval '1 day'
), turn AS (
    SELECT id, warehouse_id, counts_per_day,
           row_number() OVER (PARTITION BY warehouse_id ORDER BY counted_at, walk_order, id) AS rank
      FROM place
), opened AS (
    SELECT p.warehouse_id, count(DISTINCT p.id) AS number
      FROM fulfillment_counttask t JOIN fulfillment_stocklevel l ON l.id = t.level_id
      JOIN fulfillment_location p ON p.id = l.location_id
     WHERE t.kind = 'cycle' AND t.opened_at = %(day)s GROUP BY 1
)
SELECT level.id
  FROM turn JOIN level ON level.location_id = turn.id LEFT JOIN opened USING (warehouse_id)
 WHERE turn.rank <= turn.counts_per_day - coalesce(opened.number, 0) ORDER BY level.id
"""


@service
def open_cycle_counts(*, as_of: date, actor: Actor) -> int:
    """Open the day's counts; return how many. They keep nothing from being promised."""
    opened_at = datetime.combine(as_of, time(), ZoneInfo(the_company().time_zone))
    values: dict[str, Any] = {"day": opened_at}
    with connection.cursor() as cursor:
        cursor.execute(DUE, values)
        due = [level_id for (level_id,) in cursor.fetchall()]
    lock_many(StockLevel, due)  # whoever finds one short opens a count of his own under this lock
    open_now = CountTask.objects.filter(level__in=due, state=CountTask.State.OPEN)
    asked = set(open_now.values_list("level_id", flat=True))
    tasks = [
        CountTask(
            level_id=level_id,
            kind=CountTask.Kind.CYCLE,
            blocks=False,
            reason=_("It is the place's turn."),
            opened_at=opened_at,
        )
        for level_id in due
        if level_id not in asked
    ]
    audit.create_many(tasks, at=opened_at, actor=actor)
    return len(tasks)
