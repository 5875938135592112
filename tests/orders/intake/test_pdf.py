"""Purchase orders as PDF: certain ones are placed, whatever is not proven waits for a person."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bench.documents.words import WORDS
from orders.intake.layouts import Sender
from orders.intake.pdf.grids import columns_in
from orders.intake.pdf.pages import Segment
from orders.models import IntakeDocument, Order
from tests.factories import AddressFactory, CustomerFactory
from tests.orders.intake.conftest import rules
from tests.orders.intake.papers import LINES, paper


@pytest.fixture
def home(books):
    """The address that the papers ask to deliver to."""
    return AddressFactory.create(
        customer=books, kind="ship_to", label="Works", street="1 Mill Lane", is_default=False
    )


@pytest.mark.parametrize("layout", [0, 1, 6, 11])
def test_places_an_order_whose_every_field_is_proven(books, home, intake, layout):
    (result,) = intake(paper(layout=layout), "--commit", name="po.pdf")

    order = Order.objects.get()
    assert (result["format"], result["status"], result["findings"]) == ("pdf", "accepted", [])
    assert (result["customer"], result["po_number"], result["lines"]) == ("C-17850", "PO-4711", 2)
    assert (order.customer, order.customer_po, order.net_amount) == (books, "PO-4711", 351)
    assert (order.requested_on.isoformat(), order.ship_to) == ("2027-01-25", home)
    lines = list(order.lines.order_by("position").values_list("product__sku", "ordered"))
    assert lines == [("85123A", Decimal(6)), ("71053", Decimal(20))]


def test_keeps_where_each_field_was_found(books, home, intake):
    intake(paper(), "--commit", name="po.pdf")

    document = IntakeDocument.objects.get()
    found = document.evidence["lines.0.quantity"]
    page, left, top, right, bottom = found["box"]
    assert (found["where"], page, document.content["pages"]) == ("page 1", 0, 1)
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1
    assert found["confidence"] == 0.99
    assert document.evidence["po_number"]["confidence"] >= 0.95
    assert Decimal("0.9") < document.confidence < 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"misprint": Decimal("1.00")}, "amount_differs"),
        ({"freight": Decimal("25.00")}, "total_differs"),
        ({"lines": (("85123A", 6, "49.00"), LINES[1])}, "price_differs"),
        ({"lines": (("85123X", 6, "50.00"), LINES[1])}, "unknown_product"),
    ],
)
def test_gives_what_is_not_proven_to_a_person(books, home, intake, changes, rule):
    (result,) = intake(paper(**changes), "--commit", name="po.pdf")

    assert (result["status"], result["order"]) == ("review", None)
    assert rule in {found for found, _field in rules(result)}
    assert not Order.objects.exists()


def test_reads_an_order_over_several_pages(books, home, intake):
    lines = [("85123A", count, "50.00") for count in range(1, 91)]

    (result,) = intake(paper(lines), "--commit", name="po.pdf")

    assert (result["status"], result["lines"]) == ("accepted", 90)
    assert Order.objects.get().net_amount == 50 * sum(range(1, 91))
    assert IntakeDocument.objects.get().content["pages"] > 1


def test_doubts_a_delivery_address_that_is_not_the_customers(books, intake):
    (result,) = intake(paper(), "--commit", name="po.pdf")

    assert result["status"] == "review"
    assert {field for _rule, field in rules(result)} == {"ship_to"}


def test_doubts_a_day_that_could_be_two(books, home, intake):
    days = {"ordered_on": date(2026, 11, 8), "requested_on": date(2027, 1, 5)}

    (result,) = intake(paper(shown={"variant": 1}, **days), name="po.pdf")  # 05/01/2027

    assert ("ambiguous_date", "requested_on") in rules(result)


def test_takes_no_order_number_for_a_date(books, home, intake):
    (result,) = intake(paper(po_number="TPM-3312"), name="po.pdf")

    assert (result["status"], result["po_number"]) == ("accepted", "TPM-3312")


def test_says_whose_it_may_be_when_two_customers_are_named(books, home, intake):
    CustomerFactory.create(number="C-1", name="1 Mill Lane")

    (result,) = intake(paper(), name="po.pdf")

    assert ("unclear_customer", "customer") in rules(result)


def test_two_columns_of_the_same_unlikely_name_break_nothing():
    heads = [
        Segment(text=text, page=0, left=x, top=0, right=x + 40, bottom=10)
        for x, text in ((0, "Référence"), (60, "Commande"), (120, "Qté"), (180, "Désignation"))
    ]

    columns = columns_in(heads, Sender())

    assert [column.field for column in columns] == ["", "sku", "quantity", "description"]


def test_doubts_a_column_that_nobody_understands(books, home, intake, monkeypatch):
    words = replace(WORDS["en"], wanted=("Wished for",))
    monkeypatch.setitem(WORDS, "en", words)
    columns = ("sku", "name", "wanted", "quantity", "price", "amount")

    (result,) = intake(paper(shown={"columns": columns}), "--commit", name="po.pdf")

    assert (result["status"], rules(result)[0]) == ("review", ("unknown_column", "columns"))
    assert not Order.objects.exists()
