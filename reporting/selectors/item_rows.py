"""The items behind a figure of the dashboard, as of its date."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reporting.selectors.receivables import AGE, BALANCES, Period, rows_of

PAGE_SIZE = 50

# Which items make a figure. `sales` are those issued in the period, paid or not.
CONDITIONS = {
    "balance": "balance > 0",
    "overdue": "balance > 0 AND is_overdue",
    "current": "balance > 0 AND NOT is_overdue",
    **{f"age-{age}": f"balance > 0 AND {AGE} = {age}" for age in range(5)},
}
SALES = "sales"
ROWS = """
WITH {items}
SELECT item.*, invoice.number FROM {source} AS item
  JOIN invoicing_invoice AS invoice ON invoice.id = item.invoice_id
 WHERE {condition}
   AND (%(customer)s = '' OR item.customer_number = %(customer)s)
   AND (item.due_on, item.id) > (%(after_on)s, %(after_id)s)
 ORDER BY item.due_on, item.id LIMIT %(limit)s
"""
SUM = """
WITH {items}
SELECT count(*) AS count, coalesce(sum({amount}), 0) AS amount FROM {source} AS item
 WHERE {condition} AND (%(customer)s = '' OR item.customer_number = %(customer)s)
"""
ISSUED = """
issued AS (
    SELECT item.id, item.customer_id, item.invoice_id, item.issued_on, item.due_on, item.currency,
           item.amount, customer.name, customer.number AS customer_number,
           item.amount AS balance, %(as_of)s - item.due_on AS days, false AS is_overdue
      FROM receivables_openitem AS item
      JOIN customers_customer AS customer ON customer.id = item.customer_id
     WHERE item.currency = %(currency)s AND item.issued_on <= %(as_of)s
       AND item.issued_on > %(as_of)s::date - %(days)s
)
"""


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    id: int
    customer_id: int
    invoice_id: int
    issued_on: date
    due_on: date
    currency: str
    amount: Decimal
    name: str
    customer_number: str
    balance: Decimal
    days: int
    is_overdue: bool
    number: str


@dataclass(frozen=True, kw_only=True)
class ItemRows:
    """One page of items with the count and sum of all; `after` continues (empty: the end)."""

    rows: list[ItemRow]
    count: int
    amount: Decimal
    after: str


def item_rows(period: Period, kind: str, *, customer: str = "", after: str = "") -> ItemRows:
    """Return the items of one figure, oldest due first, in two statements.

    Raises:
        KeyError: no such figure.
    """
    condition = "true" if kind == SALES else CONDITIONS[kind]
    source, items = ("issued", ISSUED) if kind == SALES else ("balances", BALANCES)
    after_on, after_id = _read(after)
    parameters = {
        **period.parameters,
        "customer": customer,
        "after_on": after_on,
        "after_id": after_id,
        "limit": PAGE_SIZE + 1,
    }
    parts = {"items": items, "source": source, "condition": condition, "amount": "item.balance"}
    [total] = rows_of(SUM.format(**parts), parameters)
    rows = [ItemRow(**row) for row in rows_of(ROWS.format(**parts), parameters)]
    shown = rows[:PAGE_SIZE]
    return ItemRows(rows=shown, after=_cursor(shown[-1]) if len(rows) > PAGE_SIZE else "", **total)


def _cursor(row: ItemRow) -> str:
    return f"{row.due_on.isoformat()}.{row.id}"


def _read(cursor: str) -> tuple[date, int]:
    """Return where the last page ended; a cursor that is not one of ours starts at the top."""
    day, _dot, key = cursor.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return date.min, 0
