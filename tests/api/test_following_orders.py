"""What a customer's system reads: products, orders, shipments, invoices."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from catalog.models import Product
from o2c.kernel.api import exception_handler
from orders import services
from orders.models import Order
from orders.services import NewLine
from shipping import services as shipping
from shipping.models import Shipment
from tests.api.conftest import ship_and_bill
from tests.factories import (
    NOW,
    CustomerPartNumberFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    ProductUnitFactory,
    StockLevelFactory,
)
from tests.invoicing.shipped import ACTOR

EUR = {"currency": "EUR"}


def statements(api, path):
    """Count the statements of a second request: the first one fills caches."""
    api.get(path)
    with CaptureQueriesContext(connection) as counted:
        response = api.get(path)
    assert response.status_code == 200
    return len(counted), len(response.json().get("results", []))


def test_shows_a_product_at_the_callers_own_price(api, customer, valve):
    own = PriceListFactory.create(code="HOLLIS", customer=customer)
    PriceFactory.create(price_list=own, product=valve, amount=Decimal("47.2500"))
    PriceFactory.create(price_list=own, product=valve, min_quantity=200, amount=Decimal(40))
    ProductUnitFactory.create(product=valve)
    CustomerPartNumberFactory.create(customer=customer, product=valve, number="HW 77")
    CustomerPartNumberFactory.create(product=valve, number="SECRET")

    response = api.get("products/KV-080")

    assert response.json() == {
        "sku": "KV-080",
        "name": "Valve DN80",
        "gtin": "",
        "group": "",
        "unit": "C62",
        "pack_multiple": "1",
        "minimum_quantity": "1",
        "status": "active",
        "price": {"amount": "47.25", "currency": "EUR"},
        "breaks": [
            {
                "from_quantity": "0",
                "price": {"amount": "47.25", "currency": "EUR"},
                "source": own.name,
            },
            {
                "from_quantity": "200",
                "price": {"amount": "40.00", "currency": "EUR"},
                "source": f"{own.name}, from 200",
            },
        ],
        "packs": [{"unit": "CT", "holds": "12", "gtin": ""}],
        "part_numbers": ["HW 77"],
    }


def test_finds_a_product_by_the_callers_own_number(api, strangers_api, customer, valve):
    CustomerPartNumberFactory.create(
        customer=customer, product=valve, number="HW 77", folded_number="hw 77"
    )

    found = [
        [row["sku"] for row in caller.get("products", {"search": "hw 7"}).json()["results"]]
        for caller in (api, strangers_api)
    ]

    assert found == [["KV-080"], []]


def test_another_customer_sees_the_general_price(strangers_api, customer, valve):
    own = PriceListFactory.create(code="HOLLIS", customer=customer)
    PriceFactory.create(price_list=own, product=valve, amount=Decimal("47.2500"))

    assert strangers_api.get("products/KV-080").json()["price"]["amount"] == "50.00"


def test_says_that_there_is_no_price(api, customer):
    ProductFactory.create(sku="A/B 1", price=None)

    assert api.get("products/A/B 1").json()["price"] is None
    assert api.get("products/NO-SUCH").status_code == 404


def test_finds_products_by_words(api, valve, pump):
    found = [row["sku"] for row in api.get("products", {"search": "VALVE dn80"}).json()["results"]]

    assert found == ["KV-080"]


def test_lists_what_can_be_ordered(api, valve, pump):
    Product.objects.filter(pk=pump.pk).update(status="discontinued")

    assert [row["sku"] for row in api.get("products").json()["results"]] == ["KV-080"]
    assert api.get("products/PX-210").json()["status"] == "discontinued"


def test_pages_through_a_list(api, customer):
    for number in range(5):
        ProductFactory.create(sku=f"P-{number}")

    first = api.get("products", {"limit": 2}).json()
    second = api.get("products" + first["next"].partition("products")[2]).json()
    third = api.get("products" + second["next"].partition("products")[2]).json()

    seen = [[row["sku"] for row in page["results"]] for page in (first, second, third)]
    assert seen == [["P-4", "P-3"], ["P-2", "P-1"], ["P-0"]]
    assert (first["previous"], third["next"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("limit=0", 400, "/limit"),
        ("limit=201", 400, "/limit"),
        ("limit=x", 400, "/limit"),
        ("state=lost", 400, "/state"),
        ("state=draft", 400, "/state"),
        ("offset=1", 400, "/offset"),
        ("customer=C-20001", 400, "/customer"),
        ("customer_po=" + "x" * 61, 400, "/customer_po"),
        ("cursor=nonsense", 404, None),
    ],
)
def test_refuses_parameters_that_cannot_be(api, query, status, pointer):
    response = api.get(f"orders?{query}")

    assert response.status_code == status
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer] * bool(pointer)


def test_lists_orders_by_state_and_purchase_order(api, valve):
    line = [{"sku": "KV-080", "quantity": "1"}]
    small = api.post("orders", {"customer_po": "A-1", "lines": line}).json()
    large = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "300"}]}).json()

    def ids(query):
        return [row["id"] for row in api.get("orders", query).json()["results"]]

    assert ids({}) == [large["id"], small["id"]]
    assert ids({"state": "on_hold"}) == [large["id"]]
    assert ids({"customer_po": "A-1"}) == [small["id"]]


def test_shows_what_was_placed(api, valve):
    placed = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "1"}]}).json()

    assert api.get(f"orders/{placed['id']}").json() == placed
    listed = api.get("orders").json()["results"][0]
    assert listed == {name: placed[name] for name in listed}
    assert set(placed) - set(listed) == {
        *("ship_to", "payment_terms", "incoterm", "freight_terms", "note", "lines")
    }


@pytest.mark.parametrize("path", ["orders/ord_x", "shipments/shp_x", "invoices/inv_x/pdf"])
def test_says_that_a_document_does_not_exist(api, path):
    response = api.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.fixture
def shipment(customer):
    """Two of one thing at 50.00 and three of another at 10.00, on their way."""
    shipment, _invoice = ship_and_bill(customer, ("2", "50.00"), ("3", "10.00"), customer_po="4711")
    return shipment


def test_shows_a_shipment_with_its_lines_and_tracking(api, shipment):
    shipping.record_tracking(
        shipment.pk,
        event_id="1",
        code="in_transit",
        note="Left the hub",
        happened_at=NOW,
        at=NOW,
        actor=ACTOR,
    )
    order = Order.objects.get()

    shown = api.get(f"shipments/{shipment.public_id}").json()
    listed = api.get("shipments", {"order": order.public_id}).json()["results"]

    assert [(row["order"], row["position"], row["quantity"]) for row in shown["lines"]] == [
        (order.public_id, 1, "2"),
        (order.public_id, 2, "3"),
    ]
    assert (shown["id"], shown["number"]) == (shipment.public_id, shipment.number)
    assert shown["carrier"] == "Northway Freight"
    assert shown["dispatched_at"] == "2026-11-18T09:00:00Z"
    assert shown["tracking"][0] == {
        "code": "in_transit",
        "note": "Left the hub",
        "at": "2026-11-18T09:00:00Z",
    }
    assert shown["ship_to"]["city"] == "Hamburg"
    assert listed == [{name: shown[name] for name in listed[0]}]


def test_links_to_the_carriers_tracking_page(api, shipment):
    carrier = shipment.carrier
    carrier.tracking_url = "https://track.example/?n={number}"
    carrier.save()
    Shipment.objects.filter(pk=shipment.pk).update(tracking_number="A/1 2")

    shown = api.get(f"shipments/{shipment.public_id}").json()

    assert shown["tracking_url"] == "https://track.example/?n=A%2F1%202"


def test_says_what_went_wrong_on_the_way(api, shipment):
    shipping.report_exception(shipment.pk, kind="damaged", note="Wet", at=NOW, actor=ACTOR)

    shown = api.get(f"shipments/{shipment.public_id}").json()

    assert (shown["state"], shown["problem"]) == ("exception", {"kind": "damaged", "note": "Wet"})


def test_shows_an_invoice_with_lines_and_taxes(api, shipment):
    invoice = shipment.invoices.get()
    order = Order.objects.get()

    shown = api.get(f"invoices/{invoice.public_id}").json()

    assert shown == {
        "id": invoice.public_id,
        "number": invoice.number,
        "kind": "invoice",
        "original": None,
        "reason": "",
        "state": "issued",
        "order": order.public_id,
        "shipment": shipment.public_id,
        "customer_po": "4711",
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "terms": "30 days net",
        "net": {"amount": "130.00"} | EUR,
        "tax": {"amount": "24.70"} | EUR,
        "gross": {"amount": "154.70"} | EUR,
        "bill_to": invoice.bill_to,
        "ship_to": invoice.ship_to,
        "instalments": [
            {
                "number": 1,
                "due_on": invoice.due_on.isoformat(),
                "amount": {"amount": "154.70"} | EUR,
            }
        ],
        "discounts": [],
        "lines": [
            {
                "position": position,
                "sku": line.sku,
                "description": "Butterfly valve DN80",
                "quantity": quantity,
                "unit": "C62",
                "unit_price": {"amount": price} | EUR,
                "net": {"amount": net} | EUR,
                "tax_category": "S",
                "tax_rate": "0.19",
            }
            for line, position, quantity, price, net in zip(
                invoice.lines.order_by("position"),
                (1, 2),
                ("2", "3"),
                ("50.00", "10.00"),
                ("100.00", "30.00"),
                strict=True,
            )
        ],
        "charges": [],
        "taxes": [
            {
                "category": "S",
                "rate": "0.19",
                "base": {"amount": "130.00"} | EUR,
                "tax": {"amount": "24.70"} | EUR,
            }
        ],
    }
    listed = api.get("invoices").json()["results"]
    assert listed == [{name: shown[name] for name in listed[0]}]


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/json"])
def test_sends_the_invoice_as_the_same_pdf_every_time(api, shipment, accept):
    invoice = shipment.invoices.get()
    path = f"invoices/{invoice.public_id}/pdf"

    first, again = api.get(path, Accept=accept), api.get(path, Accept=accept)

    text = PdfReader(io.BytesIO(first.content)).pages[0].extract_text()
    assert first.content == again.content
    assert invoice.number in text
    assert first.headers["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert first.headers["Cache-Control"] == "private, no-store"


def test_refuses_a_pdf_in_json_words(api):
    response = api.get("invoices/inv_x/pdf", Accept="application/pdf")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_lists_ask_as_many_questions_for_twenty_rows_as_for_one(api, customer):
    paths = ("products", "orders", "shipments", "invoices")
    ship_and_bill(customer, ("1", "5.00"))
    one = {path: statements(api, path) for path in paths}
    for _ in range(19):
        ship_and_bill(customer, ("1", "5.00"))

    twenty = {path: statements(api, path) for path in paths}

    assert {rows for _count, rows in one.values()} == {1}
    assert {rows for _count, rows in twenty.values()} == {20}
    assert {path: count for path, (count, _) in one.items()} == {
        path: count for path, (count, _) in twenty.items()
    }


def test_statements_do_not_grow_with_the_lines_of_an_order(api, customer):
    skus = [f"L-{number}" for number in range(50)]
    for sku in skus:
        StockLevelFactory.create(product=ProductFactory.create(sku=sku))
    counts = []

    for size in (5, 5, 50):
        body = {"lines": [{"sku": sku, "quantity": "1"} for sku in skus[:size]]}
        with CaptureQueriesContext(connection) as counted:
            placed = api.post("orders", body)
        placing = len(counted)  # before the next request begins a new count
        assert (placed.status_code, len(placed.json()["lines"])) == (201, size)
        shown, _ = statements(api, f"orders/{placed.json()['id']}")
        counts.append((placing, shown))

    assert counts[1:] == [(25, 4), (25, 4)]


def test_cancels_an_order(api, valve):
    order = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "6"}]}).json()

    body = {"reason": "duplicate", "note": "Twice by mistake"}
    response = api.post(f"orders/{order['id']}/cancellations", body)

    assert response.status_code == 201
    shown = response.json()
    assert (shown["state"], shown["cancel_reason"]) == ("cancelled", "duplicate")
    assert shown["lines"][0]["cancelled"] == "6"


def test_cancels_quantities_of_lines(api, valve, pump):
    lines = [{"sku": "KV-080", "quantity": "6"}, {"sku": "PX-210", "quantity": "4"}]
    order = api.post("orders", {"lines": lines}).json()

    body = {"reason": "customer", "lines": [{"position": 2, "quantity": "1"}]}
    response = api.post(f"orders/{order['id']}/cancellations", body)

    assert [line["cancelled"] for line in response.json()["lines"]] == ["0", "1"]
    assert response.json()["state"] == "released"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 400, "/reason"),
        ({"reason": "credit"}, 400, "/reason"),
        ({"reason": "customer", "lines": []}, 400, "/lines"),
        (
            {"reason": "customer", "lines": [{"position": 0, "quantity": 1}]},
            400,
            "/lines/0/position",
        ),
        (
            {"reason": "customer", "lines": [{"position": 9, "quantity": 1}]},
            422,
            "/lines/0/position",
        ),
        (
            {"reason": "customer", "lines": [{"position": 1, "quantity": -1}]},
            400,
            "/lines/0/quantity",
        ),
        ({"reason": "customer", "order": "ord_1"}, 400, "/order"),
    ],
)
def test_refuses_a_cancellation_that_cannot_be(api, valve, body, status, pointer):
    order = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "6"}]}).json()

    response = api.post(f"orders/{order['id']}/cancellations", body)

    assert response.status_code == status
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert api.get(f"orders/{order['id']}").json() == order


def test_refuses_to_cancel_more_than_is_open(api, valve):
    order = api.post("orders", {"lines": [{"sku": "KV-080", "quantity": "6"}]}).json()

    body = {"reason": "customer", "lines": [{"position": 1, "quantity": "7"}]}
    response = api.post(f"orders/{order['id']}/cancellations", body)

    assert response.status_code in (409, 422)
    assert api.get(f"orders/{order['id']}").json() == order


def test_refuses_to_cancel_what_has_left(api, shipment):
    order = Order.objects.get()

    response = api.post(f"orders/{order.public_id}/cancellations", {"reason": "customer"})

    assert response.status_code == 409
    order.refresh_from_db()
    assert order.state == "invoiced"


@pytest.fixture
def draft(customer, valve):
    """A draft that a sales rep is writing."""
    return services.create_order(
        customer_id=customer.pk,
        lines=[NewLine(valve.pk, Decimal(1))],
        channel="rep",
        requested_on=date(2026, 11, 25),
        at=NOW,
        actor=ACTOR,
    )


def test_drafts_are_not_shown(api, draft):
    assert api.get("orders").json()["results"] == []
    assert api.get(f"orders/{draft.public_id}").status_code == 404


def test_sends_the_confirmation_of_an_order(api, strangers_api, valve):
    order = api.post("orders", {"lines": [{"sku": valve.sku, "quantity": "2"}]}).json()

    answer = api.get(f"orders/{order['id']}/acknowledgement")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{order["number"]}.pdf"'
    assert answer.content.startswith(b"%PDF")
    assert strangers_api.get(f"orders/{order['id']}/acknowledgement").status_code == 404


def test_refuses_to_confirm_an_order_that_waits(api, customer, valve):
    hold = {"kind": "manual", "placed_at": NOW, "placed_by": "Tomás Rey"}
    customer.holds.create(reason="Cheque bounced", **hold)
    order = api.post("orders", {"lines": [{"sku": valve.sku, "quantity": "2"}]}).json()

    answer = api.get(f"orders/{order['id']}/acknowledgement")

    assert (answer.status_code, answer.json()["code"]) == (409, "order_not_confirmed")


def test_text_that_cannot_be_kept_is_a_bad_request(db):
    answer = exception_handler(ValueError("A text cannot contain NUL (0x00) characters."), {})

    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (400, "parse_error")
