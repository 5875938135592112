"""A customer sees, accepts and rejects our quotes in the portal, and nobody else's."""

from datetime import date
from decimal import Decimal

import pytest

from o2c.kernel import clock
from orders import services
from orders.models import Order, Quote
from orders.services import NewLine, Offered
from tests.factories import NOW


@pytest.fixture(autouse=True)
def nine_o_clock():
    with clock.travel(NOW):
        yield


@pytest.fixture
def draft(customer, valve, now, actor):
    offered = Offered(
        lines=[NewLine(valve.pk, Decimal(10), unit_price=Decimal(45))],
        valid_until=date(2026, 11, 20),
        allows_part=True,
    )
    return services.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)


@pytest.fixture
def quote(draft, now, actor):
    return services.send_quote(draft.pk, at=now, actor=actor)


def test_shows_what_was_sent_and_no_draft(buyer, draft, now, actor):
    path = f"/portal/quotes/{draft.public_id}/"
    hidden = (buyer.get("/portal/quotes/").content.decode(), buyer.get(path).status_code)
    services.send_quote(draft.pk, at=now, actor=actor)

    listed = buyer.get("/portal/quotes/").content.decode()
    page = buyer.get(path).content.decode()

    assert draft.number not in hidden[0]
    assert hidden[1] == 404
    assert path in listed
    assert "Accept and order" in page
    assert buyer.get(f"{path}pdf/").headers["Content-Type"] == "application/pdf"


def test_is_accepted_in_part_and_becomes_an_order(buyer, quote):
    path = f"/portal/quotes/{quote.public_id}/accept/"
    body = {"token": "t", "requested_on": "2026-11-25", "customer_po": "4500-1"}
    body[f"line_{quote.lines.get().pk}"] = "4"

    response = buyer.post(path, body)

    order = Order.objects.get()
    assert response.headers["Location"] == f"/portal/orders/{order.number}/"
    assert (order.channel, order.lines.get().ordered) == ("portal", Decimal(4))
    assert Quote.objects.get().state == "accepted"


def test_says_why_it_cannot_be_accepted(buyer, quote):
    path = f"/portal/quotes/{quote.public_id}/accept/"
    line = f"line_{quote.lines.get().pk}"

    too_much = buyer.post(path, {"token": "t", "requested_on": "2026-11-25", line: "11"})
    over = buyer.post(path, {"token": "t", "requested_on": "2026-11-17", line: "1"})

    assert (too_much.status_code, over.status_code) == (422, 422)
    assert "There is a problem" in over.content.decode()
    assert not Order.objects.exists()


def test_is_rejected_with_a_reason(buyer, quote):
    path = f"/portal/quotes/{quote.public_id}/reject/"

    wrong = buyer.post(path, {"token": "t", "reason": "mood"})
    buyer.post(path, {"token": "t", "reason": "price", "note": "3 % less, please"})

    rejected = Quote.objects.get()
    assert wrong.status_code == 422
    assert (rejected.state, rejected.reject_note) == ("rejected", "3 % less, please")
    assert (
        "Accept and order" not in buyer.get(f"/portal/quotes/{quote.public_id}/").content.decode()
    )


@pytest.mark.parametrize("part", ["", "pdf/", "accept/", "reject/"])
def test_another_customers_quote_is_not_there(stranger, quote, part):
    path = f"/portal/quotes/{quote.public_id}/{part}"

    assert stranger.get(path).status_code == 404
    if part in ("accept/", "reject/"):
        assert stranger.post(path, {"token": "t", "reason": "price"}).status_code == 404
    assert quote.number not in stranger.get("/portal/quotes/").content.decode()
    assert Quote.objects.get().state == "sent"


def test_has_run_out_by_the_customers_own_day(buyer, quote):
    with clock.travel(NOW.replace(day=22)):
        page = buyer.get(f"/portal/quotes/{quote.public_id}/").content.decode()

    assert "This quote has run out" in page
    assert "Accept and order" not in page
