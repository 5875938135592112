"""What is understood of files as partners write them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer
from orders.models import IntakeDocument, Order
from tests.orders.intake.conftest import rules
from tests.orders.intake.workbooks import workbook

ROW = "C-17850,1,85123A,6\n"


def lines_of(order):
    return list(order.lines.order_by("position").values_list("product__sku", "ordered"))


@pytest.mark.parametrize(
    "header",
    [
        "Customer,PO Number,SKU,Quantity",
        "CUSTOMER_ID,Invoice No,StockCode,QTY",
        " customer no. , p.o. number ,Item #,Order Qty",
        "Kundennummer,Bestellnummer,Artikel-Nr,Menge",
        "Kunde,Bestellung,Artikelnummer,Anzahl",
        "Client,Commande,R\u00e9f\u00e9rence article,Quantit\u00e9",
        "Sold-to,Purchase Order,Material,Pieces",
        "Account,Order ID,Part Number,Units",
    ],
)
def test_knows_columns_by_their_usual_names(books, intake, header):
    (result,) = intake(f"{header}\n{ROW}", "--commit")

    assert (result["status"], result["po_number"]) == ("accepted", "1")
    assert lines_of(Order.objects.get()) == [("85123A", 6)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_finds_out_the_delimiter(books, intake, delimiter, end):
    text = f"Customer,PO,SKU,Qty,Note{end}C-17850,1,85123A,6,soon{end}"

    (result,) = intake(text.replace(",", delimiter))

    assert (result["status"], result["lines"]) == ("accepted", 1)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("cp1252", ["encoding_guessed"])],
)
def test_reads_the_usual_encodings(books, intake, encoding, found):
    text = "Customer,PO,SKU,Qty,Note\nC-17850,1,85123A,6,Müller – „Tor 3“\n"

    (result,) = intake(text.encode(encoding), "--commit")

    assert result["status"] == "accepted"
    assert [rule for rule, _field in rules(result)] == found
    assert Order.objects.get().note == "Müller – „Tor 3“"


def test_reads_what_stands_above_the_header(books, intake):
    text = (
        "Purchase order,,\nCustomer:,C-17850,\nPO number: 4711,,\n,,\n"
        "Requested date;,2099-12-01,\nSKU,Qty,Price\n85123A,6,50.00\n"
    )

    (result,) = intake(text, "--commit")

    order = Order.objects.get()
    assert (result["customer"], result["po_number"]) == ("C-17850", "4711")
    assert order.requested_on == date(2099, 12, 1)


def test_makes_one_order_per_customer_and_po_number(books, intake):
    text = "Customer,PO,SKU,Qty\n" + "C-17850,1,85123A,6\nC-17850,2,71053,1\nC-17850,1,71053,2\n"

    results = intake(text, "--commit")

    assert [(result["po_number"], result["lines"]) for result in results] == [("1", 2), ("2", 1)]
    assert lines_of(Order.objects.get(customer_po="1")) == [("85123A", 6), ("71053", 2)]


def test_reads_merged_cells_as_the_order_above(books, intake):
    (result,) = intake("Customer,PO,SKU,Qty\nC-17850,1,85123A,6\n,,71053,2\n")

    assert (result["status"], result["lines"]) == ("accepted", 2)


def test_tells_apart_orders_without_po_numbers(books, intake):
    order = {"customer": "C-17850", "lines": [{"sku": "85123A", "quantity": 1}]}

    results = intake(json.dumps([order, order]), "--commit", name="x.json")
    again = intake(json.dumps([order, order]), "--commit", name="x.json")

    assert [result["status"] for result in results] == ["accepted", "accepted"]
    assert [result["status"] for result in again] == ["duplicate", "duplicate"]
    assert Order.objects.count() == 2


def test_takes_one_order_of_a_po_number_that_a_file_names_twice(books, intake):
    order = {"customer": "C-17850", "po": "1", "lines": [{"sku": "85123A", "quantity": 1}]}

    rehearsed = intake(json.dumps([order, order]), name="x.json")
    results = intake(json.dumps([order, order]), "--commit", name="x.json")

    for told in (rehearsed, results):
        assert [result["status"] for result in told] == ["accepted", "duplicate"]
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "quantity", "price", "found"),
    [
        ("en", "6", "50.00", []),
        ("de", "6", "50,00", []),
        ("de", "6,000", "50,00", []),
        ("en", "6.000", "50.00", []),
        ("en", "1 000", "50.00", []),
        ("en", "1,000", "€ 50.00", []),
        ("de", "1.000", "50,00 EUR", []),
        ("de", "1.000", "", ["ambiguous_number"]),
        ("en", "1,000", "", ["ambiguous_number"]),
        ("en", "six", "", ["not_a_number", "missing_quantity"]),
        ("en", "1e3", "", ["not_a_number", "missing_quantity"]),
        ("en", "NaN", "", ["not_a_number", "missing_quantity"]),
        ("en", "99999999999", "", ["not_a_number", "missing_quantity"]),
        ("en", "0.0001", "", ["not_a_number", "missing_quantity"]),
        ("en", "", "", ["missing_quantity"]),
        ("en", "0", "", ["zero_quantity"]),
        ("en", "6", "50.01", ["price_differs"]),
        ("en", "6", "0", ["price_differs"]),
        ("en", "6", "-50", ["price_differs", "price_negative"]),
    ],
)
def test_reads_numbers_as_the_file_or_the_customer_writes_them(
    books, intake, language, quantity, price, found
):
    Customer.objects.update(language=language)

    (result,) = intake(f'Customer;PO;SKU;Qty;Price\nC-17850;1;85123A;"{quantity}";"{price}"\n')

    assert [rule for rule, _field in rules(result)] == found
    assert result["status"] == ("review" if found else "accepted")


@pytest.mark.parametrize(
    ("language", "text", "day", "found"),
    [
        ("en", "2099-12-01", "2099-12-01", []),
        ("en", "20991201", "2099-12-01", []),
        ("de", "01.12.2099", "2099-12-01", []),
        ("en", "25/12/2099", "2099-12-25", []),
        ("en", "12/25/2099", "2099-12-25", []),
        ("en", "1 Dec 2099", "2099-12-01", []),
        ("en", "2099-12-01 08:26:00", "2099-12-01", []),
        ("en", "73000", "2099-11-11", []),
        ("en", "01/12/2099", "2099-01-12", ["ambiguous_date"]),
        ("de", "01/12/2099", "2099-12-01", ["ambiguous_date"]),
        ("en", "2099-02-30", "", ["not_a_date"]),
        ("en", "soon", "", ["not_a_date"]),
    ],
)
def test_reads_dates_and_doubts_swapped_ones(books, intake, language, text, day, found):
    Customer.objects.update(language=language)

    intake(f"Customer,PO,SKU,Qty,Requested\nC-17850,1,85123A,6,{text}\n", "--commit")

    document = IntakeDocument.objects.get()
    assert document.content["requested_on"] == day
    assert {finding["rule"] for finding in document.findings} == set(found)


@pytest.mark.parametrize(
    ("row", "status", "found"),
    [
        ("C-17850,1,85123A,-6", "rejected", ["return_document", "return_line"]),
        ("C-17850,C536379,71053,-1", "rejected", ["return_document", "return_line"]),
        ("C-17850,1,POST,1", "review", ["charge_line"]),
        ("C-17850,1,D,1", "review", ["charge_line"]),
        ("C-17850,1,M,1", "review", ["charge_line"]),
        ("C-17850,1,BANK CHARGES,1", "review", ["charge_line"]),
        ("C-17850,1,99999,1", "review", ["unknown_product"]),
        ("C-17850,1,,1", "review", ["missing_product"]),
        (",1,85123A,1", "review", ["missing_customer"]),
        ("C-1,1,85123A,1", "review", ["unknown_customer"]),
        ("17850.0,1,85123A,1", "accepted", []),
        ("17850,1,85123a,1", "accepted", []),
        ("hollis water,1,85123A,1", "accepted", []),
        ("C-17850,1,85123A,2,55", "review", ["extra_cells"]),
    ],
)
def test_finds_what_is_no_plain_order_line(books, intake, row, status, found):
    (result,) = intake(f"Customer,PO,SKU,Qty\n{row}\n", "--commit")

    assert (result["status"], [rule for rule, _field in rules(result)]) == (status, found)
    assert Order.objects.count() == (status == "accepted")
    assert IntakeDocument.objects.count() == 1


def test_lets_a_person_decide_about_an_order_that_takes_some_back(books, intake):
    (result,) = intake("Customer,PO,SKU,Qty\nC-17850,1,85123A,6\nC-17850,1,71053,-2\n", "--commit")

    assert (result["status"], rules(result)) == ("review", [("return_line", "lines.1.quantity")])


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("Currency", "USD", ["currency"]),
        ("Currency", "eur", []),
        ("UOM", "pcs", []),
        ("UOM", "KGM", ["unit"]),
    ],
)
def test_compares_currency_and_unit(books, intake, field, value, found):
    (result,) = intake(f"Customer,PO,SKU,Qty,{field}\nC-17850,1,85123A,6,{value}\n")

    assert [rule for rule, _field in rules(result)] == found


def test_passes_over_a_total_at_the_end(books, intake):
    (result,) = intake("Customer,PO,SKU,Qty,Note\nC-17850,1,85123A,6,\nTotal,,,,300.00\n")

    assert (result["status"], result["lines"]) == ("accepted", 1)
    assert rules(result) == [("row_passed_over", "file")]


def test_reads_every_sheet_of_order_lines(books, intake):
    cover = [["Dear Maya"], ["see the next sheets"]]
    first = [["Customer", "PO", "SKU", "Qty"], ["C-17850", "1", "85123A", 6.0]]
    second = [
        ["PO number", 2.0],
        [],
        ["Customer", "Item", "Quantity", "Requested"],
        [17850.0, 71053, 2, date(2099, 12, 1)],
    ]

    results = intake(workbook(cover, first, second), "--commit", name="x.xlsx")

    assert [(r["po_number"], r["status"], rules(r)) for r in results] == [
        ("1", "accepted", [("sheet_passed_over", "file")]),
        ("2", "accepted", []),
    ]
    assert Order.objects.get(customer_po="2").requested_on == date(2099, 12, 1)


JSON_ORDER = {
    "customer": "C-17850",
    "po_number": "4711",
    "requested_on": "2099-12-01",
    "currency": "EUR",
    "note": "Gate 3",
    "lines": [
        {"sku": "85123A", "quantity": 6, "unit_price": "50.00", "unit": "C62"},
        {"sku": "71053", "quantity": "2", "unit_price": 2.55, "requested_on": "2099-12-05"},
    ],
}


@pytest.mark.parametrize("shape", [JSON_ORDER, [JSON_ORDER], {"orders": [JSON_ORDER]}])
def test_reads_json_as_documented(books, intake, shape):
    (result,) = intake(json.dumps(shape), "--commit", name="x.json")

    order = Order.objects.get()
    assert (result["format"], result["status"], result["findings"]) == ("json", "accepted", [])
    assert (order.note, order.requested_on) == ("Gate 3", date(2099, 12, 1))
    assert lines_of(order) == [("85123A", 6), ("71053", 2)]
    assert order.lines.get(position=2).requested_on == date(2099, 12, 5)
    assert order.net_amount == Decimal("305.100")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"colour": "red"}, [("unknown_field", "colour")]),
        ({"customer": {"id": 1}}, [("missing_customer", "customer"), ("wrong_type", "customer")]),
        (
            {"lines": [{"sku": "85123A", "quantity": True}]},
            [("missing_quantity", "lines.0.quantity"), ("wrong_type", "lines.0.quantity")],
        ),
        (
            {"lines": [{"sku": ["85123A"], "quantity": 1}]},
            [("missing_product", "lines.0.sku"), ("wrong_type", "lines.0.sku")],
        ),
        ({"lines": [{"quantity": 1}]}, [("missing_product", "lines.0.sku")]),
        ({"lines": [{"sku": "85123A"}]}, [("missing_quantity", "lines.0.quantity")]),
        (
            {"lines": [{"sku": "85123A", "quantity": -1}]},
            [("return_document", "lines"), ("return_line", "lines.0.quantity")],
        ),
        ({"po_number": "x" * 61}, [("too_long", "po_number")]),
        ({"note": "\ud800\u0000"}, []),
    ],
)
def test_finds_what_is_odd_in_json(books, intake, change, found):
    (result,) = intake(json.dumps(JSON_ORDER | change), "--commit", name="x.json")

    assert sorted(rules(result)) == found
