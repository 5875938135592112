from decimal import Decimal

import pytest
from django.conf import settings

from o2c.kernel.models import AuditEntry, IdempotencyKey
from orders.models import Order
from tests.factories import AddressFactory, CustomerFactory

BODY = {
    "customer_po": "4711",
    "requested_on": "2026-11-25",
    "note": "Gate 3",
    "lines": [{"sku": "KV-080", "quantity": "6"}, {"sku": "PX-210", "quantity": 2}],
}


def counts():
    return Order.objects.count(), IdempotencyKey.objects.count(), AuditEntry.objects.count()


def test_answers_as_a_look_at_the_order_does(api, valve, pump):
    placed = api.post("orders", BODY).json()

    assert api.get(f"orders/{placed['id']}").json() == placed


def test_answers_with_the_order_as_credit_and_stock_left_it(api, valve, pump):
    response = api.post("orders", BODY)

    order = Order.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": order.public_id,
        "number": order.number,
        "state": "released",
        "channel": "api",
        "customer_po": "4711",
        "requested_on": "2026-11-25",
        "net": {"amount": "325.01", "currency": "EUR"},
        "tax": {"amount": "61.75", "currency": "EUR"},
        "gross": {"amount": "386.76", "currency": "EUR"},
        "created_at": "2026-11-18T09:00:00Z",
        "submitted_at": "2026-11-18T09:00:00Z",
        "released_at": "2026-11-18T09:00:00Z",
        "cancel_reason": "",
        "credit_hold": None,
        "ship_to": {
            "label": "Dock 4",
            "street": "Quay Street 1",
            "postal_code": "20095",
            "city": "Hamburg",
            "region": "",
            "country": "DE",
        },
        "payment_terms": "30 days net",
        "incoterm": "",
        "freight_terms": "borne",
        "note": "Gate 3",
        "lines": [
            {
                "position": 1,
                "sku": "KV-080",
                "description": "Valve DN80",
                "quantity": "6",
                "unit": "C62",
                "unit_price": {"amount": "50.00", "currency": "EUR"},
                "net": {"amount": "300.00", "currency": "EUR"},
                "cancelled": "0",
                "shipped": "0",
                "delivered": "0",
                "invoiced": "0",
                "requested_on": "2026-11-25",
                "promised_on": response.json()["lines"][0]["promised_on"],
                "expected_on": response.json()["lines"][0]["expected_on"],
            },
            {
                "position": 2,
                "sku": "PX-210",
                "description": "Pump",
                "quantity": "2",
                "unit": "C62",
                "unit_price": {"amount": "12.5025", "currency": "EUR"},
                "net": {"amount": "25.01", "currency": "EUR"},
                "cancelled": "0",
                "shipped": "0",
                "delivered": "0",
                "invoiced": "0",
                "requested_on": "2026-11-25",
                "promised_on": response.json()["lines"][1]["promised_on"],
                "expected_on": response.json()["lines"][1]["expected_on"],
            },
        ],
    }
    assert order.public_id.startswith("ord_")
    actors = set(AuditEntry.objects.values_list("actor_kind", "actor_name"))
    assert ("api_key", "Hollis Water: ERP") in actors


def test_says_why_an_order_is_held(api, valve):
    response = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "300"}]})

    order = Order.objects.get()
    assert (response.status_code, response.json()["state"]) == (201, "on_hold")
    problem = response.json()["credit_hold"]
    check = order.credit_checks.get()
    to_pay = check.inputs["exposure"], check.inputs["amount"], check.inputs["limit"]
    owed, amount, limit = (Decimal(text) for text in to_pay)
    assert problem == {
        "type": "urn:o2c:problem:credit_hold",
        "title": "The order waits",
        "status": 409,
        "detail": problem["reason"],
        "reason": problem["reason"],
        "amount_to_pay": f"{owed + amount - limit:.2f}",
        "currency": "EUR",
        "invoices": [],
        "pay_link": f"{settings.PUBLIC_URL}/portal/credit/",
        "in_advance": None,
    }
    assert "over your credit limit" in problem["detail"]
    assert api.get(f"orders/{order.public_id}").json()["credit_hold"] == problem
    listed = api.get("orders").json()["results"]
    assert [row["credit_hold"] for row in listed] == [{"reason": "The order waits"}]


def test_order_of_another_customer_tells_nothing_of_its_hold(api, valve):
    api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "300"}]})
    order = Order.objects.get()
    Order.objects.update(customer=CustomerFactory.create())

    response = api.get(f"orders/{order.public_id}")

    assert response.status_code == 404
    assert "credit_hold" not in response.json()


def test_wants_the_goods_today_at_the_usual_place_without_other_wishes(api, valve):
    response = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "1"}]})

    assert response.json()["requested_on"] == "2026-11-18"
    assert response.json()["ship_to"]["label"] == "Dock 4"


def test_delivers_to_the_address_that_is_named(api, customer, valve):
    AddressFactory.create(customer=customer, label="Plant 2", city="Bremen")

    body = {"ship_to": "Plant 2", "lines": [{"sku": "KV-080", "quantity": "1"}]}
    response = api.post("orders", body)

    assert response.json()["ship_to"]["city"] == "Bremen"


