"""Who may call the API, and what of."""

from datetime import timedelta

import pytest

from customers.authentication import SCOPES, ApiKeyThrottle
from customers.models import ApiKey
from o2c.kernel.models import AuditEntry, IdempotencyKey
from orders.models import Order
from tests.api.conftest import Api, ship_and_bill
from tests.factories import NOW

LINES = {"lines": [{"sku": "KV-080", "quantity": "1"}]}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer o2c_unknown", "Basic dXNlcjpwYXNz", "Bearer \xff", "bearer  "],
)
def test_asks_for_a_key(api, valve, header):
    api.headers = {"Authorization": header} if header else {}

    listed = api.get("orders")
    placed = api.post("orders", LINES)

    for response in (listed, placed):
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.headers["Content-Type"] == "application/problem+json"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "values", [{"expires_at": NOW - timedelta(seconds=1)}, {"revoked_at": NOW}]
)
def test_refuses_an_expired_or_revoked_key(customer, valve, key_of, document, at_noon, values):
    api = Api(key_of(customer, *SCOPES, **values), document)

    response = api.post("orders", LINES)

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert not Order.objects.exists()


def test_refuses_the_key_of_an_inactive_customer(api, customer, valve):
    customer.is_active = False
    customer.save()

    assert api.post("orders", LINES).status_code == 401
    assert not Order.objects.exists()


def test_keeps_only_the_hash_of_a_key(api):
    secret = api.headers["Authorization"].removeprefix("Bearer ")

    kept = {str(value) for row in ApiKey.objects.values() for value in row.values()}

    assert secret not in kept


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["orders:read"], "get", "orders", 200),
        (["orders:read"], "get", "products", 403),
        (["orders:read"], "get", "shipments", 403),
        (["orders:read"], "get", "invoices", 403),
        (["orders:read"], "get", "invoices/inv_1", 403),
        (["orders:read"], "get", "invoices/inv_1/pdf", 403),
        (["orders:read"], "get", "pro-formas", 403),
        (["orders:read"], "get", "pro-formas/pf_1", 403),
        (["orders:read"], "get", "pro-formas/pf_1/pdf", 403),
        (["orders:read"], "post", "orders", 403),
        (["orders:read"], "post", "orders/ord_1/cancellations", 403),
        (["orders:write"], "get", "orders", 403),
        (["orders:write"], "post", "orders", 201),
        (["products:read"], "get", "products", 200),
        (["products:read"], "get", "products/KV-080", 200),
        (["shipments:read"], "get", "shipments", 200),
        (["returns:read"], "get", "returns", 200),
        (["returns:read"], "post", "returns", 403),
        (["shipments:read"], "get", "returns", 403),
        (["invoices:read"], "get", "invoices", 200),
        (["invoices:read"], "get", "pro-formas", 200),
        ([], "get", "orders", 403),
    ],
)
def test_does_what_the_scopes_of_the_key_cover(api, valve, scopes, method, path, status):
    ApiKey.objects.update(scopes=scopes)

    response = api.get(path) if method == "get" else api.post(path, LINES)

    assert response.status_code == status
    assert Order.objects.count() == (status == 201)


@pytest.fixture
def theirs(stranger):
    """An order of Rival Water with its shipment and its invoice."""
    shipment, invoice = ship_and_bill(stranger, ("2", "50.00"), customer_po="RIVAL-1")
    return invoice.order, shipment, invoice


def test_another_customers_documents_do_not_exist(api, theirs):
    order, shipment, invoice = theirs

    answers = [
        api.get(f"orders/{order.public_id}"),
        api.get(f"shipments/{shipment.public_id}"),
        api.get(f"shipments/{shipment.public_id}/documents"),
        api.get(f"shipments/{shipment.public_id}/documents/delivery_note"),
        api.get(f"invoices/{invoice.public_id}"),
        api.get(f"invoices/{invoice.public_id}/pdf"),
        api.post(f"orders/{order.public_id}/cancellations", {"reason": "customer"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    order.refresh_from_db()
    assert order.state != "cancelled"


def test_lists_show_nothing_of_another_customer(api, strangers_api, theirs):
    order, shipment, _invoice = theirs
    paths = [
        *("orders", "shipments", "invoices", "orders?customer_po=RIVAL-1"),
        f"shipments?order={order.public_id}",
        f"invoices?order={order.public_id}",
        f"invoices?shipment={shipment.public_id}",
    ]

    ours = [len(api.get(path).json()["results"]) for path in paths]
    theirs_seen = [len(strangers_api.get(path).json()["results"]) for path in paths]

    assert ours == [0] * 7
    assert theirs_seen == [1] * 7


def test_slows_down_a_caller_in_a_loop(api, monkeypatch):
    monkeypatch.setattr(ApiKeyThrottle, "THROTTLE_RATES", {"api_key": "2/min"})

    answers = [api.get("orders") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61


@pytest.mark.parametrize("path", ["nothing", "orders/x/y/z", "orders/", ""])
def test_says_that_there_is_no_such_endpoint(api, path):
    response = api.client.get(f"/api/v1/{path}", headers=api.headers)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "orders"),
        ("patch", "orders/ord_1"),
        ("delete", "invoices/inv_1"),
        ("post", "products"),
    ],
)
def test_refuses_other_methods(api, method, path):
    call = getattr(api.client, method)
    response = call(f"/api/v1/{path}", "{}", content_type="application/json", headers=api.headers)

    assert response.status_code in (403, 405)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not AuditEntry.objects.filter(actor_kind="api_key").exists()
    assert not IdempotencyKey.objects.exists()


def test_answers_in_json_alone(api):
    response = api.get("orders", Accept="text/html")

    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"
