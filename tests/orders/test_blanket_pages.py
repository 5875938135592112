"""The pages of blanket orders: entered, listed, shown, called off, ended."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import clock, roles
from o2c.kernel.events import ON
from orders import handlers, services
from orders.events import OrderSubmitted
from orders.models import BlanketOrder, Order
from orders.services import Agreed, AgreedLine
from tests.factories import NOW, CustomerFactory, ProductFactory


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch):
    monkeypatch.setitem(ON, OrderSubmitted, [handlers.call_off])
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
    """Write a draft of so many lines for Harbor Pump, 100 of each at 40.00."""

    def make(count=1):
        products = [valve, *ProductFactory.create_batch(count - 1)]
        agreed = Agreed(
            lines=[AgreedLine(row.pk, Decimal(100), Decimal(40)) for row in products],
            valid_from=date(2026, 11, 1),
            valid_until=date(2026, 12, 31),
        )
        return services.create_blanket(customer_id=harbor.pk, agreed=agreed, at=now, actor=actor)

    return make


def entered(customer, *lines, **values):
    """Return what the entry screen posts: (SKU, quantity, price, minimum) a line."""
    rows = {}
    for place, (sku, quantity, price, minimum) in enumerate(lines):
        rows |= {
            f"lines-{place}-sku": sku,
            f"lines-{place}-quantity": quantity,
            f"lines-{place}-price": price,
            f"lines-{place}-minimum": minimum,
        }
    return {
        "customer": customer.pk,
        "customer_name": customer.name,
        "valid_from": "2026-11-18",
        "valid_until": "2027-11-17",
        "lines-count": len(lines),
        "token": "one-form",
        **rows,
        **values,
    }


def test_a_rep_agrees_on_a_blanket_order(sales_rep, harbor, valve):
    body = entered(harbor, ("KV-080", "500", "41.50", "50"), customer_po="RAHMEN-7")
    form = sales_rep.get(f"/orders/blankets/new/?customer={harbor.number}").content.decode()

    response = sales_rep.post("/orders/blankets/new/", body)

    blanket = BlanketOrder.objects.get()
    line = blanket.lines.get()
    assert "Harbor Pump" in form
    assert "Least per call-off, line 1" in form
    assert response.headers["Location"] == f"/orders/blankets/{blanket.number}/"
    assert (blanket.state, blanket.customer_po) == ("draft", "RAHMEN-7")
    assert (line.agreed, line.unit_price, line.minimum_call_off) == (
        Decimal(500),
        Decimal("41.50"),
        Decimal(50),
    )


@pytest.mark.parametrize(
    ("line", "values", "told"),
    [
        (("NOPE", "1", "", ""), {}, "Line 1: We do not sell this."),
        (("KV-080", "5", "", "6"), {}, "Line 1: The least that is called off"),
        (("KV-080", "5", "", "few"), {}, "Line 1: Enter a number."),
        (("KV-080", "5", "", ""), {"valid_until": "2026-11-17"}, "The last day comes before"),
    ],
)
def test_says_what_is_wrong(sales_rep, harbor, valve, line, values, told):
    response = sales_rep.post("/orders/blankets/new/", entered(harbor, line, **values))

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not BlanketOrder.objects.exists()


def test_a_draft_is_changed_and_activated(sales_rep, make, harbor):
    blanket = make()
    path = f"/orders/blankets/{blanket.number}/"
    shown = sales_rep.get(f"{path}edit/").content.decode()

    body = entered(harbor, ("KV-080", "60", "39", ""), revision="0")
    sales_rep.post(f"{path}edit/", body)
    sales_rep.post(f"{path}activate/")
    again = sales_rep.get(f"{path}edit/")

    changed = BlanketOrder.objects.get()
    assert 'value="100"' in shown
    assert (changed.state, changed.lines.get().agreed) == ("active", Decimal(60))
    assert again.headers["Location"] == path


def test_prices_a_change_at_once(sales_rep, harbor, valve):
    body = entered(harbor, ("KV-080", "10", "45.00", ""))

    response = sales_rep.post(
        "/orders/blankets/preview/", body, headers={"HX-Request": "true", "HX-Trigger": "line-0"}
    )

    assert "listed 50.00" in response.content.decode()


def test_is_called_off_by_one_form(sales_rep, make, now, actor):
    blanket = services.activate_blanket(make().pk, at=now, actor=actor)
    line = blanket.lines.get()
    path = f"/orders/blankets/{blanket.number}/"
    body = {"token": "t", "requested_on": "2026-11-25", f"line_{line.pk}": "30"}

    response = sales_rep.post(f"{path}call-off/", body)
    again = sales_rep.post(f"{path}call-off/", body)

    order = Order.objects.get()
    page = sales_rep.get(path).content.decode()
    assert response.headers["Location"] == again.headers["Location"] == f"/orders/{order.number}/"
    assert order.lines.get().unit_price == Decimal(40)
    assert order.number in page
    assert "70 left" in page


def test_says_at_the_line_how_much_is_left(sales_rep, make, now, actor):
    blanket = services.activate_blanket(make(2).pk, at=now, actor=actor)
    second = blanket.lines.get(position=2)
    path = f"/orders/blankets/{blanket.number}/call-off/"

    response = sales_rep.post(
        path, {"token": "t", "requested_on": "2026-11-25", f"line_{second.pk}": "101"}
    )

    errors = response.context["form"].errors
    assert response.status_code == 422
    assert "leaves 100" in errors[f"line_{second.pk}"][0]
    assert not Order.objects.exists()


def test_is_ended_with_a_reason(sales_rep, make):
    blanket = make()
    path = f"/orders/blankets/{blanket.number}/end/"

    without = sales_rep.post(path, {"token": "t", "reason": ""})
    sales_rep.post(path, {"token": "t", "reason": "Sold their plant"})

    assert without.status_code == 422
    assert (
        "Sold their plant" in sales_rep.get(f"/orders/blankets/{blanket.number}/").content.decode()
    )


def test_an_auditor_reads_and_changes_nothing(auditor, make):
    blanket = make()
    path = f"/orders/blankets/{blanket.number}/"

    page = auditor.get(path).content.decode()

    assert blanket.number in page
    assert "activate" not in page
    assert auditor.post(f"{path}activate/").status_code == 403
    assert BlanketOrder.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("?state=draft", 1), ("?state=active", 1), ("?q=harb", 2), ("?q=other", 0)],
)
def test_lists_by_state_and_words(sales_rep, make, now, actor, query, found):
    make()
    services.activate_blanket(make().pk, at=now, actor=actor)

    response = sales_rep.get(f"/orders/blankets/{query}")

    assert len(response.context["blankets"]) == found


def statements(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(path).status_code == 200
    return len(counted)


def test_pages_ask_as_much_for_twenty_as_for_one(sales_rep, make):
    one = make()
    short = statements(sales_rep, "/orders/blankets/")
    thin = statements(sales_rep, f"/orders/blankets/{one.number}/")
    for _ in range(19):
        make()
    long = make(20)

    assert statements(sales_rep, "/orders/blankets/") == short
    assert statements(sales_rep, f"/orders/blankets/{long.number}/") == thin


def test_another_price_needs_the_permission(sales_rep, harbor, valve):
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))

    refused = sales_rep.post(
        "/orders/blankets/new/", entered(harbor, ("KV-080", "10", "45.00", ""))
    )

    assert refused.status_code == 422
    assert "You may not change prices." in refused.content.decode()
    assert not BlanketOrder.objects.exists()
