"""A customer takes back lines of an order, or a part of them, before anybody picks them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel.models import AuditEntry
from orders.models import Order
from tests.factories import ProductFactory, StockLevelFactory


@pytest.fixture
def placed(buyer, filled):
    """An order of 6 valves at 50.00 EUR."""
    buyer.post("/portal/orders/new/", filled())
    return Order.objects.get()


@pytest.fixture
def page_of():
    return lambda order: f"/portal/orders/{order.number}/cancellation/"


def asked(order, quantity="2", **changes):
    line = order.lines.get()
    entered = {"token": "x-1", "reason": "error", "note": "", f"line-{line.pk}": quantity}
    return entered | changes


def state_of(order):
    order.refresh_from_db()
    return order.state, order.lines.get().cancelled


def test_a_part_of_a_line_is_cancelled_with_its_reason_and_its_stock_is_free(
    buyer, placed, page_of
):
    answer = buyer.post(page_of(placed), asked(placed, note="Typed twice"))

    assert answer["Location"] == f"/portal/orders/{placed.number}/"
    assert state_of(placed) == ("released", 2)
    assert placed.lines.get().allocated == 4
    entry = AuditEntry.objects.get(subject=placed.label, action="cancel lines")
    assert (entry.reason, entry.changes) == (
        "Typed twice",
        {"line 1 cancelled": ["0.000", "2.000"]},
    )


def test_the_order_is_cancelled_when_nothing_of_it_is_left(buyer, placed, page_of):
    buyer.post(page_of(placed), asked(placed, "6"))

    assert state_of(placed) == ("cancelled", 6)
    assert placed.cancel_reason == "error"


def test_what_was_sent_twice_is_cancelled_once(buyer, placed, page_of):
    buyer.post(page_of(placed), asked(placed))
    buyer.post(page_of(placed), asked(placed))

    assert state_of(placed) == ("released", 2)


@pytest.mark.parametrize(
    ("entered", "field", "said"),
    [
        ({"quantity": "7"}, "line", "6 can be cancelled at most."),
        ({"quantity": "-1"}, "line", "Enter a quantity above zero."),
        ({"quantity": "0.0001"}, "line", "Enter at most 3 decimals."),
        ({"quantity": "NaN"}, "line", "Enter a number"),
        ({"quantity": ""}, "__all__", "Enter how much of a line is cancelled."),
        ({"reason": "out_of_stock"}, "reason", "Choose one of the list."),
        ({"reason": ""}, "reason", "required"),
        ({"note": "x" * 301}, "note", "300"),
    ],
)
def test_wrong_entries_are_refused_in_words(buyer, placed, page_of, entered, field, said):
    answer = buyer.post(page_of(placed), asked(placed, **entered))

    name = f"line-{placed.lines.get().pk}" if field == "line" else field
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[name])
    assert state_of(placed) == ("released", 0)


def test_what_is_being_picked_is_not_offered_and_not_cancelled(buyer, placed, page_of):
    placed.lines.update(picking=Decimal(5))

    shown = buyer.get(page_of(placed)).content.decode()
    refused = buyer.post(page_of(placed), asked(placed, "2"))
    placed.lines.update(picking=Decimal(6))
    nothing = buyer.get(page_of(placed)).content.decode()

    assert "at most 1" in shown
    assert refused.status_code == 422
    assert state_of(placed) == ("released", 0)
    assert "Nothing can be cancelled any more" in nothing


def test_what_was_picked_meanwhile_is_refused_by_the_service(buyer, placed, page_of, monkeypatch):
    line = placed.lines.get()
    monkeypatch.setattr("orders.portal.forms.free_of", lambda _line: Decimal(6))
    placed.lines.update(picking=Decimal(5))

    refused = buyer.post(page_of(placed), asked(placed, "2"))

    assert refused.status_code == 409
    assert "1 can still be cancelled" in refused.content.decode()
    line.refresh_from_db()
    assert line.cancelled == 0


def test_an_order_of_somebody_else_is_not_there(stranger, placed, page_of):
    seen = stranger.get(page_of(placed)).status_code
    posted = stranger.post(page_of(placed), asked(placed)).status_code

    assert (seen, posted) == (404, 404)
    assert state_of(placed) == ("released", 0)


def test_a_kept_basket_is_edited_instead(buyer, filled, page_of):
    buyer.post("/portal/orders/new/", filled(do="keep"))
    kept = Order.objects.get()

    assert buyer.get(page_of(kept))["Location"] == f"/portal/orders/{kept.number}/edit/"


def test_the_page_is_as_cheap_with_twenty_lines(buyer, placed, page_of, filled, valve):
    entered = filled(token="t-9", customer_po="4500-2") | {"lines-count": "20"}
    for place in range(20):
        product = ProductFactory.create()
        StockLevelFactory.create(product=product)
        entered |= {f"lines-{place}-sku": product.sku, f"lines-{place}-quantity": "1"}
    buyer.post("/portal/orders/new/", entered)
    long = Order.objects.get(lines__position=20)

    assert statements(buyer, page_of(long)) == statements(buyer, page_of(placed))


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
