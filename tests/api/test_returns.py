"""A customer's system sends goods back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shipping.models import Return, ReturnLine
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


@pytest.fixture
def in_parts(customer, at_noon):
    """A shipment with two parts, of 6 and 4 pieces, of one order line."""
    return shipped.in_parts(customer)


def named(shipment, quantity):
    line = shipment.lines.first()
    entry = {"shipment": shipment.public_id, "order": line.order.public_id}
    return {"lines": [entry | {"position": 1, "quantity": quantity, "reason": "damaged"}]}


def test_both_parts_of_a_line_come_back_under_its_one_name(api, in_parts):
    first = api.post("returns", named(in_parts, "7"))
    rest = api.post("returns", named(in_parts, "3"))

    parts = list(in_parts.lines.order_by("pk").values_list("pk", "quantity"))
    announced = ReturnLine.objects.order_by("pk").values_list("shipment_line", "announced")
    assert [quantity for _key, quantity in parts] == [6, 4]
    assert (first.status_code, rest.status_code) == (201, 201)
    assert list(announced) == [(parts[0][0], 6), (parts[1][0], 1), (parts[1][0], 3)]


def test_refuses_more_than_is_left_of_both_parts(api, in_parts):
    api.post("returns", named(in_parts, "7"))

    response = api.post("returns", named(in_parts, "4"))

    [error] = response.json()["errors"]
    assert (response.status_code, error["pointer"]) == (422, "/lines/0/quantity")
    assert "Only 3 can come back" in str(response.json())
    assert Return.objects.count() == 1


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_refuses_a_quantity_that_is_none_of_a_line_in_parts(api, in_parts, quantity):
    response = api.post("returns", named(in_parts, quantity))

    assert (response.status_code, Return.objects.count()) == (422, 0)
    assert [one["pointer"] for one in response.json()["errors"]] == ["/lines/0/quantity"]


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
