"""Nobody sees, and nobody changes, what belongs to another customer."""

import pytest
from django.urls import URLPattern, get_resolver

from customers.portal import OWN
from o2c.kernel.models import AuditEntry
from orders.models import Order
from tests.factories import OrderFactory, OrderLineFactory
from tests.test_authorisation import ROUTES

pytestmark = pytest.mark.django_db


def portal_routes():
    """Return every portal route below /portal/orders/ that names an order."""
    resolvers = [row for row in get_resolver().url_patterns if "portal/orders/" in str(row.pattern)]
    (resolver,) = resolvers
    return [
        str(pattern.pattern)
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern) and "number" in str(pattern.pattern)
    ]


def test_every_portal_route_is_guarded_by_belonging_to_a_customer():
    paths = [(path, view) for path, view in ROUTES if path.startswith("portal/")]

    assert len(paths) >= 10
    assert {view.required_permission for _path, view in paths} == {OWN}


def test_everything_of_another_customer_is_not_there(buyer, stranger, filled):
    buyer.post("/portal/orders/new/", filled())
    buyer.post("/portal/orders/new/", filled(do="keep", token="t-2", customer_po="4500-2"))
    before = (AuditEntry.objects.count(), list(Order.objects.values_list("state", "revision")))
    numbers = list(Order.objects.values_list("number", flat=True))
    paths = portal_routes()

    answers = [
        method(f"/portal/orders/{path.replace('<str:number>', number)}").status_code
        for number in numbers
        for path in paths
        for method in (stranger.get, stranger.post)
    ]

    assert len(paths) == 4
    assert set(answers) == {404, 405}
    assert stranger.get("/portal/orders/new/", {"again": numbers[0]}).status_code == 404
    assert before == (
        AuditEntry.objects.count(),
        list(Order.objects.values_list("state", "revision")),
    )


def test_lists_hold_own_orders_only(buyer, stranger, filled):
    buyer.post("/portal/orders/new/", filled())
    number = Order.objects.get().number

    assert number in buyer.get("/portal/orders/").content.decode()
    assert number in buyer.get("/portal/orders/", {"q": "4500"}).content.decode()
    assert number not in stranger.get("/portal/orders/").content.decode()
    assert number not in stranger.get("/portal/orders/", {"q": "4500"}).content.decode()


def test_our_own_drafts_are_not_theirs_to_see(buyer, customer):
    draft = OrderFactory.create(customer=customer)

    assert draft.number not in buyer.get("/portal/orders/").content.decode()
    assert buyer.get(f"/portal/orders/{draft.number}/").status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_the_same_however_many_there_are(
    buyer, customer, count, django_assert_num_queries
):
    for _order in range(count):
        OrderFactory.create(customer=customer, channel="portal")
    buyer.get("/portal/orders/")

    with django_assert_num_queries(8):
        buyer.get("/portal/orders/")


@pytest.mark.parametrize("count", [1, 20])
def test_an_order_and_a_basket_ask_the_same_however_many_lines_there_are(
    buyer, filled, count, django_assert_num_queries
):
    lines = {"lines-count": str(count)}
    for place in range(count):
        product = OrderLineFactory.create(order=OrderFactory.create()).product
        lines |= {f"lines-{place}-sku": product.sku, f"lines-{place}-quantity": "1"}
    buyer.post("/portal/orders/new/", filled() | lines)
    number = Order.objects.get(channel="portal").number

    with django_assert_num_queries(9):
        buyer.get(f"/portal/orders/{number}/")
    with django_assert_num_queries(19):
        buyer.get("/portal/orders/new/", {"again": number})
