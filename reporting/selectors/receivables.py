"""Receivables as of any date, from issued items and what was applied to them (GLOSSARY)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from o2c.kernel.money import ZERO

POINTS = 13
AGES = ("0", "1", "2", "3", "4")

# What every item added to the balance, and every application took away, by day. An item is
# current up to its last day: the due date plus the customer's grace.
MOVES = """
moves AS (
    SELECT item.issued_on AS day, item.due_on + customer.grace_days AS last_day,
           sum(item.amount) AS amount, sum(item.amount) AS sales
      FROM receivables_openitem AS item
      JOIN customers_customer AS customer ON customer.id = item.customer_id
     WHERE item.currency = %(currency)s AND item.issued_on <= %(as_of)s
     GROUP BY 1, 2
    UNION ALL
    SELECT greatest(applied.applied_on, item.issued_on), item.due_on + customer.grace_days,
           -sum(applied.amount), 0
      FROM receivables_application AS applied
      JOIN receivables_openitem AS item ON item.id = applied.item_id
      JOIN customers_customer AS customer ON customer.id = item.customer_id
     WHERE item.currency = %(currency)s AND applied.applied_on <= %(as_of)s
     GROUP BY 1, 2
)
"""
SERIES = f"""
WITH {MOVES}, points AS (
    SELECT %(as_of)s::date - step * %(stride)s AS day
      FROM generate_series(0, %(points)s - 1) AS step
     UNION SELECT %(as_of)s::date - %(days)s
)
SELECT point.day, coalesce(sum(move.amount), 0) AS balance,
       coalesce(sum(move.amount) FILTER (WHERE move.last_day >= point.day), 0) AS current,
       coalesce(sum(move.sales) FILTER (WHERE move.day > point.day - %(days)s), 0) AS sales
  FROM points AS point LEFT JOIN moves AS move ON move.day <= point.day
 GROUP BY point.day ORDER BY point.day
"""  # noqa: S608  our own texts
# Every item with what was open of it at the end of the day, and how many days it was past due.
BALANCES = """
balances AS (
    SELECT item.id, item.customer_id, item.invoice_id, item.issued_on, item.due_on, item.currency,
           item.amount, customer.name, customer.number AS customer_number,
           item.amount - coalesce(paid.amount, 0) AS balance,
           %(as_of)s - item.due_on AS days,
           item.due_on + customer.grace_days < %(as_of)s AS is_overdue
      FROM receivables_openitem AS item
      JOIN customers_customer AS customer ON customer.id = item.customer_id
      LEFT JOIN LATERAL (
          SELECT sum(applied.amount) AS amount FROM receivables_application AS applied
           WHERE applied.item_id = item.id AND applied.applied_on <= %(as_of)s) AS paid ON true
     WHERE item.currency = %(currency)s AND item.issued_on <= %(as_of)s
       AND (item.settled_on IS NULL OR item.settled_on > %(as_of)s)
)
"""
AGE = """CASE WHEN days <= 0 THEN 0 WHEN days <= 30 THEN 1
              WHEN days <= 60 THEN 2 WHEN days <= 90 THEN 3 ELSE 4 END"""
AGING = f"""
WITH {BALANCES}
SELECT {AGE} AS age, sum(balance) AS balance, count(*) AS count
  FROM balances WHERE balance > 0 GROUP BY 1 ORDER BY 1
"""  # noqa: S608  our own texts
SUMS = ", ".join(
    f"coalesce(sum(balance) FILTER (WHERE {AGE} = {age}), 0) AS age{age}" for age in AGES
)
LATEST = f"""
WITH {BALANCES}
SELECT customer_id, name, customer_number, sum(balance) FILTER (WHERE is_overdue) AS overdue,
       sum(balance) AS balance, {SUMS}
  FROM balances WHERE balance > 0 GROUP BY 1, 2, 3
HAVING bool_or(is_overdue) ORDER BY overdue DESC, customer_id LIMIT %(limit)s
"""  # noqa: S608  our own texts


@dataclass(frozen=True, kw_only=True)
class Period:
    """The figures of one currency as of the end of a day, over the `days` before."""

    as_of: date
    currency: str
    days: int = 90
    # Days between two points of the line.
    stride: int = 7

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of,
            "currency": self.currency,
            "days": self.days,
            "stride": self.stride,
            "points": POINTS,
        }


@dataclass(frozen=True, kw_only=True)
class Point:
    """The balance at the end of a day, its part that is not overdue, and the period's sales."""

    day: date
    balance: Decimal
    current: Decimal
    sales: Decimal
    days: int

    @property
    def dso(self) -> Decimal | None:
        """Ending AR ÷ credit sales of the period × its days; None without sales."""
        return self.balance / self.sales * self.days if self.sales else None

    @property
    def best_dso(self) -> Decimal | None:
        """The same with the AR that is not overdue."""
        return self.current / self.sales * self.days if self.sales else None

    @property
    def delay(self) -> Decimal | None:
        """Average days delinquent: DSO − best-possible DSO."""
        if self.dso is None or self.best_dso is None:
            return None
        return self.dso - self.best_dso

    @property
    def overdue(self) -> Decimal:
        return self.balance - self.current

    @property
    def overdue_share(self) -> Decimal | None:
        return self.overdue / self.balance if self.balance else None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`line` are the points of the chart, oldest first; the last one is the day itself."""

    line: list[Point]
    beginning: Point

    @property
    def now(self) -> Point:
        return self.line[-1]

    @property
    def effectiveness(self) -> Decimal | None:
        """Collection effectiveness: of what could be collected in the period, how much was.

        (beginning AR + credit sales − ending AR) ÷ (beginning AR + credit sales − ending AR that
        is not overdue), as a fraction; None when nothing was to be collected.
        """
        due = self.beginning.balance + self.now.sales - self.now.current
        if not due:
            return None
        return (self.beginning.balance + self.now.sales - self.now.balance) / due


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Age 0 is not due, then 1–30, 31–60, 61–90 and over 90 days past due."""

    age: int
    balance: Decimal = ZERO
    count: int = 0

    @property
    def slug(self) -> str:
        """The bucket's name in addresses."""
        return f"age-{self.age}"


@dataclass(frozen=True, kw_only=True)
class LateAccount:
    """A customer with overdue items; `ages` are the five buckets of all they owe."""

    customer_id: int
    name: str
    number: str
    overdue: Decimal
    balance: Decimal
    ages: tuple[Decimal, ...]


def figures(period: Period) -> Figures:
    """Return the key figures and the line of the chart, in one statement."""
    points = [Point(**row, days=period.days) for row in rows_of(SERIES, period.parameters)]
    days = {period.as_of - timedelta(days=step * period.stride) for step in range(POINTS)}
    beginning = period.as_of - timedelta(days=period.days)
    return Figures(
        line=[point for point in points if point.day in days],
        beginning=next(point for point in points if point.day == beginning),
    )


def aging(period: Period) -> list[Bucket]:
    """Return the five buckets, in one statement."""
    found = {row["age"]: Bucket(**row) for row in rows_of(AGING, period.parameters)}
    return [found.get(age, Bucket(age=age)) for age in range(len(AGES))]


def latest_payers(period: Period, *, limit: int = 8) -> list[LateAccount]:
    """Return the customers who owe most that is overdue, in one statement."""
    return [
        LateAccount(
            customer_id=row["customer_id"],
            name=row["name"],
            number=row["customer_number"],
            overdue=row["overdue"],
            balance=row["balance"],
            ages=tuple(row[f"age{age}"] for age in AGES),
        )
        for row in rows_of(LATEST, {**period.parameters, "limit": limit})
    ]


def rows_of(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
