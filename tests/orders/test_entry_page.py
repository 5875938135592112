"""The order entry screen, as a form without JavaScript."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.models import Order
from tests.factories import AddressFactory, CustomerFactory, ProductFactory

NEW = "/orders/new/"
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def customer(db):
    return CustomerFactory.create(name="Harbor Pump & Valve", folded_name="harbor pump & valve")


@pytest.fixture
def valve(db):
    return ProductFactory.create(sku="VLV-1", gtin="04012345678901")


def screen(buyer, *lines, **changes):
    """What the browser sends: the head, and rows of SKU and quantity."""
    rows = {"lines-count": str(len(lines))}
    for place, (sku, quantity) in enumerate(lines):
        rows[f"lines-{place}-sku"], rows[f"lines-{place}-quantity"] = sku, quantity
    return {
        "token": str(uuid4()),
        "customer": buyer.pk,
        "customer_name": buyer.name,
        "requested_on": "2030-11-25",
        "do": "submit",
        **rows,
        **changes,
    }


def statements(browser, entries):
    with CaptureQueriesContext(connection) as captured:
        assert browser.post("/orders/preview/", entries).status_code == 200
    return len(captured)


def test_places_an_order(sales_rep, customer, valve):
    response = sales_rep.post(NEW, screen(customer, ("vlv-1", "2"), ("", "")))

    order = Order.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/orders/{order.number}/")
    assert order.state != "draft"
    assert (order.channel, order.gross_amount) == ("rep", Decimal("119.000"))
    assert order.lines.get().product == valve


def test_makes_one_order_of_two_clicks(sales_rep, customer, valve):
    entries = screen(customer, ("VLV-1", "2"))

    first, second = sales_rep.post(NEW, entries), sales_rep.post(NEW, entries)

    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1


@pytest.mark.parametrize("name", ["harbor", "HARBOR PUMP & VALVE"])
def test_looks_up_a_customer_that_was_typed(sales_rep, customer, valve, name):
    entries = screen(customer, ("04012345678901", "1"), customer="", customer_name=name)

    sales_rep.post(NEW, entries)

    assert Order.objects.get().customer == customer


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"customer": "", "customer_name": "nobody"}, "Choose a customer by name or number."),
        ({"requested_on": "2020-01-01"}, "This day is over."),
        ({"requested_on": ""}, "This field is required."),
        ({"lines-0-sku": "NOPE"}, "Line 1: We do not sell this."),
        ({"lines-0-quantity": ""}, "Line 1: Enter a quantity."),
        ({"lines-0-quantity": "x"}, "Line 1: Enter a number."),
        ({"lines-0-quantity": "0"}, "Line 1: Enter a quantity above zero."),
        ({"lines-0-quantity": "1.5"}, "Line 1: VLV-1 is sold in multiples of 1."),
        ({"lines-0-quantity": "99999999999"}, "Line 1: This quantity is too large."),
        ({"lines-count": "0"}, "Add at least one line."),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_entered(
    sales_rep, customer, valve, changes, message
):
    response = sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), **changes, note="By noon"))

    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "By noon" in page
    assert not Order.objects.exists()


def test_shows_a_used_po_number_at_its_field(sales_rep, customer, valve):
    sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), customer_po="4500-1"))

    response = sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), customer_po="4500-1"))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["customer_po"]
    assert Order.objects.count() == 1


def test_keeps_a_draft_and_goes_on_with_it(sales_rep, customer, valve):
    saved = sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), do="draft"))
    order = Order.objects.get()
    page = sales_rep.get(saved.headers["Location"])

    sales_rep.post(
        saved.headers["Location"], screen(customer, ("VLV-1", "3"), revision=order.revision)
    )

    order = Order.objects.get()
    assert 'value="VLV-1"' in page.content.decode()
    assert order.state != "draft"
    assert order.lines.get().ordered == 3


def test_tells_the_second_of_two_editors(sales_rep, draft, actor, now):
    number, sku = draft.number, draft.lines.first().product.sku
    services.replace_lines(draft.pk, lines=[], at=now, actor=actor)

    response = sales_rep.post(
        f"/orders/{number}/edit/",
        screen(draft.customer, (sku, "1"), do="draft", revision=draft.revision - 1),
    )

    assert response.status_code == 409
    assert "was changed by Maya Brandt at 09:00" in response.content.decode()
    assert not draft.lines.exists()


def test_adds_pasted_lines(sales_rep, customer, valve):
    response = sales_rep.post(
        NEW, screen(customer, ("VLV-1", "2"), do="paste", pasted="VLV-1\t7\nX-9;3\n")
    )

    rows = response.context["sheet"].filled
    assert [(row.sku, row.quantity_text) for row in rows] == [
        ("VLV-1", "2"),
        ("VLV-1", "7"),
        ("X-9", "3"),
    ]
    assert not Order.objects.exists()


def test_repeats_the_last_order(sales_rep, customer, valve):
    sales_rep.post(NEW, screen(customer, ("VLV-1", "7")))

    response = sales_rep.post(NEW, screen(customer, do="last"))

    assert [(row.sku, row.quantity_text) for row in response.context["sheet"].filled] == [
        ("VLV-1", "7")
    ]


def test_removes_a_row(sales_rep, customer, valve):
    other = ProductFactory.create()

    response = sales_rep.post(
        NEW, screen(customer, ("VLV-1", "2"), (other.sku, "1"), do="remove-0")
    )

    assert [row.sku for row in response.context["sheet"].filled] == [other.sku]


def test_shows_prices_and_totals_before_it_is_handed_in(sales_rep, customer, valve):
    response = sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), do="refresh"))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Price list EUR" in page
    assert response.context["sheet"].totals.gross_amount == Decimal("119.00")


def test_previews_only_the_row_that_changed(sales_rep, customer, valve):
    entries = screen(customer, ("VLV-1", "2"), ("VLV-1", "3"))

    page = sales_rep.post("/orders/preview/", entries, **HX, HTTP_HX_TRIGGER="line-1")

    text = page.content.decode()
    assert 'id="line-1-total" hx-swap-oob="true"' in text
    assert "line-0" not in text
    assert "297.50" in text


def test_previews_the_places_of_a_customer(sales_rep, customer, valve):
    AddressFactory.create(customer=customer, label="Yard 2")

    page = sales_rep.post(
        "/orders/preview/", screen(customer, ("VLV-1", "2")), **HX, HTTP_HX_TRIGGER="who"
    )

    assert "Yard 2" in page.content.decode()
    assert 'id="line-0-info"' in page.content.decode()


def test_previews_whether_a_po_number_was_used(sales_rep, customer, valve):
    sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), customer_po="4500-1"))

    used, fresh = (
        sales_rep.post(
            "/orders/preview/", screen(customer, customer_po=po), **HX, HTTP_HX_TRIGGER="po"
        ).content.decode()
        for po in ("4500-1", "4500-2")
    )

    assert "has it already" in used
    assert "Not used before" in fresh


def test_previews_twenty_lines_as_cheaply_as_one(sales_rep, customer, valve):
    products = ProductFactory.create_batch(20)

    one = statements(sales_rep, screen(customer, ("VLV-1", "2")))
    twenty = statements(sales_rep, screen(customer, *((p.sku, "2") for p in products)))

    assert twenty == one


@pytest.mark.parametrize("page_of", ["auditor", "visitor", "picker"])
def test_others_may_not_enter_orders(request, page_of, customer, valve):
    browser = request.getfixturevalue(page_of)

    responses = [
        browser.post(NEW, screen(customer, ("VLV-1", "2"))),
        browser.post("/orders/preview/", screen(customer, ("VLV-1", "2"))),
        browser.get(NEW),
    ]

    assert [response.status_code for response in responses] == [403, 403, 403]
    assert not Order.objects.exists()
