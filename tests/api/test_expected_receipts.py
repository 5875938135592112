"""Our purchasing system says what will come, and reads what lies where."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import ExpectedReceipt
from o2c.kernel.models import AuditEntry, SystemKey
from o2c.kernel.system_keys import revoke_system_key
from tests.factories import (
    NOW,
    ExpectedReceiptFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)
from tests.invoicing.shipped import ACTOR

pytestmark = pytest.mark.django_db
BOTH = ("stock:read", "stock:write")


@pytest.fixture
def pump(db):
    return ProductFactory.create(sku="PX-210")


@pytest.fixture
def house(db):
    return WarehouseFactory.create()


def goods(**said):
    return {
        "reference": "PO-7",
        "warehouse": "MAIN",
        "sku": "PX-210",
        "quantity": "40",
        "expected_on": "2026-12-04",
    } | said


def test_announces_goods_and_another_day_of_them(system, pump, house):
    purchasing = system(*BOTH)

    first = purchasing.post("expected-receipts", {"receipts": [goods()]})
    again = purchasing.post(
        "expected-receipts", {"receipts": [goods(expected_on="2026-12-11", supplier="Nordic")]}
    )

    assert (first.status_code, again.status_code) == (200, 200)
    row = ExpectedReceipt.objects.get()
    [told] = again.json()["receipts"]
    assert told == {
        "id": row.pk,
        "reference": "PO-7",
        "supplier": "Nordic",
        "warehouse": "MAIN",
        "sku": "PX-210",
        "quantity": "40",
        "received": "0",
        "due": "40",
        "expected_on": "2026-12-11",
        "state": "open",
    }
    entries = AuditEntry.objects.filter(subject=f"expectedreceipt:{row.pk}").order_by("pk")
    assert [entry.action for entry in entries] == ["create", "change"]
    assert {entry.actor_name for entry in entries} == {"Purchasing"}


def test_same_key_announces_once(system, pump, house):
    purchasing = system(*BOTH)

    for _time in range(2):
        response = purchasing.post("expected-receipts", {"receipts": [goods()]}, key="k-1")

    assert response.headers["Idempotency-Replayed"] == "true"
    assert ExpectedReceipt.objects.count() == 1


@pytest.mark.parametrize(
    ("second", "pointer"),
    [
        (goods(sku="NONE"), "/receipts/1/sku"),
        (goods(warehouse="NONE"), "/receipts/1/warehouse"),
        (goods(reference="PO-8", quantity="0"), "/receipts/1/quantity"),
        (goods(reference="PO-8", quantity="-3"), "/receipts/1/quantity"),
        (goods(reference="PO-8", expected_on="9999-12-31"), "/receipts/1/expected_on"),
        (goods(), "/receipts/1/reference"),
        (goods(reference="CLOSED"), "/receipts/1/reference"),
        (goods(reference="PART", quantity="4"), "/receipts/1/quantity"),
    ],
)
def test_refuses_all_when_one_cannot_be(system, pump, house, second, pointer):
    ExpectedReceiptFactory.create(reference="CLOSED", product=pump, state="closed")
    ExpectedReceiptFactory.create(reference="PART", product=pump, received=5)

    response = system(*BOTH).post("expected-receipts", {"receipts": [goods(), second]})

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not ExpectedReceipt.objects.filter(reference="PO-7").exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"receipts": []}, {"receipts": "x"}, {"receipts": [goods(more=1)]}, {"lines": []}],
)
def test_refuses_what_is_not_as_documented(system, pump, house, body):
    assert system(*BOTH).post("expected-receipts", body).status_code == 400
    assert not ExpectedReceipt.objects.exists()


def test_closes_once_and_for_a_reason(system):
    purchasing = system(*BOTH)
    row = ExpectedReceiptFactory.create()
    address = f"expected-receipts/{row.pk}/closing"

    closed = purchasing.post(address, {"reason": "The supplier has given up."})
    again = purchasing.post(address, {"reason": "Again."})
    missing = purchasing.post(f"expected-receipts/{10**30}/closing", {"reason": "Gone."})

    assert (closed.status_code, closed.json()["state"], closed.json()["due"]) == (
        200,
        "closed",
        "0",
    )
    assert (again.status_code, again.json()["code"]) == (409, "not_expected")
    assert missing.status_code == 404


def test_lists_what_is_expected_in_as_many_statements_for_20_as_for_1(system):
    purchasing = system(*BOTH)
    ExpectedReceiptFactory.create()

    def count():
        with CaptureQueriesContext(connection) as captured:
            response = purchasing.get("expected-receipts", {"state": "open"})
        return len(captured), len(response.json()["results"])

    purchasing.get("stock")  # notes that the key is used today
    few = count()
    ExpectedReceiptFactory.create_batch(19)
    ExpectedReceiptFactory.create(state="closed")
    many = count()

    assert (few[1], many[1]) == (1, 20)
    assert few[0] == many[0]


def test_shows_what_lies_where_by_lot(system):
    lot = LotFactory.create(code="B-7", expires_on=date(2027, 5, 1))
    StockLevelFactory.create(product=lot.product, lot=lot)
    StockLevelFactory.create()

    [row] = system("stock:read").get("stock", {"sku": lot.product.sku}).json()["results"]

    assert (row["lot"], row["expires_on"], row["on_hand"], row["location"]) == (
        "B-7",
        "2027-05-01",
        "100",
        "A-01-01",
    )


def test_scope_says_what_a_key_may_do(system, pump, house):
    reader = system("stock:read")

    assert reader.get("expected-receipts").status_code == 200
    assert reader.post("expected-receipts", {"receipts": [goods()]}).status_code == 403
    assert system("picking:read").get("stock").status_code == 403
    assert not ExpectedReceipt.objects.exists()


def test_customers_key_sees_nothing_of_ours_and_ours_nothing_of_theirs(api, system):
    assert api.get("stock").status_code == 401
    assert system(*BOTH).get("orders").status_code == 401


def test_revoked_key_opens_nothing(system):
    purchasing = system(*BOTH)
    revoke_system_key(SystemKey.objects.get().pk, reason="Lost.", at=NOW, actor=ACTOR)

    assert purchasing.get("stock").status_code == 401


def test_commands_make_and_revoke_a_key(capsys):
    call_command("create_system_key", "Purchasing", "--scope", "stock:write")
    secret = capsys.readouterr().out.strip()
    key = SystemKey.objects.get()

    call_command("revoke_system_key", secret[:12], "--reason", "Lost")
    key.refresh_from_db()

    assert secret.startswith("o2s_")
    assert key.secret_hash not in secret
    assert key.scopes == ["stock:write"]
    assert key.revoked_at
    with pytest.raises(CommandError, match="No key begins with"):
        call_command("revoke_system_key", "o2s_nothing", "--reason", "Lost")
