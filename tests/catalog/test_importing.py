"""Products and prices from files: every row's problems, and nothing made twice."""

import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing.prices import import_prices
from catalog.importing.products import import_products
from catalog.models import Price, Product
from o2c.kernel.models import AuditEntry
from tests.factories import PriceFactory, PriceListFactory, ProductFactory, UnitFactory

PRODUCTS = """SKU;Bezeichnung;Einheit;EAN;Gewicht;VPE;Warengruppe
KV-1;Kugelhahn DN15;Stück;4006381333931;1,25;6;Armaturen
KV-2;Kugelhahn DN20;Stück;;1,5;6;Armaturen
"""


@pytest.fixture
def unit(db):
    return UnitFactory.create()


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command on a file of this content; return its JSON lines."""

    def run(command, content, *options):
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command(command, str(path), *options)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def statuses(lines):
    return [line["status"] for line in lines]


def test_makes_products(unit, run):
    lines = run("import_products", PRODUCTS, "--commit")

    product = Product.objects.get(sku="KV-1")
    assert lines[0] == {"row": 2, "sku": "KV-1", "status": "new", "findings": []}
    assert (product.name, product.gtin, product.weight_kg, product.pack_multiple) == (
        *("Kugelhahn DN15", "4006381333931"),
        *(Decimal("1.25"), 6),
    )
    assert (product.group, product.folded_text) == (
        "Armaturen",
        "kv-1 kugelhahn dn15 4006381333931",
    )
    assert AuditEntry.objects.filter(action="create").count() == 2


def test_writes_nothing_without_commit(unit, run):
    assert statuses(run("import_products", PRODUCTS)) == ["new", "new"]

    assert not Product.objects.exists()
    assert not AuditEntry.objects.exists()


def test_makes_nothing_twice(unit, run):
    run("import_products", PRODUCTS, "--commit")

    again = run("import_products", PRODUCTS, "--commit")

    assert statuses(again) == ["same", "same"]
    assert Product.objects.count() == 2
    assert AuditEntry.objects.count() == 2


def test_changes_what_the_file_says_and_leaves_the_rest(unit, run):
    run("import_products", PRODUCTS, "--commit")

    lines = run("import_products", "SKU,Name\nKV-1,Ball valve DN15\nKV-2,\n", "--commit")

    product = Product.objects.get(sku="KV-1")
    assert statuses(lines) == ["changed", "same"]
    assert (product.name, product.gtin, product.revision) == (
        *("Ball valve DN15", "4006381333931"),
        1,
    )
    assert "ball valve" in product.folded_text
    entry = AuditEntry.objects.get(action="change")
    assert entry.changes["name"] == ["Kugelhahn DN15", "Ball valve DN15"]


def test_lists_every_problem_of_every_row(unit, run):
    ProductFactory.create(sku="OLD", gtin="4006381333931")
    header = "sku,name,unit,gtin,weight,multiple,minimum,tax,status,origin,lead time\n"
    content = header + "\n".join(
        [
            "A-1,,firkin,123,heavy,0,-1,X,gone,Germany,long",
            "A-2,Valve,,4006381333931,,,,,,,",
            "A-2,Valve,,,,,,,,,",
            '"A-3",Valve,,,"1,234",,,,,,',
            "A-4,Valve,,,99999999999,,,,,,",
            f"{'A' * 41},Valve,,,,,,,,,",
            "A-5,Valve,,,,,,,,,",
        ]
    )

    lines = run("import_products", content, "--commit")

    found = [[finding["field"] for finding in line["findings"]] for line in lines]
    assert sorted(found[0]) == sorted(
        [
            *("status", "unit", "origin_country", "lead_time_days", "weight_kg", "name", "gtin"),
            *("pack_multiple", "minimum_quantity", "tax_category"),
        ]
    )
    assert found[1:] == [["gtin"], ["sku"], ["weight_kg"], ["weight_kg"], ["sku"], []]
    assert sorted(Product.objects.values_list("sku", flat=True)) == ["A-5", "OLD"]


def test_takes_as_many_statements_for_two_hundred_products_as_for_one(unit, now, actor):
    def statements(count):
        lines = [f"N{count}-{number},Valve" for number in range(count)]
        content = "\n".join(["sku,name", *lines]).encode()
        with CaptureQueriesContext(connection) as captured:
            import_products(content, "f.csv", commit=True, at=now, actor=actor)
        return len(captured)

    assert statements(1) == statements(200)


def test_reads_workbooks(unit, now, actor):
    book = openpyxl.Workbook()
    book.active.append(["SKU", "Name", "Weight"])
    book.active.append(["KV-1", "Ball valve", 1.25])
    content = io.BytesIO()
    book.save(content)

    table = import_products(content.getvalue(), "b.xlsx", commit=True, at=now, actor=actor)

    assert [row.status for row in table.rows] == ["new"]
    assert Product.objects.get().weight_kg == Decimal("1.25")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\x00\x01", "no text"), (b"a,b\n1,2\n", "sku")],
)
def test_refuses_what_is_no_table_of_products(db, run, content, said):
    with pytest.raises(CommandError, match=said) as refused:
        run("import_products", content, "--commit")

    assert refused.value.returncode == 2
    assert not Product.objects.exists()


PRICES = """sku,price,from quantity,valid from,valid until
KV-1,10,,,
KV-1,8.50,100,,
KV-1,11,,2027-01-01,
KV-2,20,,,2026-12-31
"""


@pytest.fixture
def valves(unit):
    PriceListFactory.create()
    return [ProductFactory.create(sku=sku, price=None) for sku in ("KV-1", "KV-2")]


def rows_of(product):
    rows = Price.objects.filter(product=product).order_by("min_quantity", "amount")
    return list(rows.values_list("min_quantity", "amount", "valid_from", "valid_until"))


def test_sets_prices(valves, run):
    lines = run("import_prices", PRICES, "--list", "EUR", "--commit")

    assert statuses(lines) == ["new"] * 4
    assert rows_of(valves[0]) == [
        (0, 10, None, date(2026, 12, 31)),
        (0, 11, date(2027, 1, 1), None),
        (100, Decimal("8.5"), None, None),
    ]
    assert rows_of(valves[1]) == [(0, 20, None, date(2026, 12, 31))]


def test_a_dry_run_sets_no_price(valves, run):
    assert statuses(run("import_prices", PRICES, "--list", "EUR")) == ["new"] * 4

    assert not Price.objects.exists()


def test_sets_no_price_twice(valves, run):
    run("import_prices", PRICES, "--list", "EUR", "--commit")
    before = list(Price.objects.order_by("pk").values())

    again = run("import_prices", PRICES, "--list", "EUR", "--commit")

    assert "new" not in statuses(again)
    assert list(Price.objects.order_by("pk").values()) == before


def test_says_what_is_wrong_with_prices(valves, run):
    PriceFactory.create(product=valves[1], valid_from=date(2027, 1, 1))
    content = "\n".join(
        [
            "sku,price,currency,min quantity,valid from,valid until",
            "NONE,10,,,,",
            "KV-1,,,,,",
            "KV-1,ten,USD,-1,,",
            "KV-1,1.00001,,0.0001,2026-13-01,",
            "KV-1,1,,,2026-12-02,2026-12-01",
            "KV-2,5,,,,",
            "KV-1,7,,,,",
            "KV-1,7,,,,",
        ]
    )

    lines = run("import_prices", content, "--list", "EUR", "--commit")

    found = [[finding["field"] for finding in line["findings"]] for line in lines]
    assert found == [
        ["sku"],
        ["amount"],
        ["currency", "amount", "min_quantity"],
        ["amount", "min_quantity", "valid_from"],
        ["valid_until"],
        ["valid_until"],
        [],
        ["sku"],
    ]
    assert Price.objects.count() == 2


def test_takes_as_many_statements_for_two_hundred_prices_as_for_one(unit, now, actor):
    everybody = PriceListFactory.create()

    def statements(count):
        products = ProductFactory.create_batch(count, price=None)
        lines = [f"{product.sku},10" for product in products]
        content = "\n".join(["sku,price", *lines]).encode()
        with CaptureQueriesContext(connection) as captured:
            import_prices(content, "f.csv", price_list=everybody, commit=True, at=now, actor=actor)
        return len(captured)

    assert statements(1) == statements(200)


def test_refuses_an_unknown_list(db, run):
    with pytest.raises(CommandError, match="no price list “X”") as refused:
        run("import_prices", PRICES, "--list", "X")

    assert refused.value.returncode == 2
