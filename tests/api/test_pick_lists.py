"""Our warehouse system reads pick lists in their standard form."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from fulfillment.services import release_pick_lists
from fulfillment.standard_form import SCHEMA
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(customer):
    """Release pick lists of one order of so many lines."""

    def released(lines):
        order = place(customer, *[("1", "5.00")] * lines)
        return release_pick_lists(order.pk, at=NOW, actor=ACTOR)[0]

    return released


def test_shows_a_list_in_the_standard_form(system, released):
    pick_list = released(2)

    answer = system("picking:read").get(f"pick-lists/{pick_list.number}")

    assert answer.status_code == 200
    Draft202012Validator(SCHEMA).validate(answer.json())
    assert [line["quantity"] for line in answer.json()["lines"]] == ["1", "1"]


def test_lists_by_state_and_order(system, released):
    first, _second = released(1), released(1)

    warehouse = system("picking:read")
    by_order = warehouse.get("pick-lists", {"order": first.order.number}).json()
    picked = warehouse.get("pick-lists", {"state": "picked"}).json()

    assert [row["number"] for row in by_order["results"]] == [first.number]
    assert picked["results"] == []


def test_refuses_other_keys_and_unknown_lists(system, api, released):
    pick_list = released(1)

    assert system("stock:read").get(f"pick-lists/{pick_list.number}").status_code == 403
    assert api.get(f"pick-lists/{pick_list.number}").status_code == 401
    assert system("picking:read").get("pick-lists/PL-0").status_code == 404
    assert system("picking:read").get("pick-lists", {"state": "gone"}).status_code == 400


def test_list_and_form_take_as_many_statements_for_20_rows_as_for_one(system, released):
    warehouse = system("picking:read")
    one, twenty = released(1), released(20)

    def statements(path):
        with CaptureQueriesContext(connection) as captured:
            assert warehouse.get(path).status_code == 200
        return len(captured)

    statements(f"pick-lists/{one.number}")
    few = statements("pick-lists")
    assert statements(f"pick-lists/{one.number}") == statements(f"pick-lists/{twenty.number}")
    for _row in range(18):
        released(1)
    assert statements("pick-lists") == few
