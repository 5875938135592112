"""Stock and order status go back to the shop: asked of a real server that notes each call."""

from decimal import Decimal

import pytest

from catalog.models import Product
from fulfillment.models import ShopStock, StockLevel
from fulfillment.services.shop_stock import tell_shops
from o2c.kernel.models import OutboxMessage
from o2c.kernel.outbox import deliver_due
from orders.models import Order
from orders.services import cancel_order
from orders.shop import services
from orders.shop.kinds import adapter_of
from orders.shop.web import ShopAway, ShopRefused
from tests.factories import NOW, StockLevelFactory
from tests.orders.shop.payloads import shopify_order, woocommerce_order

pytestmark = pytest.mark.django_db

LOCATIONS = {"nodes": [{"id": "gid://shopify/Location/1"}]}
DONE = {"userErrors": []}


@pytest.fixture
def shopify(connect, far_side):
    return connect("shopify", base_url=far_side.url, token="shpat_1")


@pytest.fixture
def woocommerce(connect, far_side):
    return connect("woocommerce", base_url=f"{far_side.url}/shop", token="ck_1:cs_2")


def test_shopify_is_told_that_an_order_is_confirmed(shopify, far_side, send):
    far_side.replies["tagsAdd"] = (200, {"data": {"tagsAdd": DONE}})

    send(shopify, shopify_order())

    (call,) = far_side.calls
    assert (call["path"], call["token"]) == ("/admin/api/2026-01/graphql.json", "shpat_1")
    assert call["body"]["variables"] == {
        "id": "gid://shopify/Order/820982911946154508",
        "tags": ["confirmed by supplier"],
    }


def test_a_cancelled_order_is_cancelled_in_shopify_once(shopify, far_side, send, actor):
    far_side.replies["tagsAdd"] = (200, {"data": {"tagsAdd": DONE}})
    found = {"cancelledAt": None, "fulfillmentOrders": {"nodes": []}}
    far_side.replies["query ($id"] = (200, {"data": {"order": found}})
    far_side.replies["orderCancel"] = (200, {"data": {"orderCancel": DONE}})
    send(shopify, shopify_order())
    far_side.calls.clear()

    cancel_order(Order.objects.get().pk, reason="customer", at=NOW, actor=actor)
    deliver_due(limit=20)

    asked = [call["body"]["query"].split("(")[1] for call in far_side.calls]
    assert len(asked) == 2
    assert "orderCancel" in far_side.calls[1]["body"]["query"]
    found["cancelledAt"] = "2026-11-18T09:00:00Z"
    adapter_of(shopify).push_status("820982911946154508", "cancelled")
    assert len(far_side.calls) == 3  # looked, and found it done


def test_a_shipped_order_is_fulfilled_in_shopify_where_it_is_open(shopify, far_side):
    waiting = [
        {"id": "gid://shopify/FulfillmentOrder/1", "status": "OPEN"},
        {"id": "gid://shopify/FulfillmentOrder/2", "status": "CLOSED"},
    ]
    order = {"cancelledAt": None, "fulfillmentOrders": {"nodes": waiting}}
    far_side.replies["query ($id"] = (200, {"data": {"order": order}})
    far_side.replies["fulfillmentCreate"] = (200, {"data": {"fulfillmentCreate": DONE}})

    adapter_of(shopify).push_status("1", "shipped")

    lines = far_side.calls[1]["body"]["variables"]["fulfillment"]["lineItemsByFulfillmentOrder"]
    assert lines == [{"fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1"}]


def test_woocommerce_is_told_once(woocommerce, far_side, send):
    far_side.replies["GET /shop/wp-json/wc/v3/orders/727"] = (200, {"id": 727, "status": "pending"})
    far_side.replies["PUT /shop/wp-json/wc/v3/orders/727"] = (200, {"id": 727})

    send(woocommerce, woocommerce_order())

    assert [call["method"] for call in far_side.calls] == ["GET", "PUT"]
    assert far_side.calls[1]["body"] == {"status": "processing"}
    assert far_side.calls[1]["token"] == "Basic Y2tfMTpjc18y"


def test_a_shop_that_is_away_is_told_later(shopify, far_side, send):
    far_side.replies["tagsAdd"] = (503, {})

    send(shopify, shopify_order())

    waiting = OutboxMessage.objects.get(handler="orders.shop.handlers.push_shop_status")
    assert (waiting.delivered_at, waiting.attempts) == (None, 1)
    assert "busy (503)" in waiting.error
    assert Order.objects.get().state == "released"


