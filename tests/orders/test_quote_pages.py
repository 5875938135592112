"""The pages of quotes: entered, listed, shown, sent, revised, accepted."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import clock, roles
from o2c.kernel.events import ON
from orders import services
from orders.events import OrderSubmitted
from orders.models import Order, Quote
from orders.services import NewLine, Offered
from tests.factories import NOW, CustomerFactory, ProductFactory

FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch):
    monkeypatch.setitem(ON, OrderSubmitted, [])
    with clock.travel(NOW):
        yield


@pytest.fixture
def harbor(db):
    return CustomerFactory.create(name="Harbor Pump", folded_name="harbor pump")


@pytest.fixture
def valve(db):
    return ProductFactory.create(sku="KV-080")


@pytest.fixture
def make(harbor, valve, now, actor):
    """Write a draft of so many lines for Harbor Pump, 2 of each."""

    def make(count=1, **values):
        products = [valve, *ProductFactory.create_batch(count - 1)]
        lines = [NewLine(product.pk, Decimal(2)) for product in products]
        offered = Offered(lines=lines, valid_until=FRIDAY, **values)
        return services.create_quote(customer_id=harbor.pk, offered=offered, at=now, actor=actor)

    return make


def entered(customer, *lines, **values):
    """Return what the entry screen posts: (SKU, quantity, price) a line."""
    rows = {}
    for place, (sku, quantity, price) in enumerate(lines):
        rows |= {
            f"lines-{place}-sku": sku,
            f"lines-{place}-quantity": quantity,
            f"lines-{place}-price": price,
        }
    return {
        "customer": customer.pk,
        "customer_name": customer.name,
        "valid_until": "2026-12-18",
        "lines-count": len(lines),
        "token": "one-form",
        **rows,
        **values,
    }


def test_a_rep_writes_a_quote_with_a_price_of_its_own(sales_rep, harbor, valve):
    form = sales_rep.get(f"/orders/quotes/new/?customer={harbor.number}")
    body = entered(harbor, ("KV-080", "10", "45.00"), ("KV-080", "4", ""), note="On pallets.")

    response = sales_rep.post("/orders/quotes/new/", body)

    quote = Quote.objects.get()
    assert "Harbor Pump" in form.content.decode()
    assert response.headers["Location"] == f"/orders/quotes/{quote.number}/"
    assert (quote.state, quote.note, quote.valid_until) == (
        "draft",
        "On pallets.",
        date(2026, 12, 18),
    )
    assert [(line.unit_price, line.list_price) for line in quote.lines.order_by("position")] == [
        (Decimal("45.00"), Decimal("50.00")),
        (Decimal("50.00"), Decimal("50.00")),
    ]


def test_a_form_sent_twice_writes_one_quote(sales_rep, harbor, valve):
    body = entered(harbor, ("KV-080", "10", ""))

    first = sales_rep.post("/orders/quotes/new/", body)
    second = sales_rep.post("/orders/quotes/new/", body)

    assert first.headers["Location"] == second.headers["Location"]
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "values", "told"),
    [
        (("NOPE", "1", ""), {}, "Line 1: We do not sell this."),
        (("KV-080", "", ""), {}, "Line 1: Enter a quantity."),
        (("KV-080", "1", "cheap"), {}, "Line 1: Enter a number."),
        (("KV-080", "1", "-3"), {}, "Line 1: Enter 0 or more."),
        (("KV-080", "1", ""), {"valid_until": "2026-11-17"}, "This day is over."),
        (("KV-080", "1", ""), {"valid_until": "soon"}, "Enter a valid date."),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(sales_rep, harbor, valve, line, values, told):
    response = sales_rep.post("/orders/quotes/new/", entered(harbor, line, **values))

    assert response.status_code == 422
    assert told in response.content.decode()
    assert f'value="{line[0]}"' in response.content.decode()
    assert not Quote.objects.exists()


def test_prices_a_change_at_once(sales_rep, harbor, valve):
    body = entered(harbor, ("KV-080", "10", "45.00"))

    response = sales_rep.post(
        "/orders/quotes/preview/", body, headers={"HX-Request": "true", "HX-Trigger": "line-0"}
    )

    text = response.content.decode()
    assert "listed 50.00" in text
    assert "535.50" in text  # 450.00 and 19 %


def test_takes_the_lines_of_an_order(sales_rep, harbor, valve, now, actor):
    order = services.create_order(
        customer_id=harbor.pk,
        lines=[NewLine(valve.pk, Decimal(7))],
        channel="rep",
        requested_on=FRIDAY,
        at=now,
        actor=actor,
    )

    response = sales_rep.get(f"/orders/{order.number}/quote/", follow=True)
    text = response.content.decode()

    assert response.redirect_chain[0][0] == f"/orders/quotes/new/?order={order.number}"
    assert 'value="KV-080"' in text
    assert 'value="7"' in text
    assert "Harbor Pump" in text


def test_two_people_at_one_draft_find_out(sales_rep, make, harbor):
    quote = make()
    path = f"/orders/quotes/{quote.number}/edit/"
    line = ("KV-080", "3", "")

    first = sales_rep.post(path, entered(harbor, line, revision="0", token="a"))
    second = sales_rep.post(path, entered(harbor, line, revision="0", token="b"))

    assert (first.status_code, second.status_code) == (302, 409)
    assert "was changed by somebody else meanwhile" in second.content.decode()
    assert Quote.objects.get().version == 1


def test_is_sent_revised_and_compared(sales_rep, make, harbor):
    quote = make()
    path = f"/orders/quotes/{quote.number}/"
    sales_rep.post(f"{path}send/")
    revised = sales_rep.post(f"{path}revise/")
    sales_rep.post(f"{path}edit/", entered(harbor, ("KV-080", "5", "48.00"), revision="0"))

    page = sales_rep.get(path)
    old = sales_rep.get(f"{path}1/").content.decode()

    changes = [(row.what, row.before, row.after) for row in page.context["changes"]]
    assert revised.headers["Location"] == f"{path}edit/"
    assert ("KV-080", "2 × 50.00", "5 × 48.00") in changes
    assert ("valid until", "20 Nov 2026", "18 Dec 2026") in changes
    assert "This revision is replaced" in old
    assert "Make an order" not in old
    assert [row.state for row in Quote.objects.order_by("revision")] == ["replaced", "draft"]


def test_becomes_an_order_in_one_step(sales_rep, make, now, actor):
    quote = services.send_quote(make().pk, at=now, actor=actor)
    path = f"/orders/quotes/{quote.number}/accept/"
    body = {"token": "t", "requested_on": "2026-11-25", "customer_po": "4500-1"}

    shown = sales_rep.get(path).content.decode()
    response = sales_rep.post(path, body)
    again = sales_rep.post(path, body)

    order = Order.objects.get()
    assert "2026-11-25" in shown
    assert response.headers["Location"] == f"/orders/{order.number}/"
    assert again.headers["Location"] == f"/orders/{order.number}/"
    assert (order.customer_po, order.owner) == ("4500-1", order.quote.order.owner)


def test_a_part_is_taken_by_line(sales_rep, make, now, actor):
    quote = services.send_quote(make(2, allows_part=True).pk, at=now, actor=actor)
    first, second = quote.lines.order_by("position")
    path = f"/orders/quotes/{quote.number}/accept/"
    body = {"token": "t", "requested_on": "2026-11-25"}

    too_much = sales_rep.post(path, body | {f"line_{first.pk}": "3", f"line_{second.pk}": "0"})
    sales_rep.post(path, body | {f"line_{first.pk}": "1", f"line_{second.pk}": "0"})

    assert too_much.status_code == 422
    assert [(line.product_id, line.ordered) for line in Order.objects.get().lines.all()] == [
        (first.product_id, Decimal(1))
    ]


def test_is_put_away_with_a_reason(sales_rep, make, now, actor):
    quote = services.send_quote(make().pk, at=now, actor=actor)
    path = f"/orders/quotes/{quote.number}/reject/"

    wrong = sales_rep.post(path, {"token": "t", "reason": "mood"})
    right = sales_rep.post(path, {"token": "t", "reason": "competitor", "note": "3 % less"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    page = sales_rep.get(f"/orders/quotes/{quote.number}/").content.decode()
    assert "Bought elsewhere" in page
    assert "3 % less" in page


def test_shows_the_document(sales_rep, make):
    quote = make()

    response = sales_rep.get(f"/orders/quotes/{quote.number}/1/pdf/")

    assert response.headers["Content-Type"] == "application/pdf"
    assert sales_rep.get("/orders/quotes/QU-1/1/pdf/").status_code == 404


def test_an_auditor_reads_and_changes_nothing(auditor, make):
    quote = make()
    path = f"/orders/quotes/{quote.number}/"

    page = auditor.get(path).content.decode()
    refused = auditor.post(f"{path}send/")

    assert quote.number in page
    assert "quote-send" not in page
    assert refused.status_code == 403
    assert Quote.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?view=draft", 2),
        ("?view=sent", 1),
        ("?view=expiring", 1),
        ("?q=harb", 3),
        ("?q=other", 0),
        ("?view=nonsense", 3),
        ("?after=nonsense", 3),
    ],
)
def test_lists_by_state_and_words(sales_rep, make, now, actor, query, found):
    quotes = [make(), make(), make()]
    services.send_quote(quotes[0].pk, at=now, actor=actor)

    response = sales_rep.get(f"/orders/quotes/{query}")

    assert len(response.context["quotes"]) == found


def test_pages_through_the_list(sales_rep, make, monkeypatch):
    monkeypatch.setattr("orders.offers.PAGE", 1)
    older, newer = make(), make()

    first = sales_rep.get("/orders/quotes/")
    second = sales_rep.get(f"/orders/quotes/?after={first.context['after']}")

    assert [row.pk for row in first.context["quotes"]] == [newer.pk]
    assert [row.pk for row in second.context["quotes"]] == [older.pk]
    assert second.context["after"] is None


def statements(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(path).status_code == 200
    return len(counted)


def test_pages_ask_as_much_for_twenty_as_for_one(sales_rep, make, now, actor):
    one = make()
    short = statements(sales_rep, "/orders/quotes/")
    thin = statements(sales_rep, f"/orders/quotes/{one.number}/")
    for _ in range(19):
        make()
    long = make(20)

    assert statements(sales_rep, "/orders/quotes/") == short
    assert statements(sales_rep, f"/orders/quotes/{long.number}/") == thin


def test_another_price_needs_the_permission(sales_rep, harbor, valve):
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))

    refused = sales_rep.post("/orders/quotes/new/", entered(harbor, ("KV-080", "10", "45.00")))

    assert refused.status_code == 422
    assert "You may not change prices." in refused.content.decode()
    assert not Quote.objects.exists()