def test_refuses_an_address_of_another_customer(api, valve):
    AddressFactory.create(customer=CustomerFactory.create(), label="Plant 9")
    before = counts()

    body = {"ship_to": "Plant 9", "lines": [{"sku": "KV-080", "quantity": "1"}]}
    response = api.post("orders", body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/ship_to"]
    assert counts() == before


def test_lists_all_that_the_order_rules_found_with_pointers(api, valve):
    lines = [
        {"sku": "KV-080", "quantity": "1"},
        {"sku": "NO-SUCH", "quantity": "1"},
        {"sku": "KV-080", "quantity": "1.5"},
    ]
    before = counts()

    body = {"requested_on": "2020-01-01", "lines": lines}
    response = api.post("orders", body)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "order_invalid")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert sorted((error["pointer"], error["code"]) for error in problem["errors"]) == [
        ("/lines/1/sku", "unknown_product"),
        ("/lines/2/quantity", "quantity_not_multiple"),
        ("/requested_on", "date_in_past"),
    ]
    assert counts() == before


def test_refuses_a_purchase_order_that_is_here_already(api, valve, pump):
    api.post("orders", BODY)
    before = counts()

    response = api.post("orders", BODY)

    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("/customer_po", "po_used_before")
    ]
    assert counts() == before


WRONG = [
    ({}, "/lines", "required"),
    ({"lines": []}, "/lines", "empty"),
    ({"lines": {}}, "/lines", "not_a_list"),
    ({"lines": "KV-080"}, "/lines", "not_a_list"),
    ({"lines": None}, "/lines", "null"),
    ({"lines": ["KV-080"]}, "/lines/0", "invalid"),
    ({"lines": [{}]}, "/lines/0/sku", "required"),
    ({"sku": 1}, "/lines/0/quantity", "required"),
    ({"sku": "", "quantity": 1}, "/lines/0/sku", "blank"),
    ({"sku": None, "quantity": 1}, "/lines/0/sku", "null"),
    ({"sku": ["KV-080"], "quantity": 1}, "/lines/0/sku", "invalid"),
    ({"sku": "x" * 41, "quantity": 1}, "/lines/0/sku", "max_length"),
    ({"sku": "a\x00b", "quantity": 1}, "/lines/0/sku", "null_characters_not_allowed"),
    ({"sku": "KV-080", "quantity": 0}, "/lines/0/quantity", "min_value"),
    ({"sku": "KV-080", "quantity": -1}, "/lines/0/quantity", "min_value"),
    ({"sku": "KV-080", "quantity": "six"}, "/lines/0/quantity", "invalid"),
    ({"sku": "KV-080", "quantity": True}, "/lines/0/quantity", "invalid"),
    ({"sku": "KV-080", "quantity": [6]}, "/lines/0/quantity", "invalid"),
    ({"sku": "KV-080", "quantity": "NaN"}, "/lines/0/quantity", "invalid"),
    ({"sku": "KV-080", "quantity": "Infinity"}, "/lines/0/quantity", "invalid"),
    ({"sku": "KV-080", "quantity": "1e400"}, "/lines/0/quantity", "max_digits"),
    ({"sku": "KV-080", "quantity": "9999999999"}, "/lines/0/quantity", "max_whole_digits"),
    ({"sku": "KV-080", "quantity": "0.0001"}, "/lines/0/quantity", "max_decimal_places"),
    ({"sku": "KV-080", "quantity": 1, "requested_on": "soon"}, "/lines/0/requested_on", "invalid"),
    ({"sku": "KV-080", "quantity": 1, "unit_price": 1}, "/lines/0/unit_price", "unknown_field"),
    ({"customer_po": "x" * 61}, "/customer_po", "max_length"),
    ({"customer_po": {"a": 1}}, "/customer_po", "invalid"),
    ({"note": "x" * 1001}, "/note", "max_length"),
    ({"ship_to": 7.5e300, "note": None}, "/note", "null"),
    ({"ship_to": ["Dock 4"]}, "/ship_to", "invalid"),
    ({"requested_on": "2026-02-30"}, "/requested_on", "invalid"),
    ({"requested_on": 20261125}, "/requested_on", "invalid"),
    ({"state": "released"}, "/state", "unknown_field"),
    ({"customer": "C-20001"}, "/customer", "unknown_field"),
    ({"net_amount": "0"}, "/net_amount", "unknown_field"),
]


@pytest.mark.parametrize(("wrong", "pointer", "code"), WRONG)
def test_refuses_what_a_field_cannot_be(api, valve, wrong, pointer, code):
    if {"sku", "quantity"} & set(wrong):
        body = {"lines": [wrong]}
    elif "lines" in wrong or not wrong:
        body = wrong
    else:
        body = wrong | {"lines": [{"sku": "KV-080", "quantity": "1"}]}
    before = counts()

    response = api.post("orders", body)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in response.json()["errors"]]
    assert counts() == before


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b"", "application/json", 400, "invalid"),
        (b"\xff\xfe", "application/json", 400, "parse_error"),
        (
            b'{"lines": [{"sku": "KV-080", "quantity": NaN}]}',
            "application/json",
            400,
            "parse_error",
        ),
        (b"[" * 100_000, "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "invalid"),
        (b"7", "application/json", 400, "invalid"),
        (b"lines=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"<order/>", "application/xml", 415, "unsupported_media_type"),
        (b"x" * (1024 * 1024 + 1), "application/json", 413, "body_too_large"),
        (b"x" * (20 * 1024 * 1024 + 1), "application/json", 413, "body_too_large"),
    ],
)
def test_refuses_what_is_no_json(api, valve, content, content_type, status, code):
    before = counts()

    response = api.post("orders", content, content_type=content_type)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert counts() == before


def test_refuses_more_lines_than_an_order_has(api, valve):
    response = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": 1}] * 1001})

    assert response.status_code == 400
    assert not Order.objects.exists()
