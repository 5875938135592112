"""What is found in a document is told at once: by the readers, our books and the order's rules."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from o2c.kernel.models import Company
from orders.models import IntakeDocument, Order, OrderLine
from tests.factories import (
    CustomerPartNumberFactory,
    ProductUnitFactory,
    UnitFactory,
)
from tests.orders.intake.conftest import rules

HEADER = "Customer,PO Number,SKU,Quantity,Price,Unit,Requested date,Currency\n"


def row(sku="85123A", quantity="6", price="", unit="", day="", currency=""):
    return f"C-17850,4711,{sku},{quantity},{price},{unit},{day},{currency}\n"


@pytest.fixture
def valve(books):
    return Product.objects.get(sku="85123A")


def test_our_rules_are_asked_beside_other_doubts_and_name_the_documents_lines(books, valve, intake):
    Product.objects.filter(pk=valve.pk).update(status="discontinued", pack_multiple=4)
    text = HEADER + row("NO SUCH", day="2020-01-01") + row(day="2020-01-01")

    (rehearsed,) = intake(text)
    (result,) = intake(text, "--commit")

    assert sorted(rules(result)) == [
        ("date_in_past", "requested_on"),
        ("product_discontinued", "lines.1.sku"),
        ("quantity_not_multiple", "lines.1.quantity"),
        ("unknown_product", "lines.0.sku"),
    ]
    assert rehearsed["findings"] == result["findings"]
    assert IntakeDocument.objects.get().findings == result["findings"]
    assert not Order.objects.exists()


def test_nothing_is_said_twice_about_one_field(books, intake):
    (result,) = intake(HEADER + row(quantity="-6", price="49") + row("71053"))

    assert sorted(rules(result)) == [
        ("price_differs", "lines.0.unit_price"),
        ("return_line", "lines.0.quantity"),
    ]


def test_a_doubtful_document_costs_as_much_with_forty_lines_as_with_two(
    books, intake, django_assert_num_queries
):
    def text(lines):
        return HEADER + row("NO SUCH") + row(price="50", unit="pcs") * lines

    intake(text(1))
    with CaptureQueriesContext(connection) as counted:
        intake(text(2))

    with django_assert_num_queries(len(counted)):
        (result,) = intake(text(40))

    assert (result["status"], rules(result)) == (
        "review",
        [("unknown_product", "lines.0.sku")],
    )


@pytest.mark.parametrize(
    ("price", "found"),
    [("49.00", []), ("51.00", []), ("48.99", ["price_differs"]), ("51.01", ["price_differs"])],
)
def test_a_price_is_as_good_as_ours_within_the_tolerance(books, intake, price, found):
    Company.objects.update(price_tolerance_rate=Decimal("0.02"))

    (result,) = intake(HEADER + row(price=price), "--commit")

    assert [rule for rule, _field in rules(result)] == found
    ordered = list(OrderLine.objects.values_list("unit_price", "list_price"))
    assert ordered == ([] if found else [(Decimal(price), 50)])


def test_the_customers_own_tolerance_goes_before_the_companys(books, intake):
    Company.objects.update(price_tolerance_rate=Decimal("0.02"))
    type(books).objects.update(price_tolerance_rate=Decimal(0))

    (result,) = intake(HEADER + row(price="49.99"))

    assert rules(result) == [("price_differs", "lines.0.unit_price")]
    assert "the price is 49.99, listed is 50." in result["findings"][0]["message"]


def test_a_foreign_currency_is_told_once_and_beside_other_doubts(books, intake):
    (result,) = intake(HEADER + row(currency="USD") + row("NO SUCH", currency="USD"))

    assert sorted(rules(result)) == [("currency", "currency"), ("unknown_product", "lines.1.sku")]


@pytest.mark.parametrize("unit", ["CT", "carton", "Karton"])
def test_cartons_are_counted_in_pieces_at_the_price_of_a_piece(books, valve, intake, unit):
    ProductUnitFactory.create(product=valve)

    (result,) = intake(HEADER + row(quantity="2", price="600", unit=unit), "--commit")

    line = OrderLine.objects.get()
    assert (result["status"], result["findings"]) == ("accepted", [])
    assert (line.ordered, line.unit_price) == (24, 50)


def test_the_number_of_a_carton_counts_cartons(books, valve, intake):
    ProductUnitFactory.create(product=valve, gtin="14006381333938")

    (result,) = intake(HEADER + row("14006381333938", "2"), "--commit")

    assert (result["status"], OrderLine.objects.get().ordered) == ("accepted", 24)


def test_the_number_of_a_carton_counted_by_the_piece_is_a_finding(books, valve, intake):
    ProductUnitFactory.create(product=valve, gtin="14006381333938")

    (result,) = intake(HEADER + row("14006381333938", "2", unit="pcs"), "--commit")

    assert (result["status"], rules(result)) == ("review", [("unit", "lines.0.unit")])
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("unit", "status", "ordered"),
    [("", "accepted", [20]), ("BX", "accepted", [20]), ("pcs", "accepted", [2])],
)
def test_the_customers_own_number_counts_in_their_unit(books, valve, intake, unit, status, ordered):
    box = UnitFactory.create(code="BX", name="box")
    CustomerPartNumberFactory.create(
        customer=books, product=valve, number="HW 77", unit=box, factor=Decimal(10)
    )

    (result,) = intake(HEADER + row("hw 77", "2", unit=unit), "--commit")

    assert result["status"] == status
    assert list(OrderLine.objects.values_list("ordered", flat=True)) == ordered


def test_a_pack_that_we_do_not_sell_is_a_finding(books, valve, intake):
    ProductUnitFactory.create(product=valve)

    (result,) = intake(HEADER + row(unit="pallet"))

    assert rules(result) == [("unit", "lines.0.unit")]
