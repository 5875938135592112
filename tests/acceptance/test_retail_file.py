"""What a week of the retail file says."""

import csv
import gzip
from datetime import date
from decimal import Decimal

import pytest

from acceptance.retail_file import read_first_week

COLUMNS = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate"]
COLUMNS += ["UnitPrice", "CustomerID", "Country"]
ROWS = [
    ["1", "85123A", "HEART", "6", "2010-12-05 08:26:00", "9.99", "17850.0", "United Kingdom"],
    ["2", "85123A", "HEART", "6", "2010-12-06 08:26:00", "2.55", "17850.0", "United Kingdom"],
    ["3", "85123a", "HEART", "6", "2010-12-07 08:26:00", "2.55", "17851.0", "EIRE"],
    ["4", "85123A", "HEART", "32", "2010-12-07 08:26:00", "2.10", "13047.0", "United Kingdom"],
    ["C5", "85123A", "HEART", "-1", "2010-12-08 08:26:00", "7.00", "13047.0", "United Kingdom"],
    ["6", "POST", "POSTAGE", "1", "2010-12-12 08:26:00", "18.00", "", "France"],
    ["7", "71053", "LANTERN", "1", "2010-12-13 08:26:00", "3.39", "17850.0", "United Kingdom"],
]


@pytest.fixture
def week(tmp_path):
    path = tmp_path / "retail.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([COLUMNS, *ROWS])
    return read_first_week(path)


def test_takes_the_first_whole_week(week):
    assert (week.first, week.name) == (date(2010, 12, 6), "uci_online_retail_2010-12-06.csv")
    assert [row["InvoiceNo"] for row in week.rows] == ["2", "3", "4", "C5", "6"]


def test_writes_each_cell_as_it_was(week):
    assert list(csv.reader(week.content.decode().splitlines())) == [COLUMNS, *ROWS[1:6]]


def test_knows_products_and_customers_but_no_charges(week):
    assert week.products == {"85123A": "HEART"}
    assert week.customers == {
        "17850": "United Kingdom",
        "17851": "EIRE",
        "13047": "United Kingdom",
    }


def test_lists_the_usual_price_and_what_a_customer_pays_instead(week):
    assert week.list_prices == {"85123A": Decimal("2.55")}
    assert week.own_prices == {"13047": {"85123A": Decimal("2.10")}}
