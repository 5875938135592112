"""What we know of a customer when credit is to be decided, read in one statement."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from credit.models import PaymentBehaviour

YEAR = timedelta(days=365)
# A bureau's report counts for so long; then it is asked again.
REPORT_COUNTS = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class History:
    """What the books say about a customer on a day. None: nobody knows."""

    declined_on: date | None
    overdue_holds: int
    orders_placed: int
    orders_closed: int
    orders_paid_on_time: int
    behaviour: PaymentBehaviour | None
    bureau_score: int | None
    bureau_years: int | None
    asks_bureau: bool
    answer_within: timedelta

    @property
    def waits_for_bureau(self) -> bool:
        """Say whether the policy wants a report that we do not have."""
        return self.asks_bureau and self.bureau_score is None


# Paid on time: closed, and no hold for being overdue on the way.
STATEMENT = """
SELECT (SELECT decided_at::date FROM credit_creditdecision
         WHERE customer_id = %(customer)s AND outcome = 'declined' ORDER BY id DESC LIMIT 1),
       (SELECT count(*) FROM credit_hold
         WHERE customer_id = %(customer)s AND kind = 'overdue'
           AND placed_at::date >= %(year_ago)s),
       placed.*, paid.*, report.*, policy.*
  FROM (SELECT count(*) FILTER (WHERE state <> 'draft'),
               count(*) FILTER (WHERE state = 'closed'),
               count(*) FILTER (WHERE state = 'closed' AND NOT EXISTS (
                   SELECT FROM credit_hold AS hold
                    WHERE hold.customer_id = earlier.customer_id AND hold.kind = 'overdue'
                      AND hold.placed_at BETWEEN earlier.submitted_at AND earlier.settled_at))
          FROM orders_order AS earlier
         WHERE customer_id = %(customer)s AND NOT id = ANY(%(but)s)) AS placed
  LEFT JOIN (SELECT as_of, oldest_due_on, average_days_late, share_paid_late, broken_promises,
                    disputes
               FROM credit_paymentbehaviour WHERE account_id = %(customer)s) AS paid ON true
  LEFT JOIN (SELECT score, years_in_business FROM credit_bureaureport
              WHERE customer_id = %(customer)s AND problem = ''
                AND asked_at::date >= %(reports_since)s
              ORDER BY id DESC LIMIT 1) AS report ON true
  LEFT JOIN (SELECT asks_bureau, answer_within_hours FROM credit_creditpolicy
              WHERE status = 'active') AS policy ON true
"""


def history_of(customer_id: int, *, today: date, but_orders: list[int]) -> History:
    """Read what is known of a customer; `but_orders` ask now, and are no history yet."""
    values: dict[str, Any] = {
        "customer": customer_id,
        "year_ago": today - YEAR,
        "reports_since": today - REPORT_COUNTS,
        "but": but_orders,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        row = cursor.fetchone()
    assert row is not None
    declined_on, holds, placed, closed, on_time, *paid = row[:11]
    bureau_score, bureau_years, asks_bureau, hours = row[11:]
    return History(
        declined_on=declined_on,
        overdue_holds=holds,
        orders_placed=placed,
        orders_closed=closed,
        orders_paid_on_time=on_time,
        behaviour=_behaviour(*paid),
        bureau_score=bureau_score,
        bureau_years=bureau_years,
        asks_bureau=bool(asks_bureau),
        answer_within=timedelta(hours=4 if hours is None else hours),
    )


def _behaviour(
    as_of: date | None,
    oldest_due_on: date | None,
    average_days_late: Decimal | None,
    share_paid_late: Decimal | None,
    *counts: Any,
) -> PaymentBehaviour | None:
    if as_of is None:
        return None
    broken_promises, disputes = counts
    return PaymentBehaviour(
        as_of=as_of,
        oldest_due_on=oldest_due_on,
        average_days_late=average_days_late,
        share_paid_late=share_paid_late,
        broken_promises=broken_promises,
        disputes=disputes,
    )
