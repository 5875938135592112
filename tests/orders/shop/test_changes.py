"""What later messages of a shop make of an order."""

from decimal import Decimal

import pytest

from o2c.kernel.models import AuditEntry
from orders.models import IntakeDocument, Order, ShopEvent
from orders.shop.taking import replay
from tests.factories import NOW
from tests.orders.shop.payloads import lines_of, shopify_order, woocommerce_order

pytestmark = pytest.mark.django_db
LATER = "2026-11-18T08:05:00Z"


def outcome(event):
    return ShopEvent.objects.get(event_id=event).outcome


def test_an_echo_changes_nothing(shop, send):
    send(shop, shopify_order())
    before = AuditEntry.objects.filter(subject__startswith="order:").count()

    send(shop, shopify_order(updated_at=LATER), topic="orders/updated", event="evt-2")

    assert outcome("evt-2") == "unchanged"
    assert AuditEntry.objects.filter(subject__startswith="order:").count() == before


def test_a_cancellation_cancels_what_is_not_picked(shop, send):
    send(shop, shopify_order())
    body = shopify_order(cancelled_at=LATER, updated_at=LATER)

    send(shop, body, topic="orders/cancelled", event="evt-2")

    assert outcome("evt-2") == "cancelled"
    assert Order.objects.get().state == "cancelled"


def test_a_cancelled_status_of_woocommerce_is_a_cancellation(connect, send):
    shop = connect("woocommerce")
    send(shop, woocommerce_order())
    body = woocommerce_order(status="cancelled", date_modified_gmt="2026-11-18T09:00:00")

    send(shop, body, topic="order.updated", event="dlv-2")

    assert (outcome("dlv-2"), Order.objects.get().state) == ("cancelled", "cancelled")


def test_a_deleted_order_is_cancelled_by_its_key_alone(connect, send):
    shop = connect("woocommerce")
    send(shop, woocommerce_order())

    send(shop, b'{"id": 727}', topic="order.deleted", event="dlv-2")

    assert (outcome("dlv-2"), Order.objects.get().state) == ("cancelled", "cancelled")


def test_an_older_version_that_comes_late_is_left_alone(shop, send):
    send(shop, shopify_order(updated_at=LATER), topic="orders/updated", event="evt-2")

    send(shop, shopify_order(), event="evt-1")

    assert (outcome("evt-2"), outcome("evt-1")) == ("ordered", "outdated")
    assert Order.objects.count() == 1


def test_a_buyer_whom_nobody_knows_waits_for_a_person_and_can_be_taken_in_again(
    connect, send, books, actor
):
    shop = connect("shopify", buyers={})
    send(shop, shopify_order())
    event = ShopEvent.objects.get()
    assert event.outcome == "review"
    assert [found["rule"] for found in event.document.findings][-1] == "unknown_customer"
    type(shop).objects.update(default_customer=books)

    replay(event.pk, at=NOW, actor=actor)
    send(shop, b"{}", event="evt-9", topic="x")  # the worker runs

    event.refresh_from_db()
    assert event.outcome == "ordered"
    assert Order.objects.get().customer == books
    assert sorted(IntakeDocument.objects.values_list("state", flat=True)) == [
        "accepted",
        "parsed",
        "rejected",
    ]


def test_a_company_names_the_buyer_too(connect, send, books):
    shop = connect("shopify", buyers={"HOLLIS  water": books.pk})

    send(shop, shopify_order(email="new@hollis.example"))

    assert Order.objects.get().customer == books


def test_a_discount_is_seen_as_another_price(shop, send):
    lines = lines_of(shopify_order())
    lines[0]["discount_allocations"] = [{"amount": "10.00"}]

    send(shop, shopify_order(line_items=lines))

    assert outcome("evt-1") == "review"
    rules = [found["rule"] for found in IntakeDocument.objects.get().findings]
    assert "price_differs" in rules
    assert not Order.objects.exists()


def test_prices_with_tax_inside_are_taken_without_it(shop, send):
    lines = lines_of(shopify_order())
    lines[0]["price"], lines[0]["tax_lines"] = "59.50", [{"price": "19.00"}]
    lines[1]["price"], lines[1]["tax_lines"] = "3.03", [{"price": "1.93"}]

    send(shop, shopify_order(line_items=lines, taxes_included=True))

    assert outcome("evt-1") == "ordered"
    assert Order.objects.get().net_amount == Decimal("110.20")


def test_a_test_order_is_for_a_person(shop, send):
    send(shop, shopify_order(test=True))

    assert outcome("evt-1") == "review"
    assert not Order.objects.exists()


def test_a_changed_order_changes_ours(shop, send):
    send(shop, shopify_order())
    lines = lines_of(shopify_order())
    lines[0]["quantity"] = lines[0]["current_quantity"] = 3
    lines[1]["current_quantity"] = 0
    body = shopify_order(line_items=lines, updated_at=LATER)

    send(shop, body, topic="orders/updated", event="evt-2")

    order = Order.objects.get()
    assert outcome("evt-2") == "changed"
    assert [
        (line.sku, line.ordered - line.cancelled) for line in order.lines.order_by("position")
    ] == [("85123A", 3), ("71053", 0)]
    assert ShopEvent.objects.get(event_id="evt-2").document.order == order


def test_a_product_that_is_added_in_the_shop_is_added_to_ours(connect, send):
    shop = connect("woocommerce")
    send(shop, woocommerce_order())
    pump = {"id": 316, "sku": "71053", "quantity": 4, "total": "10.20"}
    body = woocommerce_order(
        line_items=[*lines_of(woocommerce_order()), pump],
        date_modified_gmt="2026-11-18T09:00:00",
    )

    send(shop, body, topic="order.updated", event="dlv-2")

    assert outcome("dlv-2") == "changed"
    assert list(Order.objects.get().lines.order_by("position").values_list("sku", "ordered")) == [
        ("85123A", 2),
        ("71053", 4),
    ]


def test_a_change_that_cannot_be_waits_for_a_person_and_changes_nothing(shop, send):
    send(shop, shopify_order())
    lines = lines_of(shopify_order())
    lines[0]["sku"] = "NO-SUCH"
    body = shopify_order(line_items=lines, updated_at=LATER)

    send(shop, body, topic="orders/updated", event="evt-2")

    document = ShopEvent.objects.get(event_id="evt-2").document
    assert (outcome("evt-2"), document.purpose) == ("review", "change")
    assert [
        (row["rule"], row["field"]) for row in document.findings if row["severity"] == "block"
    ] == [("unknown_product", "lines.0.sku")]
    assert Order.objects.get().revision == 1


def test_an_order_that_was_cancelled_before_we_saw_it_is_kept_only(shop, send):
    send(shop, shopify_order(cancelled_at=LATER))

    assert outcome("evt-1") == "kept"
    assert not Order.objects.exists()
