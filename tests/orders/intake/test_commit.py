import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import files
from o2c.kernel.models import AuditEntry, StoredFile
from orders.models import IntakeDocument, Order, OrderLine
from tests.orders.intake.conftest import rules

CSV = "Customer,PO Number,SKU,Quantity\nC-17850,4711,85123A,6\nC-17850,4711,71053,2\n"


def test_places_a_certain_order_and_keeps_the_file_as_it_came(books, intake):
    results = intake(CSV, "--commit")

    order = Order.objects.get()
    document = IntakeDocument.objects.get()
    assert results == [
        {
            "file": "orders.csv",
            "format": "csv",
            "status": "accepted",
            "order": order.number,
            "customer": "C-17850",
            "po_number": "4711",
            "lines": 2,
            "findings": [],
            "confidence": 1.0,
        }
    ]
    assert (order.customer, order.customer_po, order.channel) == (books, "4711", "csv")
    assert order.net_amount == Decimal("305.100")
    assert (document.state, document.order, document.part) == ("accepted", order, "C-17850/4711")
    assert files.read(document.file) == CSV.encode()
    assert document.content["rows"] == [
        [2, ["C-17850", "4711", "85123A", "6"]],
        [3, ["C-17850", "4711", "71053", "2"]],
    ]


def test_writes_nothing_without_commit(books, intake):
    entries = AuditEntry.objects.count()
    stored = set(settings.FILES_ROOT.rglob("*"))

    (result,) = intake(CSV)

    assert (result["status"], result["order"], result["lines"]) == ("accepted", None, 2)
    assert not Order.objects.exists()
    assert not IntakeDocument.objects.exists()
    assert not StoredFile.objects.exists()
    assert AuditEntry.objects.count() == entries
    assert set(settings.FILES_ROOT.rglob("*")) == stored


def test_takes_the_same_file_once(books, intake):
    intake(CSV, "--commit")

    (result,) = intake(CSV, "--commit")

    assert result["status"] == "duplicate"
    assert rules(result) == [("duplicate", "file")]
    assert Order.objects.count() == 1
    assert list(IntakeDocument.objects.order_by("pk").values_list("state", flat=True)) == [
        "accepted",
        "duplicate",
    ]


def test_takes_a_return_in_once(books, intake):
    content = CSV.replace(",6", ",-6").replace(",2\n", ",-2\n")

    (first,) = intake(content, "--commit")
    (second,) = intake(content, "--commit")

    assert (first["status"], second["status"]) == ("rejected", "duplicate")
    assert list(IntakeDocument.objects.order_by("pk").values_list("state", flat=True)) == [
        "rejected",
        "duplicate",
    ]


def test_takes_the_same_purchase_order_once(books, intake):
    intake(CSV, "--commit")

    (result,) = intake(CSV + "\n", "--commit", name="again.csv")

    order = Order.objects.get()
    assert result["status"] == "duplicate"
    assert result["findings"] == [
        {
            "rule": "duplicate",
            "severity": "block",
            "field": "po_number",
            "message": f"Purchase order 4711 is here already: {order.number}.",
        }
    ]


def test_gives_doubtful_orders_to_a_person_and_places_the_others(books, intake):
    content = CSV + "C-17850,4712,NO-SUCH,1\nC-99,4713,85123A,1\n"

    results = intake(content, "--commit")

    assert [(r["po_number"], r["status"], rules(r)) for r in results] == [
        ("4711", "accepted", []),
        ("4712", "review", [("unknown_product", "lines.0.sku")]),
        ("4713", "review", [("unknown_customer", "customer")]),
    ]
    assert Order.objects.get().customer_po == "4711"
    waiting = IntakeDocument.objects.filter(state="in_review").order_by("pk")
    assert [document.customer for document in waiting] == [books, None]
    assert results[1]["confidence"] == 0.75


def test_asks_the_order_rules_too(books, intake):
    (result,) = intake("Customer,PO,SKU,Qty,Requested date\nC-17850,1,85123A,6,2020-01-01\n")

    assert result["status"] == "review"
    assert rules(result) == [("date_in_past", "requested_on")]


def test_number_of_statements_grows_with_orders_not_with_lines(
    books, intake, django_assert_num_queries
):
    few = "Customer,PO,SKU,Qty\n" + "C-17850,1,85123A,6\n" * 2
    many = "Customer,PO,SKU,Qty\n" + "C-17850,2,85123A,6\n" * 60
    intake("Customer,PO,SKU,Qty\nC-17850,0,85123A,6\n", "--commit")
    with CaptureQueriesContext(connection) as counted:
        intake(few, "--commit", name="few.csv")

    with django_assert_num_queries(len(counted)):
        intake(many, "--commit", name="many.csv")

    assert OrderLine.objects.count() == 63


def test_leaves_other_files_alone_when_one_cannot_be_read(books, tmp_path, capsys):
    good = tmp_path / "good.csv"
    good.write_text(CSV)

    with pytest.raises(SystemExit) as stopped:
        call_command("intake", str(tmp_path / "missing.csv"), str(tmp_path), str(good), "--commit")

    told = capsys.readouterr()
    assert stopped.value.code == 2
    assert told.err == (
        f"{tmp_path}/missing.csv: No such file or directory\n{tmp_path}: Is a directory\n"
    )
    assert [json.loads(line)["status"] for line in told.out.splitlines()] == ["accepted"]
    assert Order.objects.count() == 1


def test_refuses_an_unknown_sender(books, tmp_path):
    good = tmp_path / "good.csv"
    good.write_text(CSV)

    with pytest.raises(CommandError, match="No customer has the number “C-99”") as stopped:
        call_command("intake", str(good), "--customer", "C-99", "--commit")

    assert stopped.value.returncode == 2
    assert not Order.objects.exists()


def test_believes_the_sender_that_is_named(books, intake):
    (result,) = intake("PO,SKU,Qty\n1,85123A,6\n", "--customer", "C-17850")

    assert (result["status"], result["customer"]) == ("accepted", "C-17850")


def test_doubts_a_sender_that_the_file_contradicts(books, intake):
    (result,) = intake("Customer,PO,SKU,Qty\nC-99,1,85123A,6\n", "--customer", "C-17850")

    assert rules(result) == [("customer_differs", "customer"), ("unknown_customer", "customer")]
