"""One week of the UCI online retail file: its rows as they stand, and what they say together."""

import csv
import gzip
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

WEEK = timedelta(days=7)
# What looks like a product: five digits, and letters for its colour or kind.
PRODUCT = re.compile(r"\d{5}[A-Za-z]{0,3}")
NOTHING = Decimal(0)
Row = dict[str, str]


@dataclass
class RetailWeek:
    """The rows of one week, Monday to Sunday, in the order of the file."""

    first: date
    columns: list[str]
    rows: list[Row]

    @property
    def name(self) -> str:
        return f"uci_online_retail_{self.first}.csv"

    @cached_property
    def content(self) -> bytes:
        """The week as a file of its own, every cell as it was."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns)
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()

    @cached_property
    def products(self) -> dict[str, str]:
        """Return descriptions by stock code; a code in two cases is one product."""
        return {
            row["StockCode"].upper(): row["Description"]
            for row in self.rows
            if PRODUCT.fullmatch(row["StockCode"])
        }

    @cached_property
    def customers(self) -> dict[str, str]:
        """Return countries by customer number."""
        return {number: row["Country"] for row in self.rows if (number := customer_of(row))}

    @cached_property
    def list_prices(self) -> dict[str, Decimal]:
        """Return each product's most usual price."""
        paid: dict[str, Counter[Decimal]] = defaultdict(Counter)
        for row in self._sold:
            paid[row["StockCode"].upper()][Decimal(row["UnitPrice"])] += 1
        return {code: usual(prices) for code, prices in paid.items()}

    @cached_property
    def own_prices(self) -> dict[str, dict[str, Decimal]]:
        """Return what a customer usually pays, where that is not the list price."""
        paid: dict[tuple[str, str], Counter[Decimal]] = defaultdict(Counter)
        for row in self._sold:
            paid[customer_of(row), row["StockCode"].upper()][Decimal(row["UnitPrice"])] += 1
        own: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for (customer, code), prices in paid.items():
            price = usual(prices)
            if customer and price != self.list_prices[code]:
                own[customer][code] = price
        return dict(own)

    @property
    def _sold(self) -> list[Row]:
        """Return the rows that sell a product for money."""
        return [
            row
            for row in self.rows
            if row["StockCode"].upper() in self.products
            and Decimal(row["Quantity"]) > NOTHING
            and Decimal(row["UnitPrice"]) > NOTHING
        ]


def read_first_week(path: Path) -> RetailWeek:
    """Read the first week, Monday to Sunday, that the file holds in full."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        columns = list(reader.fieldnames or [])
        rows: list[Row] = []
        first: date | None = None
        for row in reader:
            day = date.fromisoformat(row["InvoiceDate"][:10])
            first = first or day + timedelta(days=-day.weekday() % 7)
            if day >= first + WEEK:
                break
            if day >= first:
                rows.append(row)
    if first is None:
        raise ValueError(f"{path} has no rows")
    return RetailWeek(first=first, columns=columns, rows=rows)


def customer_of(row: Row) -> str:
    """Return the customer's number, without the decimals that a spreadsheet has given it."""
    return row["CustomerID"].removesuffix(".0")


def usual(prices: Counter[Decimal]) -> Decimal:
    """Return the most frequent price; of several, the highest."""
    return max(prices, key=lambda price: (prices[price], price))