def test_stock_is_told_where_it_changed_and_not_again(shopify, far_side):
    variants = [
        {"sku": "85123A", "inventoryItem": {"id": "gid://shopify/InventoryItem/5"}},
    ]
    reply = {"data": {"productVariants": {"nodes": variants}, "locations": LOCATIONS}}
    far_side.replies["productVariants"] = (200, reply)
    far_side.replies["inventorySetQuantities"] = (200, {"data": {"inventorySetQuantities": DONE}})
    StockLevel.objects.filter(product__sku="85123A").update(on_hand=Decimal("12.7"), allocated=2)

    first, second = tell_shops(at=NOW), tell_shops(at=NOW)

    assert (first, second) == ({shopify.public_id: 2}, {shopify.public_id: 0})
    assert far_side.calls[0]["body"]["variables"]["search"] == 'sku:"71053" OR sku:"85123A"'
    assert far_side.calls[1]["body"]["variables"]["input"]["quantities"] == [
        {
            "inventoryItemId": "gid://shopify/InventoryItem/5",
            "locationId": "gid://shopify/Location/1",
            "quantity": 10,
            "changeFromQuantity": None,
        }
    ]
    assert len(far_side.calls) == 2


def test_variations_of_woocommerce_are_set_at_their_product(woocommerce, far_side):
    found = [
        {"id": 5, "sku": "85123A", "parent_id": 0},
        {"id": 6, "sku": "71053", "parent_id": 4},
    ]
    far_side.replies["GET /shop/wp-json/wc/v3/products"] = (200, found)
    far_side.replies["batch"] = (200, {"update": []})

    tell_shops(at=NOW)

    told = {call["path"]: call["body"] for call in far_side.calls[1:]}
    assert told == {
        "/shop/wp-json/wc/v3/products/batch": {
            "update": [{"id": 5, "manage_stock": True, "stock_quantity": 100000}]
        },
        "/shop/wp-json/wc/v3/products/4/variations/batch": {
            "update": [{"id": 6, "manage_stock": True, "stock_quantity": 100000}]
        },
    }


def test_a_shop_that_refuses_the_stock_is_told_again_next_time(shopify, far_side):
    far_side.replies["productVariants"] = (200, {"errors": [{"message": "Throttled"}]})

    assert tell_shops(at=NOW) == {shopify.public_id: 0}
    assert not ShopStock.objects.exists()
    assert tell_shops(at=NOW) == {shopify.public_id: 0}
    assert len(far_side.calls) == 2


def test_what_is_sold_no_more_is_told_as_none(woocommerce, far_side):
    far_side.replies["GET /shop/wp-json/wc/v3/products"] = (200, [])
    tell_shops(at=NOW)
    Product.objects.filter(sku="71053").update(status="discontinued")

    told = tell_shops(at=NOW)

    assert told == {woocommerce.public_id: 1}
    assert ShopStock.objects.get(product__sku="71053").told == 0


def test_the_number_of_statements_does_not_grow_with_the_products(
    woocommerce, far_side, django_assert_num_queries
):
    far_side.replies["GET /shop/wp-json/wc/v3/products"] = (200, [])
    for _product in range(20):
        StockLevelFactory.create()

    with django_assert_num_queries(7):  # shops, savepoint twice, claim, company, changes, note
        tell_shops(at=NOW)


def test_a_redirect_is_not_followed(shopify, far_side):
    elsewhere = {"Location": f"{far_side.url}/elsewhere"}
    far_side.replies["shop { name }"] = (302, {}, elsewhere)

    with pytest.raises(ShopRefused, match="302"):
        services.greet(shopify)

    assert len(far_side.calls) == 1


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1", "https://localhost", "https://[::1]", "https://10.0.0.1"]
)
def test_nobody_turns_us_to_a_private_address(connect, settings, address):
    settings.SHOP_PRIVATE_HOSTS = []
    shop = connect("shopify", base_url=address, token="shpat_1")

    with pytest.raises(ShopRefused, match="public Internet"):
        services.greet(shop)


def test_a_shop_is_asked_by_https_only(connect):
    shop = connect("shopify", base_url="http://shop.example", token="shpat_1")

    with pytest.raises(ShopRefused, match="https"):
        services.greet(shop)


def test_a_shop_that_is_not_there_is_away(shopify, far_side):
    far_side.replies["shop { name }"] = (500, {})

    with pytest.raises(ShopAway):
        services.greet(shopify)
