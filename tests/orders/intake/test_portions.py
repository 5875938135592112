"""A large table is gone through portion by portion, and nothing shows where one ends."""

import csv
import io
import tracemalloc
from random import Random

import pytest

from o2c.kernel.sheets.spool import MOST_IN_MEMORY, Spool
from orders.intake import piles
from orders.intake.checking import check_only
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order
from tests.factories import NOW, CustomerFactory
from tests.orders.intake.conftest import rules
from tests.orders.intake.test_together import CLERK, file_of, plain_file, taken_in, world


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(piles, "PORTION", 2)
    monkeypatch.setattr(piles, "MOST_CUSTOMERS", 1)


def shuffled(content, seed):
    """Return the file with its rows in any order: those of an order stand far apart."""
    header, *rows = content.decode().splitlines()
    Random(seed).shuffle(rows)  # noqa: S311
    return "\n".join([header, *rows]).encode()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("arranged", [lambda content, _seed: content, shuffled])
def test_nothing_shows_where_a_portion_ends(db, monkeypatch, seed, arranged):
    world()
    content = arranged(file_of(Random(seed), 40), seed)  # noqa: S311
    expected = [result | {"order": None} for result in taken_in(content, commit=False)]

    monkeypatch.setattr(piles, "PORTION", 3)
    monkeypatch.setattr(piles, "MOST_CUSTOMERS", 1)
    rehearsed = [result | {"order": None} for result in taken_in(content, commit=False)]
    kept = [result | {"order": None} for result in taken_in(content)]

    assert rehearsed == expected
    assert [result["status"] for result in kept] == [result["status"] for result in expected]
    assert {result["status"] for result in kept} >= {"accepted", "review"}


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("options", [(), ("--commit",)])
def test_a_po_number_that_comes_again_far_below_is_a_duplicate(books, intake, options):
    rows = [f"C-17850,47{number:03},85123A,1" for number in range(7)]
    again = ["17850,47000,71053,2"]  # the same customer in other words: another order

    results = intake("\n".join(["Customer,PO,SKU,Qty", *rows, *again]), *options)

    assert [result["status"] for result in results] == ["accepted"] * 7 + ["duplicate"]
    assert rules(results[-1]) == [("duplicate", "po_number")]
    assert Order.objects.count() == (7 if options else 0)


@pytest.mark.usefixtures("small_portions")
def test_rows_far_below_belong_to_the_order_that_they_name(books, intake):
    rows = [f"C-17850,47{number:03},85123A,{number + 1}" for number in range(7)]

    results = intake("\n".join(["Customer,PO,SKU,Qty", *rows, "C-17850,47000,71053,9"]), "--commit")

    assert [(result["po_number"], result["lines"]) for result in results[:2]] == [
        ("47000", 2),
        ("47001", 1),
    ]
    order = Order.objects.get(customer_po="47000")
    assert [line.sku for line in order.lines.order_by("position")] == ["85123A", "71053"]


@pytest.mark.usefixtures("small_portions")
def test_what_is_wrong_with_the_table_is_told_once(books, intake):
    rows = [f"C-17850,47{number:03},85123A,1" for number in range(5)]

    results = intake("\n".join(["Customer,PO,SKU,Qty", *rows, "C-17850,x,,"]))

    assert [rules(result) for result in results] == [[("row_passed_over", "file")], [], [], [], []]


@pytest.mark.usefixtures("small_portions")
def test_a_decimal_mark_that_the_last_row_proves_counts_for_the_first(books, intake):
    text = 'Customer,PO,SKU,Qty,Price\nC-17850,1,85123A,"1,000",50\nC-17850,2,71053,1,2.55\n'

    results = intake(text)

    assert [rules(result) for result in results] == [[], []]
    assert [result["status"] for result in results] == ["accepted"] * 2


@pytest.mark.usefixtures("small_portions")
def test_a_quotation_mark_too_many_at_the_end_refuses_the_whole_file(books, intake):
    rows = "\n".join(f"C-17850,47{number:03},85123A,1" for number in range(9))

    (result,) = intake(f'Customer,PO,SKU,Qty\n{rows}\nC-17850,1,"85123A,1\n', "--commit")

    assert (result["status"], rules(result)) == ("rejected", [("broken_csv", "file")])
    assert not Order.objects.exists()
    assert IntakeDocument.objects.get().state == "rejected"


@pytest.mark.usefixtures("small_portions")
def test_what_was_placed_before_a_crash_is_a_duplicate_afterwards(books):
    first = take_in("orders.csv", plain_file(8), commit=True, at=NOW, actor=CLERK)
    for _portion in range(3):
        next(first)
    first.close()

    results = taken_in(plain_file(8))

    assert [result["status"] for result in results] == ["duplicate"] * 4 + ["accepted"] * 4
    assert Order.objects.count() == 8


@pytest.mark.usefixtures("small_portions")
def test_knows_the_customers_of_each_portion(books, actor):
    CustomerFactory.create(number="C-2", name="Other", language="de")
    text = "Customer,PO,SKU,Qty\n" + "".join(
        f"{code},{number},85123A,1\n" for number, code in enumerate(["17850", "C-9", "Other"] * 3)
    )

    verdicts = list(check_only("a.csv", text.encode(), at=NOW, actor=actor))

    assert verdicts == ["accepted", "review", "accepted"] * 3


def large_file(orders):
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["Customer", "PO", "SKU", "Qty"])
    for number in range(orders):
        writer.writerows(["C-17850", f"47{number:05}", "85123A", 1] for _line in range(5))
    return file.getvalue().encode()


def peak_of(content, actor):
    """Return the bytes that judging a file has needed at most, besides the file itself."""
    tracemalloc.start()
    try:
        for _verdict in check_only("a.csv", content, at=NOW, actor=actor):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_file_of_five_times_as_many_orders_takes_little_more_memory(books, actor):
    few, many = large_file(500), large_file(2500)
    peak_of(few, actor)

    grown = peak_of(many, actor) - peak_of(few, actor)

    # Held whole, an order of five lines would take some 5,000 bytes.
    assert grown / 2000 < 500


def test_rows_come_back_as_they_went(tmp_path):
    rows = [(number, [f"“{number}”", "", "a\nb", "\ud800"]) for number in range(9000)]

    spool = Spool(iter(rows))

    assert len(spool) == 9000
    assert len(str(rows)) > MOST_IN_MEMORY
    assert list(spool) == rows
    assert spool[8999] == rows[8999]
    assert spool[1:3] == rows[1:3]
    assert list(Spool()) == []
