"""Goods that will come, from a file: looked at first, then written."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from fulfillment.importing.expected import import_expected
from fulfillment.models import ExpectedReceipt
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Status
from tests.factories import ExpectedReceiptFactory, ProductFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
HEADER = "PO number;SKU;Qty;Delivery date;Warehouse;Supplier\n"


@pytest.fixture
def goods(db):
    WarehouseFactory.create()
    return {sku: ProductFactory.create(sku=sku) for sku in ("KV-080", "PX-210")}


@pytest.fixture
def run(goods, now, actor):
    def run(text, *, commit=False, name="pos.csv"):
        content = text if isinstance(text, bytes) else (HEADER + text).encode()
        return import_expected(content, name, commit=commit, at=now, actor=actor)

    return run


@pytest.mark.usefixtures("divisible")
def test_looks_first_and_writes_then(run, goods):
    known = ExpectedReceiptFactory.create(reference="PO-1", product=goods["KV-080"])
    text = "PO-1;KV-080;60;2026-12-04;MAIN;Nordic\nPO-2;PX-210;12,5;04.12.2026;;\n"

    looked = [row.status for row in run(text).rows]
    assert ExpectedReceipt.objects.count() == 1
    done = [row.status for row in run(text, commit=True).rows]

    known.refresh_from_db()
    new = ExpectedReceipt.objects.get(reference="PO-2")
    assert looked == done == [Status.CHANGED, Status.NEW]
    assert (known.quantity, known.expected_on, known.supplier) == (
        60,
        date(2026, 12, 4),
        "Nordic",
    )
    assert (new.quantity, new.expected_on) == (Decimal("12.5"), date(2026, 12, 4))
    assert [row.status for row in run(text, commit=True).rows] == [Status.SAME, Status.SAME]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("PO-1;NONE;1;2026-12-04;MAIN;", "sku"),
        ("PO-1;KV-080;;2026-12-04;MAIN;", "quantity"),
        ("PO-1;KV-080;many;2026-12-04;MAIN;", "quantity"),
        ("PO-1;KV-080;0;2026-12-04;MAIN;", "quantity"),
        ("PO-1;KV-080;1;soon;MAIN;", "expected_on"),
        ("PO-1;KV-080;1;;MAIN;", "expected_on"),
        ("PO-1;KV-080;1;9999-12-31;MAIN;", "expected_on"),
        ("PO-1;KV-080;1;0226-12-04;MAIN;", "expected_on"),
        ("PO-1;KV-080;1;2026-12-04;NONE;", "warehouse"),
        (";KV-080;1;2026-12-04;MAIN;", "reference"),
        ("PO-2;PX-210;3;2026-12-04;MAIN;", "reference"),
        ("GONE;KV-080;1;2026-12-04;MAIN;", "reference"),
    ],
)
def test_names_the_problem_of_a_row_and_writes_the_others(run, goods, line, field):
    ExpectedReceiptFactory.create(reference="GONE", product=goods["KV-080"], state="closed")

    table = run(f"PO-2;PX-210;12;2026-12-04;MAIN;\n{line}\n", commit=True)

    assert [row.status for row in table.rows] == [Status.NEW, Status.REJECTED]
    assert [name for name, _message in table.rows[1].problems] == [field]
    assert list(ExpectedReceipt.objects.filter(state="open").values_list("reference")) == [
        ("PO-2",)
    ]


def test_a_quantity_lowered_to_what_has_come_closes_it(run, goods):
    known = ExpectedReceiptFactory.create(
        reference="PO-1", product=goods["KV-080"], received=Decimal(20)
    )
    text = "PO-1;KV-080;20;2026-12-04;MAIN;\n"

    [row] = run(text, commit=True).rows

    known.refresh_from_db()
    assert row.status == Status.CHANGED
    assert (known.quantity, known.state, known.due) == (20, "closed", 0)
    assert [row.status for row in run(text, commit=True).rows] == [Status.SAME]


def test_reads_a_workbook(run):
    book = Workbook()
    book.active.append(["Purchase order", "Item", "Quantity", "ETA"])
    book.active.append(["PO-9", "KV-080", 7, date(2027, 1, 8)])
    content = BytesIO()
    book.save(content)

    run(content.getvalue(), commit=True, name="pos.xlsx")

    row = ExpectedReceipt.objects.get()
    assert (row.quantity, row.expected_on, row.warehouse.code) == (7, date(2027, 1, 8), "MAIN")


def test_two_houses_must_be_named(run):
    WarehouseFactory.create(code="EAST")

    [row] = run("PO-1;KV-080;1;2026-12-04;;\n").rows

    assert row.problems == [("warehouse", "Say for which warehouse.")]


def test_file_of_something_else_is_refused(run):
    with pytest.raises(Unreadable, match="reference, sku, quantity, expected on"):
        run(b"name,colour\nvalve,red\n")

    assert not ExpectedReceipt.objects.exists()


def test_100_rows_take_as_many_statements_as_2(run, statements):
    ProductFactory.create_batch(100)
    skus = [f"SKU-{n}" for n in range(100)]
    for sku in skus:
        ProductFactory.create(sku=sku)

    def text(reference, count):
        return "".join(f"{reference};{sku};5;2026-12-04;MAIN;\n" for sku in skus[:count])

    few = statements(lambda: run(text("A", 2), commit=True))
    many = statements(lambda: run(text("B", 100), commit=True))

    assert many == few


def test_command_writes_only_when_told_to(goods, tmp_path, capsys):
    file = tmp_path / "pos.csv"
    file.write_text(HEADER + "PO-1;KV-080;60;2026-12-04;MAIN;\n")

    call_command("import_expected", str(file))
    assert not ExpectedReceipt.objects.exists()
    call_command("import_expected", str(file), "--commit")

    assert ExpectedReceipt.objects.get().quantity == 60
    assert '"status": "new"' in capsys.readouterr().out
