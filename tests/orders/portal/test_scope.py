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

    assert len(paths) == 5
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


def test_a_draft_that_our_people_make_of_a_portal_order_is_not_theirs(buyer, filled, sales_rep):
    buyer.post("/portal/orders/new/", filled())
    old = Order.objects.get()

    sales_rep.post(f"/orders/{old.number}/again/", {"token": "again-1"})

    draft = Order.objects.exclude(pk=old.pk).get()
    assert (draft.state, draft.channel) == ("draft", "rep")
    assert buyer.get(f"/portal/orders/{draft.number}/edit/").status_code == 404
    assert draft.number not in buyer.get("/portal/orders/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "1e999"},
        {"quantity": "NaN"},
        {"quantity": "9" * 5000},
        {"lines-count": "9" * 5000},
        {"sku": "KV\0080"},
        {"customer_po": "45\x0000"},
        {"note": "a\0b"},
        {"requested_on": "9999-12-31"},
        {"requested_on": "99999-12-31"},
        {"ship_to": "9" * 30},
        {"revision": "9" * 30},
        {"token": "t\0"},
        {"token": "t" * 5000},
        {"do": "remove-" + "9" * 5000},
        {"do": "add-\0"},
        {"do": "find", "q": "a\0b"},
        {"do": "paste", "pasted": "KV-080\t1e999"},
    ],
    ids=str,
)
def test_nonsense_is_answered_with_a_page(buyer, filled, wrong):
    answer = buyer.post("/portal/orders/new/", filled(**wrong))

    is_nul = "\0" in "".join(wrong.values())
    assert answer.status_code in ({400, 422, 200} if is_nul else {200, 302, 422})


@pytest.mark.parametrize(
    "path",
    ["?q=%00", "?after=9999999999999999999999", "%00/", "new/?again=%00", "find/?q=a%00b"],
)
def test_nonsense_in_an_address_is_answered_with_a_page(buyer, path):
    assert buyer.get(f"/portal/orders/{path}").status_code in {200, 400, 404}


@pytest.mark.parametrize("path", ["%00/", "%00/pdf/", "?after=" + "9" * 30])
def test_nonsense_in_a_quote_s_address_is_answered_with_a_page(buyer, path):
    assert buyer.get(f"/portal/quotes/{path}").status_code in {200, 400, 404}
