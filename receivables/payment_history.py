"""How late a customer has paid, month by month: what credit control looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

MONTHS = 12
# Days that nobody calls about.
TOLERATED = 10
# Weighted by amount, so that a small late item does not hide a large one paid in time.
BY_MONTH = """
    SELECT date_trunc('month', settled_on)::date,
           sum((settled_on - due_on) * amount) / sum(amount), count(*)
      FROM receivables_openitem
     WHERE customer_id = %s AND state = 'settled' AND settled_on >= %s
     GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Month:
    """Days after the due date of what was paid in a month, negative before it; None: nothing was.

    `items` counts what was paid.
    """

    begins_on: date
    days: int | None
    items: int


def days_after_due(customer_id: int, *, today: date) -> Sequence[Month]:
    """Return the last 12 months, oldest first, in one statement."""
    months = [_months_before(today, count) for count in range(MONTHS - 1, -1, -1)]
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH, [customer_id, months[0]])
        found = {begins_on: (days, items) for begins_on, days, items in cursor.fetchall()}
    return [_month(begins_on, *found.get(begins_on, (None, 0))) for begins_on in months]


def tone_of_days(days: int) -> str:
    """Return the chart's tone: grey up to ten days late, amber up to twenty, then red."""
    return "f2" if days <= TOLERATED else "fw" if days <= 2 * TOLERATED else "fb"


def _month(begins_on: date, days: Decimal | None, items: int) -> Month:
    whole = None if days is None else int(days.quantize(Decimal(1), ROUND_HALF_UP))
    return Month(begins_on=begins_on, days=whole, items=items)


def _months_before(today: date, count: int) -> date:
    months = today.year * 12 + today.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
