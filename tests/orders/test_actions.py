"""What people do with an order from its page."""

from decimal import Decimal

import pytest

from o2c.kernel.events import ON
from orders import services
from orders.events import LinesCancelled, OrderReleased, OrderSubmitted
from orders.models import Order


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    for event in (OrderSubmitted, OrderReleased, LinesCancelled):
        monkeypatch.setitem(ON, event, [])


@pytest.fixture
def released(draft, now, actor):
    services.submit_order(draft.pk, at=now, actor=actor)
    return services.release_order(draft.pk, at=now, actor=actor)


def told(browser, response):
    return [str(message) for message in response.wsgi_request._messages]


def test_submits_a_draft(sales_rep, draft):
    Order.objects.filter(pk=draft.pk).update(requested_on="2030-11-25")
    draft.lines.update(requested_on="2030-11-25")

    response = sales_rep.post(f"/orders/{draft.number}/submit/")

    assert response.headers["Location"] == f"/orders/{draft.number}/"
    assert told(sales_rep, response) == [f"{draft.number} is submitted."]
    assert Order.objects.get(pk=draft.pk).state == "submitted"


def test_says_why_a_draft_cannot_be_submitted(sales_rep, draft):
    draft.lines.all().delete()

    response = sales_rep.post(f"/orders/{draft.number}/submit/")

    assert "Add at least one line." in told(sales_rep, response)[0]
    assert Order.objects.get(pk=draft.pk).state == "draft"


def test_cancels_a_part_of_a_line(sales_rep, released):
    line = released.lines.get(position=1)

    sales_rep.post(f"/orders/{released.number}/lines/{line.pk}/cancel/", {"quantity": "3"})

    line.refresh_from_db()
    assert line.cancelled == 3


def test_cancels_all_of_a_line(sales_rep, released):
    line = released.lines.get(position=1)

    sales_rep.post(f"/orders/{released.number}/lines/{line.pk}/cancel/")

    line.refresh_from_db()
    assert line.cancelled == 10


def test_refuses_a_quantity_that_is_none(sales_rep, released):
    line = released.lines.get(position=1)

    response = sales_rep.post(
        f"/orders/{released.number}/lines/{line.pk}/cancel/", {"quantity": "all"}
    )

    line.refresh_from_db()
    assert told(sales_rep, response) == ["Enter a number."]
    assert line.cancelled == 0


def test_touches_no_line_of_another_order(sales_rep, released):
    response = sales_rep.post(f"/orders/{released.number}/lines/0/cancel/")

    assert response.status_code == 404


def test_puts_a_draft_away(sales_rep, draft):
    sales_rep.post(f"/orders/{draft.number}/discard/")

    assert Order.objects.get(pk=draft.pk).state == "cancelled"


def test_orders_the_same_again(sales_rep, released):
    response = sales_rep.post(f"/orders/{released.number}/again/")

    new = Order.objects.latest("pk")
    assert response.headers["Location"] == f"/orders/{new.number}/edit/"
    assert (new.state, new.note) == ("draft", f"As {released.number}.")
    assert [line.ordered for line in new.lines.order_by("position")] == [Decimal(10), Decimal(4)]
    assert Order.objects.get(pk=released.pk).state == "released"


@pytest.mark.parametrize("name", ["submit", "discard", "again"])
def test_visitor_changes_nothing(visitor, draft, name):
    response = visitor.post(f"/orders/{draft.number}/{name}/")

    assert response.status_code == 403
    assert list(Order.objects.values_list("pk", "state")) == [(draft.pk, "draft")]


def test_auditor_cancels_no_line(auditor, released):
    line = released.lines.get(position=1)

    response = auditor.post(f"/orders/{released.number}/lines/{line.pk}/cancel/")

    line.refresh_from_db()
    assert (response.status_code, line.cancelled) == (403, 0)


@pytest.mark.parametrize("name", ["submit", "discard", "again"])
def test_is_not_done_by_a_link(sales_rep, draft, name):
    assert sales_rep.get(f"/orders/{draft.number}/{name}/").status_code == 405


def test_unknown_order_is_not_found(sales_rep):
    assert sales_rep.post("/orders/SO-0/cancel/").status_code == 404


def test_orders_so_much_of_one_line_again(sales_rep, draft):
    sales_rep.post(f"/orders/{draft.number}/again/", {"only": ["1:1.5"]})

    [line] = Order.objects.latest("pk").lines.all()
    assert (line.product_id, line.ordered) == (draft.lines.get(position=1).product_id, 1.5)


@pytest.mark.parametrize("only", ["", "1", "x:1", "²:1", "1:x", "1:-1", "9999999:1", "99:1", "1:0"])
def test_says_what_cannot_be_ordered_again(only, sales_rep, draft):
    response = sales_rep.post(f"/orders/{draft.number}/again/", {"only": only})

    assert response.headers["Location"] == f"/orders/{draft.number}/"
    assert len(told(sales_rep, response)) == 1
    assert Order.objects.get() == draft
