"""The door for web shops: signed, once, small enough."""

from functools import partial

import pytest
from django.db import IntegrityError

from o2c.kernel.models import OutboxMessage, StoredFile
from orders.models import IntakeDocument, Order, ShopEvent
from orders.shop import receiving
from orders.shop.payload import moment_of
from tests.factories import NOW
from tests.orders.shop.payloads import shopify_headers, shopify_order, woocommerce_order
from tests.race import meanwhile

pytestmark = pytest.mark.django_db


def test_a_signed_order_becomes_an_order(shop, send):
    response = send(shop, shopify_order())

    order = Order.objects.get()
    assert (response.status_code, response.json()) == (
        200,
        {"kept": True, "new": True},
    )
    assert (order.channel, order.customer_po, order.state) == ("shop", "#1001", "released")
    assert list(order.lines.order_by("position").values_list("sku", "ordered")) == [
        ("85123A", 2),
        ("71053", 4),
    ]
    event = ShopEvent.objects.get()
    assert (event.outcome, event.document.order) == ("ordered", order)
    assert (event.document.channel, event.document.sender) == ("shop", shop.public_id)
    assert [found["rule"] for found in event.document.findings] == ["charge_line"]


def test_woocommerce_is_signed_the_same_way(connect, send):
    shop = connect("woocommerce")

    response = send(shop, woocommerce_order())

    assert response.status_code == 200
    assert Order.objects.get().customer_po == "PO-88"


def test_a_message_that_is_sent_again_changes_nothing(shop, send):
    send(shop, shopify_order())

    response = send(shop, shopify_order())

    assert (response.status_code, response.json()) == (200, {"kept": False, "new": False})
    assert (Order.objects.count(), ShopEvent.objects.count()) == (1, 1)
    assert IntakeDocument.objects.count() == 1


def test_the_same_order_under_a_new_id_is_no_second_order(shop, send):
    send(shop, shopify_order())

    send(shop, shopify_order(), event="evt-2")

    assert Order.objects.count() == 1
    assert ShopEvent.objects.get(event_id="evt-2").outcome == "unchanged"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Shopify-Hmac-Sha256": "AAAA", "X-Shopify-Webhook-Id": "evt-1"},
        {"X-Shopify-Hmac-Sha256": "ä" * 44, "X-Shopify-Webhook-Id": "evt-1"},
        shopify_headers(shopify_order(), secret="guessed"),
        shopify_headers(shopify_order(note="another body")),
    ],
    ids=["none", "short", "not ASCII", "another secret", "another body"],
)
def test_a_wrong_signature_is_counted_and_nothing_kept(shop, send, headers):
    response = send(shop, shopify_order(), headers=headers)

    shop.refresh_from_db()
    assert (response.status_code, response.json()["code"]) == (401, "signature_wrong")
    assert shop.refused_count == 1
    assert shop.last_refused_at is not None
    assert not ShopEvent.objects.exists()
    assert not StoredFile.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_message_that_is_too_large_is_refused_unread(shop, send, settings):
    settings.SHOP_MAX_BYTES = 100

    response = send(shop, shopify_order())

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert not ShopEvent.objects.exists()


def test_a_signed_message_needs_an_id(shop, send):
    headers = {**shopify_headers(shopify_order()), "X-Shopify-Webhook-Id": ""}

    response = send(shop, shopify_order(), headers=headers)

    assert response.status_code == 422
    assert not ShopEvent.objects.exists()


def test_unknown_and_inactive_shops_are_not_there(shop, send):
    type(shop).objects.update(is_active=False)

    response = send(shop, shopify_order())

    assert response.status_code == 404
    assert not ShopEvent.objects.exists()


def test_an_unknown_topic_is_kept_as_no_order(shop, send):
    response = send(shop, b'{"id": 1, "title": "Valve"}', topic="products/update")

    document = IntakeDocument.objects.get()
    assert response.status_code == 200
    assert (document.purpose, document.state) == ("other", "parsed")
    assert ShopEvent.objects.get().outcome == "kept"
    assert not Order.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b'{"id": null}', b"\xff\xfe"])
def test_nonsense_that_is_signed_is_kept_and_rejected(shop, send, body):
    response = send(shop, body)

    assert response.status_code == 200
    assert ShopEvent.objects.get().outcome == "rejected"
    assert not Order.objects.exists()


def test_woocommerce_may_ask_whether_somebody_is_there(connect, send):
    response = send(connect("woocommerce"), b"webhook_id=12", headers={})

    assert (response.status_code, response.json()) == (200, {"kept": False, "new": False})
    assert not ShopEvent.objects.exists()


@pytest.fixture
def race(transactional_db, connect, monkeypatch):
    """Receive a message, and once more when it is claimed; its file is here already."""
    shop, body = connect("shopify"), shopify_order()
    receiving.files.store(body, name="order.json", media_type="application/json")
    receive = partial(receiving.receive, shop, headers=shopify_headers(body), body=body, at=NOW)
    return lambda: meanwhile(monkeypatch, (receiving, "publish"), receive, receive)


@pytest.mark.django_db(transaction=True)
def test_two_twins_at_once_are_one_message(race):
    answers = race()

    assert [answer.is_new for answer in answers] == [True, False]
    assert ShopEvent.objects.count() == 1
    assert OutboxMessage.objects.filter(event__endswith="ShopMessageKept").count() == 1


@pytest.mark.django_db(transaction=True)
def test_race_is_real_without_the_claim(race, monkeypatch):
    """Guards the test above: both write it, and only the database's own rule stands in the way."""
    claim = receiving.CLAIM.replace("ON CONFLICT (shop_id, event_id) DO NOTHING ", "")
    monkeypatch.setattr(receiving, "CLAIM", claim)

    answer, refusal = race()

    assert answer.is_new
    assert isinstance(refusal, IntegrityError)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"])
def test_a_moment_outside_of_the_calendar_counts_as_none(moment):
    assert moment_of(moment) is None
