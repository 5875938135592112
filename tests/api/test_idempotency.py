"""A write happens once per Idempotency-Key."""

import json

import pytest

from o2c.kernel import clock
from o2c.kernel.models import IdempotencyKey
from orders import services
from orders.models import Order
from tests.factories import NOW
from tests.race import meanwhile

BODY = {"lines": [{"sku": "KV-080", "quantity": "1"}]}


def test_answers_a_repeat_with_the_first_response(api, valve):
    first = api.post("orders", BODY, key="k-1")
    again = api.post("orders", BODY, key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_refuses_the_key_for_another_request(api, valve):
    api.post("orders", BODY, key="k-1")

    other = {"lines": [{"sku": "KV-080", "quantity": "2"}]}
    response = api.post("orders", other, key="k-1")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("key", [None, "x" * 256])
def test_asks_for_a_usable_key(api, valve, key):
    response = api.post("orders", BODY, key=key)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert not Order.objects.exists()


def test_a_refused_request_leaves_its_key_free(api, valve):
    refused = api.post("orders", {"lines": [{"sku": "NO", "quantity": "1"}]}, key="k-1")
    mended = api.post("orders", BODY, key="k-1")

    assert (refused.status_code, mended.status_code) == (422, 201)
    assert IdempotencyKey.objects.count() == 1


def test_customers_do_not_share_keys(api, strangers_api, valve):
    ours = api.post("orders", BODY, key="k-1")
    theirs = strangers_api.post("orders", BODY, key="k-1")

    assert ours.json()["id"] != theirs.json()["id"]
    assert Order.objects.count() == 2


@pytest.fixture
def race(transactional_db, api, valve, monkeypatch):
    """Send a request, and again when the first has placed its order; return both answers."""

    def send():
        with clock.travel(NOW):
            return api.client.post(
                "/api/v1/orders",
                json.dumps(BODY),
                content_type="application/json",
                headers=api.headers | {"Idempotency-Key": "k-1"},
            )

    def run():
        answers = meanwhile(monkeypatch, (services, "place_order"), send, send)
        assert [answer.status_code for answer in answers] == [201, 201]
        return answers

    return run


def test_two_at_once_place_one_order(race):
    first, second = race()

    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_race_is_real_without_the_key(race, monkeypatch):
    """Guards the test above: without the claim both requests place an order."""
    monkeypatch.setattr("o2c.kernel.idempotency.once", lambda *, work, **_asked: work())

    first, second = race()

    assert first.json()["id"] != second.json()["id"]
    assert Order.objects.count() == 2
