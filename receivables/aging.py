"""Balances by age: what was owed on any day, and for how long it had been due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from o2c.kernel.money import ZERO

# What was owed on the day: what is owed now, and what was applied since. Few applications come
# after the day that is asked for, so open items and those few are all that is read.
BALANCES = """
    WITH later AS (
        SELECT item_id, sum(amount) AS amount
          FROM receivables_application WHERE applied_on > %(as_of)s GROUP BY item_id
    ), owed AS (
        SELECT item.id, item.invoice_id, item.customer_id, item.currency, item.due_on,
               item.amount - item.applied + COALESCE(later.amount, 0) AS balance
          FROM receivables_openitem item LEFT JOIN later ON later.item_id = item.id
         WHERE item.state = 'open' AND item.issued_on <= %(as_of)s
        UNION ALL
        SELECT item.id, item.invoice_id, item.customer_id, item.currency, item.due_on, later.amount
          FROM receivables_openitem item JOIN later ON later.item_id = item.id
         WHERE item.state = 'settled' AND item.issued_on <= %(as_of)s
    )
"""
AGES = (
    "due_on >= %(as_of)s",
    "%(as_of)s - due_on BETWEEN 1 AND 30",
    "%(as_of)s - due_on BETWEEN 31 AND 60",
    "%(as_of)s - due_on BETWEEN 61 AND 90",
    "%(as_of)s - due_on > 90",
)
SUMS = [f"COALESCE(sum(balance) FILTER (WHERE {age}), 0)" for age in AGES]
BUCKETS = ", ".join(SUMS)
# The customers of whom the buckets do not make the balance: none, on any day.
GAPS = f"""{BALANCES}
    SELECT customer_id, currency, sum(balance) AS balance, {" + ".join(SUMS)} AS buckets
      FROM owed GROUP BY customer_id, currency HAVING sum(balance) <> {" + ".join(SUMS)}
"""  # noqa: S608  our own fragments; values are bound
AGING = f"""{BALANCES}
    SELECT customer.id, customer.number, customer.name, owed.currency, {BUCKETS}
      FROM owed JOIN customers_customer customer ON customer.id = owed.customer_id
     WHERE balance <> 0 AND (%(customer)s::bigint IS NULL OR customer.id = %(customer)s)
     GROUP BY customer.id, owed.currency
     ORDER BY sum(balance) DESC, customer.id, owed.currency
     LIMIT %(limit)s
"""  # noqa: S608  our own fragments; values are bound
TOTALS = f"""{BALANCES}
    SELECT currency, {BUCKETS}
      FROM owed
     WHERE balance <> 0 AND (%(customer)s::bigint IS NULL OR customer_id = %(customer)s)
     GROUP BY currency ORDER BY currency
"""  # noqa: S608
ITEMS = f"""{BALANCES}
    SELECT id, due_on, balance
      FROM owed
     WHERE balance <> 0
       AND %(as_of)s - due_on BETWEEN %(youngest)s AND %(oldest)s
       AND (%(found)s::boolean IS NOT TRUE
            OR customer_id = ANY(%(customers)s::bigint[])
            OR invoice_id = ANY(%(invoices)s::bigint[]))
       AND (due_on, id) > (%(after_day)s, %(after_id)s)
     ORDER BY due_on, id
     LIMIT %(limit)s
"""  # noqa: S608
# Days past due of each bucket; an item that is not due yet has less than one.
FOREVER = 10_000_000
DAYS = ((-FOREVER, 0), (1, 30), (31, 60), (61, 90), (91, FOREVER))


@dataclass(frozen=True, kw_only=True)
class Aging:
    """A balance by age: not due, 1-30, 31-60, 61-90 and over 90 days past due."""

    currency: str
    buckets: tuple[Decimal, ...]

    @property
    def balance(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def overdue(self) -> Decimal:
        return sum(self.buckets[1:], ZERO)


@dataclass(frozen=True, kw_only=True)
class CustomerAging(Aging):
    """What one customer owes, by age."""

    customer_id: int
    number: str
    name: str


def aging(
    *, as_of: date, customer_id: int | None = None, limit: int | None = None
) -> list[CustomerAging]:
    """Return balances by age as they were on a day, per customer and currency, largest first.

    An item due on the day itself is not yet due. Any past day gives what it gave then: what
    was applied later does not count.
    """
    return [
        CustomerAging(
            customer_id=row[0], number=row[1], name=row[2], currency=row[3], buckets=row[4:]
        )
        for row in _rows(AGING, as_of=as_of, customer_id=customer_id, limit=limit)
    ]


def totals(*, as_of: date, customer_id: int | None = None) -> list[Aging]:
    """Return the balances by age as they were on a day, per currency."""
    rows = _rows(TOTALS, as_of=as_of, customer_id=customer_id, limit=None)
    return [Aging(currency=row[0], buckets=row[1:]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which items are listed: of a bucket, of customers or invoices, after the last one seen."""

    bucket: int | None = None
    customer_ids: Sequence[int] | None = None
    invoice_ids: Sequence[int] | None = None
    after: tuple[date, int] = (date.min, 0)


def item_balances(*, as_of: date, wanted: Wanted, limit: int) -> list[tuple[int, date, Decimal]]:
    """Return items owed on a day as (key, due date, balance then), longest due first."""
    youngest, oldest = DAYS[wanted.bucket] if wanted.bucket is not None else (-FOREVER, FOREVER)
    values: dict[str, Any] = {
        "as_of": as_of,
        "youngest": youngest,
        "oldest": oldest,
        "found": wanted.customer_ids is not None,
        "customers": list(wanted.customer_ids or []),
        "invoices": list(wanted.invoice_ids or []),
        "after_day": wanted.after[0],
        "after_id": wanted.after[1],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, values)
        return list(cursor.fetchall())


def _rows(
    statement: str, *, as_of: date, customer_id: int | None, limit: int | None
) -> list[tuple[Any, ...]]:
    values = {"as_of": as_of, "customer": customer_id, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
