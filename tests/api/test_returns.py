"""A customer's system sends goods back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shipping.models import Return
from tests.invoicing import shipped


@pytest.fixture
def gone(customer, at_noon):
    """A shipment of 5 pieces that has left."""
    return shipped.ship(customer, ("5", "50"))


def wanted(shipment, **changes):
    line = shipment.lines.get()
    entry = {
        "shipment": shipment.public_id,
        "order": line.order.public_id,
        "position": line.order_line.position,
        "quantity": "2",
        "reason": "damaged",
    }
    return {"note": "Wet", "lines": [entry | changes]}


def test_announces_a_return_once(api, strangers_api, gone):
    first = api.post("returns", wanted(gone), key="a")
    replay = api.post("returns", wanted(gone), key="a")

    row = Return.objects.get()
    shown = api.get(f"returns/{row.public_id}").json()
    assert (first.status_code, replay.json()) == (201, first.json())
    assert (shown["number"], shown["state"], shown["note"]) == (row.number, "announced", "Wet")
    assert (shown["lines"][0]["announced"], shown["lines"][0]["received"]) == ("2", "0")
    assert [one["id"] for one in api.get("returns").json()["results"]] == [row.public_id]
    assert api.get("returns", {"state": "settled"}).json()["results"] == []
    assert strangers_api.get(f"returns/{row.public_id}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"quantity": "6"}, "/lines/0/quantity"),
        ({"position": 9}, "/lines/0"),
        ({"order": "none"}, "/lines/0"),
    ],
)
def test_refuses_what_cannot_come_back(api, gone, changes, pointer):
    response = api.post("returns", wanted(gone, **changes))

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not Return.objects.exists()


def test_refuses_a_line_that_is_named_twice(api, gone):
    body = wanted(gone, quantity="1")

    response = api.post("returns", body | {"lines": body["lines"] * 2})

    assert (response.status_code, Return.objects.count()) == (422, 0)


def test_refuses_goods_of_somebody_else(strangers_api, gone):
    response = strangers_api.post("returns", wanted(gone))

    assert (response.status_code, Return.objects.count()) == (422, 0)


def test_lists_take_as_many_statements_for_20_returns_as_for_one(api, gone):
    def count():
        with CaptureQueriesContext(connection) as captured:
            api.get("returns")
        return len(captured)

    api.post("returns", wanted(gone, quantity="0.1"))
    count()
    one = count()
    for _return in range(19):
        api.post("returns", wanted(gone, quantity="0.1"))

    assert count() == one
