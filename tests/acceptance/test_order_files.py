"""What the Northwind database and the bicycle maker's purchase orders say."""

import csv
import json
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from acceptance.adventure_file import read_adventure
from acceptance.northwind_file import read_northwind

NORTHWIND = """
CREATE TABLE Customers (CustomerID, CompanyName, Country, City, Address, PostalCode);
CREATE TABLE Orders (OrderID, CustomerID, OrderDate, RequiredDate);
CREATE TABLE "Order Details" (OrderID, ProductID, Quantity, UnitPrice NUMERIC, Discount REAL);
CREATE TABLE Products (ProductID, ProductName, UnitPrice NUMERIC, Discontinued TEXT);
INSERT INTO Customers VALUES ('VINET', 'Vins et alcools', 'France', 'Reims', 'Rue 59', '51100');
INSERT INTO Customers VALUES ('PARIS', 'Never ordered', 'France', 'Paris', 'Rue 1', NULL);
INSERT INTO Products VALUES (11, 'Queso', 21, '0'), (42, 'Mee', 14, '1');
INSERT INTO Products VALUES (72, 'Mozzarella', 34.8, '0');
INSERT INTO Orders VALUES (10248, 'VINET', '2016-07-04', '2016-08-01');
INSERT INTO Orders VALUES (10249, 'VINET', '2016-07-05', '2016-08-16');
INSERT INTO "Order Details" VALUES (10248, 11, 12, 21, 0), (10248, 42, 10, 14, 0);
INSERT INTO "Order Details" VALUES (10249, 72, 5, 34.8, 0.05), (10249, 11, 1, 21, 0);
"""
DETAIL = [
    ["PurchaseOrderID", "PurchaseOrderDetailID", "DueDate", "OrderQty", "ProductID", "UnitPrice"],
    ["8", "15", "2011-05-14 00:00:00.000", "3", "407", "43.2705"],
    ["8", "16", "2011-05-14 00:00:00.000", "3", "375", "10.5000"],
    ["9", "17", "2011-05-15 00:00:00.000", "3", "407", "43.2705"],
    ["10", "18", "2011-05-15 00:00:00.000", "3", "407", "45.0000"],
]


@pytest.fixture
def northwind(tmp_path):
    path = tmp_path / "northwind.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(NORTHWIND)
        database.commit()
    return read_northwind(path)


@pytest.fixture
def adventure(tmp_path):
    _write(tmp_path / "Purchasing_PurchaseOrderDetail.csv", DETAIL)
    headers = [["PurchaseOrderID", "SubTotal"], ["8", "161.31"], ["9", "129.81"], ["10", "135"]]
    _write(tmp_path / "Purchasing_PurchaseOrderHeader.csv", headers)
    names = [["ProductID", "Name"], ["407", "Nut"], ["375", "Lug"]]
    _write(tmp_path / "Production_Product.csv", names)
    return read_adventure(tmp_path)


def test_northwinds_prices_are_those_after_the_discount(northwind):
    assert [sale.net_amount for sale in northwind.sales] == [Decimal("392.00"), Decimal("186.30")]
    assert json.loads(northwind.content)["orders"][1] == {
        "customer": "Vins et alcools",
        "po_number": "10249",
        "requested_date": "2016-08-16",
        "lines": [
            {"sku": "NW-11", "quantity": 1, "unit_price": "21"},
            {"sku": "NW-72", "quantity": 5, "unit_price": "33.06"},
        ],
    }


def test_northwinds_lines_say_which_rules_must_speak(northwind):
    assert northwind.expected == {"10248": {"product_discontinued"}, "10249": {"price_differs"}}


def test_only_northwinds_who_have_ordered_become_customers(northwind):
    assert [(buyer.name, buyer.postal_code) for buyer in northwind.buyers] == [
        ("Vins et alcools", "51100")
    ]


def test_a_purchase_order_at_another_price_than_usual_must_be_looked_at(adventure):
    assert adventure.list_prices == {"407": Decimal("43.2705"), "375": Decimal("10.5000")}
    assert adventure.expected == {"8": set(), "9": set(), "10": {"price_differs"}}
    assert adventure.subtotals["8"] == Decimal("161.31")


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
