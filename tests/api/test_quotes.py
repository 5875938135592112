"""A customer's system reads our quotes and accepts them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.models import Order, Quote
from orders.services import NewLine, Offered
from tests.factories import NOW, ProductFactory
from tests.invoicing.shipped import ACTOR


@pytest.fixture
def make(customer, valve, pump):
    """Send a quote: 10 valves at 40.00 and 2 pumps at the listed price."""

    def make(*, count=0, **values):
        products = ProductFactory.create_batch(count)
        offered = Offered(
            lines=[
                NewLine(valve.pk, Decimal(10), unit_price=Decimal(40)),
                NewLine(pump.pk, Decimal(2)),
                *(NewLine(product.pk, Decimal(1)) for product in products),
            ],
            valid_until=date(2026, 11, 30),
            **values,
        )
        quote = services.create_quote(customer_id=customer.pk, offered=offered, at=NOW, actor=ACTOR)
        return services.send_quote(quote.pk, at=NOW, actor=ACTOR)

    return make


def test_shows_quotes_that_were_sent(api, strangers_api, make, customer, valve):
    quote = make(note="On pallets.")
    services.revise_quote(make().pk, at=NOW, actor=ACTOR)  # a draft: ours alone

    listed = api.get("quotes").json()["results"]
    sent = api.get("quotes", {"state": "sent"}).json()["results"]
    one = api.get(f"quotes/{quote.public_id}").json()

    assert [(row["number"], row["state"]) for row in listed][1:] == [(quote.number, "sent")]
    assert [row["state"] for row in listed] == ["replaced", "sent"]
    assert [row["id"] for row in sent] == [quote.public_id]
    assert (one["valid_until"], one["note"], one["order"]) == ("2026-11-30", "On pallets.", None)
    assert one["lines"][0]["unit_price"] == {"amount": "40.00", "currency": "EUR"}
    assert strangers_api.get("quotes").json()["results"] == []
    assert strangers_api.get(f"quotes/{quote.public_id}").status_code == 404


def test_accepts_a_quote_once(api, make):
    quote = make()
    path, body = f"quotes/{quote.public_id}/acceptance", {"customer_po": "4500-1"}

    first = api.post(path, body, key="a")
    replay = api.post(path, body, key="a")
    again = api.post(path, body, key="b")

    order = Order.objects.get()
    assert (first.status_code, replay.status_code, again.status_code) == (201, 201, 409)
    assert replay.headers["Idempotency-Replayed"] == "true"
    assert again.json()["code"] == "quote_not_open"
    assert first.json()["id"] == order.public_id
    assert first.json()["lines"][0]["unit_price"]["amount"] == "40.00"
    assert (order.channel, order.customer_po) == ("api", "4500-1")
    assert api.get(f"quotes/{quote.public_id}").json()["order"] == order.public_id


def test_takes_a_part_where_the_quote_allows_it(api, make):
    whole, part = make(), make(allows_part=True)
    body = {"lines": [{"position": 1, "quantity": "4"}]}

    refused = api.post(f"quotes/{whole.public_id}/acceptance", body)
    taken = api.post(f"quotes/{part.public_id}/acceptance", body)
    nowhere = {"lines": [{"position": 7, "quantity": "4"}]}
    wrong = api.post(f"quotes/{whole.public_id}/acceptance", nowhere)

    assert (refused.status_code, taken.status_code, wrong.status_code) == (422, 201, 422)
    assert wrong.json()["errors"][0]["pointer"] == "/lines/0/position"
    assert [line["quantity"] for line in taken.json()["lines"]] == ["4"]


def test_a_stranger_accepts_nothing(strangers_api, make):
    quote = make()

    answer = strangers_api.post(f"quotes/{quote.public_id}/acceptance", {})

    assert answer.status_code == 404
    assert Quote.objects.get().state == "sent"
    assert not Order.objects.exists()


def test_rejects_a_quote_with_its_reason_once(api, make):
    quote = make()
    path = f"quotes/{quote.public_id}/rejection"

    first = api.post(path, {"reason": "delivery", "note": "Needed in May."}, key="a")
    replay = api.post(path, {"reason": "delivery", "note": "Needed in May."}, key="a")
    again = api.post(path, {"reason": "price"}, key="b")

    shown = api.get(f"quotes/{quote.public_id}").json()
    assert (first.status_code, replay.status_code, again.status_code) == (201, 201, 409)
    assert again.json()["code"] == "quote_not_open"
    assert first.json() == shown
    assert (shown["state"], shown["reject_reason"], shown["reject_note"], shown["decided_at"]) == (
        *("rejected", "delivery", "Needed in May."),
        NOW.isoformat().replace("+00:00", "Z"),
    )


@pytest.mark.parametrize("body", [{}, {"reason": "mood"}, {"reason": "price", "note": "x" * 301}])
def test_refuses_a_rejection_that_says_no_reason(api, make, body):
    quote = make()

    answer = api.post(f"quotes/{quote.public_id}/rejection", body)

    assert answer.status_code == 400
    assert Quote.objects.get().state == "sent"


def test_a_stranger_rejects_nothing_and_reads_no_pdf(strangers_api, make):
    quote = make()

    answers = [
        strangers_api.post(f"quotes/{quote.public_id}/rejection", {"reason": "price"}),
        strangers_api.get(f"quotes/{quote.public_id}/pdf"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Quote.objects.get().state == "sent"


def test_sends_the_quote_as_pdf_and_finds_it_by_its_number(api, make, valve):
    quote = make()
    make()

    document = api.get(f"quotes/{quote.public_id}/pdf")
    listed = api.get("quotes", {"number": quote.number}).json()["results"]
    line = api.get(f"quotes/{quote.public_id}").json()["lines"][0]

    assert document.content.startswith(b"%PDF")
    assert document.headers["Content-Disposition"] == f'attachment; filename="{quote.number}.pdf"'
    assert [row["id"] for row in listed] == [quote.public_id]
    assert (line["list_price"], line["tax_category"], line["tax_rate"]) == (
        {"amount": "50.00", "currency": "EUR"},
        *("S", "0.19"),
    )


def test_asks_as_much_for_twenty_as_for_one(api, make):
    def statements(path):
        api.get(path)
        with CaptureQueriesContext(connection) as counted:
            assert api.get(path).status_code == 200
        return len(counted)

    one = make()
    short, thin = statements("quotes"), statements(f"quotes/{one.public_id}")
    for _ in range(18):
        make()
    long = make(count=18)

    assert statements("quotes") == short
    assert statements(f"quotes/{long.public_id}") == thin
