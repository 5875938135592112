"""Which day a line is promised for, and expected on as of now."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from fulfillment import selectors
from o2c.kernel.company import local_date, the_company
from o2c.kernel.working_days import add_working_days
from orders.models import OrderLine

# From the decision to the customer's door: picked today, on the road tomorrow.
DELIVERY_WORKING_DAYS = 2

PROMISE = """
UPDATE orders_orderline l SET promised_on = coalesce(l.promised_on, d.day), expected_on = d.day
  FROM unnest(%s::bigint[], %s::date[]) AS d(id, day) WHERE l.id = d.id
"""


def promise(lines: Iterable[OrderLine], *, short: Mapping[int, Decimal], at: datetime) -> None:
    """Date the lines: the first date given is kept as the promise, the new one is expected.

    Nothing is expected before it was asked for.
    """
    rows = list(lines)
    company = the_company()
    today = local_date(at, company)
    soon = add_working_days(today, DELIVERY_WORKING_DAYS, country=company.country)
    late = add_working_days(today, selectors.REPLENISHMENT_WORKING_DAYS, country=company.country)
    for line in rows:
        line.expected_on = max(late if line.pk in short else soon, line.requested_on)
        line.promised_on = line.promised_on or line.expected_on
    _write({line.pk: line.expected_on for line in rows if line.expected_on})


def _write(days: Mapping[int, date]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PROMISE, [list(days), list(days.values())])
