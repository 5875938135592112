"""What each customer ordered, was billed and paid: by the file alone, and by our books alone."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal

from acceptance.dump import Row

CENTS = 100
# SQLite adds up whole cents over the rows as they stand in the dump: other code, other engine.
BY_FILE = """
SELECT customerNumber,
       (SELECT total(quantityOrdered * round(priceEach * 100))
          FROM orders JOIN orderdetails USING (orderNumber)
         WHERE orders.customerNumber = customers.customerNumber),
       (SELECT total(quantityOrdered * round(priceEach * 100))
          FROM orders JOIN orderdetails USING (orderNumber)
         WHERE orders.customerNumber = customers.customerNumber
           AND status IN ('Shipped', 'Resolved', 'Disputed')),
       (SELECT total(round(amount * 100)) FROM payments
         WHERE payments.customerNumber = customers.customerNumber)
  FROM customers
"""


@dataclass(frozen=True, kw_only=True)
class Sums:
    """One customer's account. `owed` is negative where money is on account."""

    ordered: Decimal
    invoiced: Decimal
    paid: Decimal
    owed: Decimal

    def gap_to(self, other: "Sums") -> "Sums":
        """Return how far each sum is from the other's, whichever is larger."""
        return Sums(
            ordered=abs(self.ordered - other.ordered),
            invoiced=abs(self.invoiced - other.invoiced),
            paid=abs(self.paid - other.paid),
            owed=abs(self.owed - other.owed),
        )

    def cells(self) -> list[Decimal]:
        amounts = (self.ordered, self.invoiced, self.paid, self.owed)
        return [amount.quantize(Decimal("0.01")) for amount in amounts]


def by_file(tables: dict[str, list[Row]]) -> dict[str, Sums]:
    """Return the sums by customer number, added up from the dump's rows."""
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("customers", "orders", "orderdetails", "payments"):
            _copy(database, table, tables[table])
        rows = database.execute(BY_FILE).fetchall()
    return {number: _sums(*map(_money, cents)) for number, *cents in rows}


def total(sums: Iterable[Sums]) -> Sums:
    """Add all customers up."""
    rows = list(sums)
    return Sums(
        ordered=sum((row.ordered for row in rows), Decimal(0)),
        invoiced=sum((row.invoiced for row in rows), Decimal(0)),
        paid=sum((row.paid for row in rows), Decimal(0)),
        owed=sum((row.owed for row in rows), Decimal(0)),
    )


def _copy(database: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    columns = list(rows[0])
    marks = ", ".join("?" * len(columns))
    database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    database.executemany(
        f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608  the dump's own names
        [list(row.values()) for row in rows],
    )


def _sums(ordered: Decimal, invoiced: Decimal, paid: Decimal) -> Sums:
    return Sums(ordered=ordered, invoiced=invoiced, paid=paid, owed=invoiced - paid)


def _money(cents: float) -> Decimal:
    return Decimal(round(cents)) / CENTS
