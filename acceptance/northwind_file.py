"""The Northwind traders' database: its orders as JSON documents, and what they say together."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

ORDERS = """
SELECT o.OrderID, c.CompanyName, date(o.OrderDate), date(o.RequiredDate)
  FROM Orders o JOIN Customers c USING (CustomerID) ORDER BY o.OrderID
"""
LINES = """
SELECT OrderID, ProductID, CAST(Quantity AS INTEGER), CAST(UnitPrice AS TEXT),
       CAST(round(Discount * 100) AS INTEGER)
  FROM "Order Details" ORDER BY OrderID, ProductID
"""
PRODUCTS = """
SELECT ProductID, ProductName, CAST(UnitPrice AS TEXT), Discontinued = '1' FROM Products
 ORDER BY ProductID
"""
CUSTOMERS = """
SELECT DISTINCT c.CompanyName, c.Country, c.City, c.Address, c.PostalCode
  FROM Customers c JOIN Orders USING (CustomerID) ORDER BY c.CompanyName
"""
# As fine as a price can be.
PRICE = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Article:
    sku: str
    name: str
    price: Decimal
    is_discontinued: bool


@dataclass(frozen=True, kw_only=True)
class Buyer:
    name: str
    country: str
    city: str
    street: str
    postal_code: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One ordered thing; `price` is what the buyer pays for one, their discount taken off."""

    sku: str
    quantity: int
    price: Decimal


@dataclass(kw_only=True)
class Sale:
    """One order of the database."""

    number: str
    buyer: str
    required_on: str
    items: list[Item] = field(default_factory=list)

    @property
    def net_amount(self) -> Decimal:
        """What the order comes to, each line rounded to cents."""
        lines = (item.quantity * item.price for item in self.items)
        return sum((line.quantize(Decimal("0.01"), ROUND_HALF_UP) for line in lines), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        return {
            "customer": self.buyer,
            "po_number": self.number,
            "requested_date": self.required_on,
            "lines": [
                {"sku": item.sku, "quantity": item.quantity, "unit_price": f"{item.price:f}"}
                for item in self.items
            ],
        }


@dataclass(kw_only=True)
class NorthwindFile:
    """What the database holds."""

    buyers: list[Buyer]
    articles: list[Article]
    sales: list[Sale]

    @property
    def content(self) -> bytes:
        """All orders as one JSON file."""
        return json.dumps({"orders": [sale.as_json() for sale in self.sales]}).encode()

    @cached_property
    def expected(self) -> dict[str, set[str]]:
        """Return by order number the rules that must speak: what is sold no more, or at another
        price than the list's.
        """
        articles = {article.sku: article for article in self.articles}
        return {
            sale.number: {
                rule
                for item in sale.items
                for rule, speaks in (
                    ("price_differs", item.price != articles[item.sku].price),
                    ("product_discontinued", articles[item.sku].is_discontinued),
                )
                if speaks
            }
            for sale in self.sales
        }


def read_northwind(path: Path) -> NorthwindFile:
    """Read customers who have ordered, products and orders."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        buyers = [
            Buyer(name=name, country=country, city=city, street=street, postal_code=code or "")
            for name, country, city, street, code in database.execute(CUSTOMERS)
        ]
        articles = [
            Article(sku=f"NW-{key}", name=name, price=Decimal(price), is_discontinued=bool(gone))
            for key, name, price, gone in database.execute(PRODUCTS)
        ]
        sales = {
            number: Sale(number=str(number), buyer=buyer, required_on=required)
            for number, buyer, _ordered, required in database.execute(ORDERS)
        }
        for number, product, quantity, price, percent in database.execute(LINES):
            paid = (Decimal(price) * (100 - percent) / 100).quantize(PRICE).normalize()
            item = Item(sku=f"NW-{product}", quantity=quantity, price=paid)
            sales[number].items.append(item)
    return NorthwindFile(buyers=buyers, articles=articles, sales=list(sales.values()))
