"""The page on which an order, or a part of it, is cancelled."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment import services as fulfillment
from fulfillment.models import PickList
from invoicing import services as invoicing
from o2c.kernel.invariants import check_all
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.invoicing import shipped

WHO = {"at": shipped.NOW, "actor": shipped.ACTOR}


@pytest.fixture
def customer(company):
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(100000))
    return customer


@pytest.fixture
def order(customer) -> Order:
    """10 and 4 at 50.00 EUR, all in stock."""
    return shipped.place(customer, ("10", "50"), ("4", "50"))


def path(order):
    return f"/orders/{order.number}/cancellation/"


def entries(order, *quantities, reason="customer"):
    lines = order.lines.order_by("position")
    sent = {f"line-{line.pk}": text for line, text in zip(lines, quantities, strict=True)}
    return {**sent, "reason": reason, "note": ""}


def test_cancels_all_of_an_order(sales_rep, order):
    assert "all of it can be cancelled" in sales_rep.get(path(order)).content.decode()

    sales_rep.post(path(order), entries(order, "10", "4", reason="duplicate"))

    found = Order.objects.get(pk=order.pk)
    assert (found.state, found.cancel_reason) == ("cancelled", "duplicate")
    assert check_all() == []


def test_cancels_parts_of_several_lines_at_once(sales_rep, order):
    sales_rep.post(path(order), entries(order, "3", "4"))

    cancelled = order.lines.order_by("position").values_list("cancelled", "allocated")
    assert list(cancelled) == [(3, 7), (4, 0)]
    assert check_all() == []


def test_stops_the_pick_list_that_nobody_has_begun(sales_rep, order):
    [picks] = fulfillment.release_pick_lists(order.pk, **WHO)
    page = sales_rep.get(path(order)).content.decode()
    assert picks.number in page
    assert "it is stopped with the cancellation" in page

    sales_rep.post(path(order), entries(order, "10", "4"))

    assert Order.objects.get(pk=order.pk).state == "cancelled"
    assert PickList.objects.get().state == "cancelled"
    assert check_all() == []


def test_says_to_stop_the_list_of_which_something_is_taken(sales_rep, order):
    [picks] = fulfillment.release_pick_lists(order.pk, **WHO)
    fulfillment.start_pick(picks.pk, picker_id=None, **WHO)
    sku = order.lines.get(position=1).sku
    fulfillment.scan(picks.pk, code=sku, quantity=Decimal(1), **WHO)

    page = sales_rep.get(path(order)).content.decode()
    response = sales_rep.post(path(order), entries(order, "10", "4"))

    assert "Something of it is taken. Stop it first" in page
    assert response.status_code == 422
    assert Order.objects.get(pk=order.pk).state == "fulfilling"


def test_says_what_undoes_what_has_left_and_is_billed(sales_rep, customer):
    order = shipped.place(customer, ("10", "50"), in_stock="6")
    shipped.ready()
    shipment = shipped.leave(shipped.pack(order))
    [invoice] = invoicing.bill_shipment(shipment.pk, **WHO)

    page = sales_rep.get(path(order)).content.decode()
    sales_rep.post(path(order), entries(order, "4"))

    assert all(text in page for text in (shipment.number, invoice.number, "a credit memo"))
    assert "comes back as a return" in page
    line = order.lines.get()
    assert (line.cancelled, line.shipped, Order.objects.get().state) == (4, 6, "invoiced")
    assert check_all() == []


@pytest.mark.parametrize(
    ("quantities", "reason", "message"),
    [
        (("", ""), "customer", "Enter how much of a line is cancelled"),
        (("11", ""), "customer", "10 can still be cancelled"),
        (("-1", ""), "customer", "SKU-"),
        (("some", ""), "customer", "Enter a number"),
        (("1", ""), "whim", "Choose a reason"),
    ],
)
def test_says_what_is_wrong_and_changes_nothing(sales_rep, order, quantities, reason, message):
    response = sales_rep.post(path(order), entries(order, *quantities, reason=reason))

    assert response.status_code in {409, 422}
    assert message in response.content.decode()
    assert not order.lines.exclude(cancelled=0).exists()


def test_is_offered_on_the_page_of_the_order(sales_rep, order):
    page = sales_rep.get(f"/orders/{order.number}/").content.decode()

    assert f'href="{path(order)}"' in page
    assert f'href="/orders/{order.number}/change/"' in page


def test_takes_as_many_statements_with_twenty_lines_as_with_one(sales_rep, customer):
    counted = []
    for lines in (1, 20):
        order = shipped.place(customer, *[("2", "1")] * lines)
        fulfillment.release_pick_lists(order.pk, **WHO)
        sales_rep.get(path(order))
        with CaptureQueriesContext(connection) as captured:
            assert sales_rep.get(path(order)).status_code == 200
        counted.append(len(captured))

    assert counted[0] == counted[1]
