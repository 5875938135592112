"""Our warehouse system walks several pick lists together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from fulfillment.batch_form import SCHEMA
from fulfillment.models import PickBatch, PickLine, PickList
from fulfillment.services import release_pick_lists
from o2c.kernel.invariants import check_all
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(customer):
    """Release pick lists of one order of so many lines."""

    def released(lines=1):
        order = place(customer, *[("1", "5.00")] * lines)
        return release_pick_lists(order.pk, at=NOW, actor=ACTOR)[0]

    return released


@pytest.fixture
def warehouse(system):
    return system("picking:read", "picking:write")


@pytest.fixture
def made(warehouse, released):
    """Make a batch of two lists, of so many lines and of one."""

    def made(lines=1):
        numbers = [released(lines).number, released().number]
        return warehouse.post("pick-batches", {"pick_lists": numbers}).json()

    return made


def refused(answer):
    problem = answer.json()
    return answer.status_code, problem["code"], [each["pointer"] for each in problem["errors"]]


def test_walks_together_and_finishes_list_by_list(warehouse, made):
    batch = made(2)
    sku = batch["lines"][0]["sku"]
    address = f"pick-batches/{batch['number']}"

    started = warehouse.post(f"{address}/start", {})
    scanned = warehouse.post(f"{address}/scans", {"code": sku})
    for row in PickList.objects.order_by("pk"):
        lines = [
            {"position": line.position, "picked": str(line.quantity)} for line in row.lines.all()
        ]
        warehouse.post(f"pick-lists/{row.number}/confirmation", {"lines": lines})
    done = warehouse.get(address)

    Draft202012Validator(SCHEMA).validate(done.json())
    assert [tote["tote"] for tote in batch["totes"]] == [1, 2]
    assert (started.json()["state"], done.json()["state"]) == ("picking", "done")
    assert sum(line["scanned"] == "1" for line in scanned.json()["lines"]) == 1
    assert {tote["state"] for tote in done.json()["totes"]} == {"picked"}
    assert check_all() == []


def test_refuses_lists_that_cannot_go_together(warehouse, released, made):
    taken = made()["totes"][0]["pick_list"]
    one, two = released().number, released().number

    def ask(*numbers):
        return refused(warehouse.post("pick-batches", {"pick_lists": numbers}))

    assert ask(one) == (400, "invalid", ["/pick_lists"])
    assert ask(one, one) == (422, "invalid", ["/pick_lists/1"])
    assert ask(one, "PL-0") == (422, "invalid", ["/pick_lists/1"])
    assert ask(one, taken) == (409, "not_batched", [])
    assert PickBatch.objects.count() == 1
    assert ask(one, two, "x" * 21)[0] == 400


def test_refuses_in_the_words_of_the_floor(warehouse, made):
    batch = made()
    address = f"pick-batches/{batch['number']}"

    early = warehouse.post(f"{address}/scans", {"code": "X"})
    alone = warehouse.post(f"pick-lists/{batch['totes'][0]['pick_list']}/start", {})
    warehouse.post(f"{address}/start", {})
    wrong = warehouse.post(f"{address}/scans", {"code": "X"})
    again = warehouse.post(f"{address}/start", {})

    assert refused(early) == (409, "not_picking", [])
    assert refused(alone) == (409, "in_batch", [])
    assert refused(wrong) == (422, "wrong_item", ["/code"])
    assert refused(again) == (409, "wrong_state", [])
    assert not PickLine.objects.filter(scanned__gt=0).exists()


def test_split_batch_leaves_its_lists(warehouse, made):
    batch = made()

    answer = warehouse.post(f"pick-batches/{batch['number']}/splitting", {})

    assert (answer.json()["state"], answer.json()["totes"]) == ("cancelled", [])
    assert not PickList.objects.exclude(batch=None).exists()


def test_lists_by_state_and_only_with_the_key_for_it(system, api, warehouse, made):
    number = made()["number"]

    shown = warehouse.get("pick-batches", {"state": "released"}).json()["results"]

    assert [row["number"] for row in shown] == [number]
    assert warehouse.get("pick-batches", {"state": "done"}).json()["results"] == []
    assert system("picking:read").post("pick-batches", {}).status_code == 403
    assert system("stock:read").get(f"pick-batches/{number}").status_code == 403
    assert api.get("pick-batches").status_code == 401
    assert warehouse.get("pick-batches/PB-0").status_code == 404


def test_anybody_may_read_the_schema(client):
    answer = client.get("/api/v1/schemas/pick-batch.json")

    assert (answer.status_code, answer.json()) == (200, SCHEMA)


def test_list_and_form_take_as_many_statements_for_20_rows_as_for_one(warehouse, made):
    def statements(path):
        with CaptureQueriesContext(connection) as captured:
            assert warehouse.get(path).status_code == 200
        return len(captured)

    short = made(1)["number"]
    statements(f"pick-batches/{short}")
    few = statements("pick-batches")
    long = made(20)["number"]

    assert statements(f"pick-batches/{short}") == statements(f"pick-batches/{long}")
    for _row in range(18):
        made()
    assert statements("pick-batches") == few
