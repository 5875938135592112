"""Our warehouse system walks, counts, finishes and packs: the same steps and words as on screen."""

from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import Allocation, CountTask, Package, PickLine, PickList
from fulfillment.services import release_pick_lists, scan, set_tolerance
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry
from orders import services as orders
from orders.models import OrderLine
from shipping.models import Shipment
from shipping.services import cancel_shipment
from tests.factories import NOW, LotFactory, ProductFactory, StockLevelFactory
from tests.invoicing.shipped import ACTOR
from tests.race import in_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def hose(db):
    hose = ProductFactory.create(sku="HOS-1", gtin="04006381333931")
    StockLevelFactory.create(product=hose)
    return hose


@pytest.fixture
def pump(db):
    """Kept by lot: L-7 and L-8 are there, L-7 goes first."""
    pump = ProductFactory.create(sku="PX-210", tracking="lot")
    for code in ("L-7", "L-8"):
        StockLevelFactory.create(
            product=pump, lot=LotFactory.create(product=pump, code=code), on_hand=20
        )
    return pump


@pytest.fixture
def released(customer):
    """Release a pick list of `{product: quantity}`."""

    def released(wanted):
        order = orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(item.pk, Decimal(count)) for item, count in wanted.items()],
            channel="rep",
            requested_on=NOW.date(),
            at=NOW,
            actor=ACTOR,
        )
        return release_pick_lists(order.pk, at=NOW, actor=ACTOR)[0]

    return released


@pytest.fixture
def warehouse(system):
    return system("picking:read", "picking:write")


@pytest.fixture
def post(warehouse):
    def post(pick_list, step, body, key=""):
        return warehouse.post(f"pick-lists/{pick_list.number}/{step}", body, key=key)

    return post


def refused(answer):
    """Return the status, the code, and where in the request the refusal belongs."""
    problem = answer.json()
    return answer.status_code, problem["code"], [each["pointer"] for each in problem["errors"]]


def all_of(line):
    """Say that all of a pick line was found, of the lot that it takes."""
    lot = line.allocation.level.lot
    found = {"position": line.position, "picked": str(line.quantity)}
    return found | {"lot": lot.code} if lot else found


def test_walks_counts_finishes_and_packs(post, released, hose, pump):
    pick_list = released({hose: 5, pump: 2})
    [lot] = [line.allocation.level.lot.code for line in pick_list.lines.all() if line.quantity == 2]
    position = {line.order_line.sku: line.position for line in pick_list.lines.all()}

    started = post(pick_list, "start", {})
    post(pick_list, "scans", {"code": "04006381333931", "quantity": "4"})
    counted = post(pick_list, "counts", {"position": position["HOS-1"], "quantity": "1"})
    finished = post(
        pick_list,
        "confirmation",
        {
            "lines": [
                {"position": position["HOS-1"], "picked": "5"},
                {
                    "position": position["PX-210"],
                    "picked": "1",
                    "short_reason": "damaged",
                    "lot": lot,
                },
            ]
        },
    )
    boxed = post(
        pick_list,
        "packages",
        {"contents": [{"code": "HOS-1", "quantity": "5"}, {"code": lot}], "weight_kg": "4.5"},
    )
    packed = post(pick_list, "packing", {})

    answers = (started, counted, finished, boxed, packed)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [answer.json()["state"] for answer in answers] == [
        *("picking", "picking", "picked", "picked", "packed")
    ]
    assert {line["sku"]: line["scanned"] for line in counted.json()["lines"]} == {
        "HOS-1": "5",
        "PX-210": "0",
    }
    assert [box["weight_kg"] for box in packed.json()["packages"]] == ["4.5"]
    assert CountTask.objects.get().level.lot.code == lot
    assert {entry.actor_name for entry in AuditEntry.objects.filter(action="scan")} == {
        "Purchasing"
    }
    assert check_all() == []


def test_unpacks_what_no_shipment_takes(post, released, hose):
    pick_list = released({hose: 5})
    post(pick_list, "confirmation", {"lines": [{"position": 1, "picked": "5"}]})
    post(pick_list, "packing", {"weights": ["4.5"]})

    refusal = post(pick_list, "unpacking", {"reason": "Box too weak"})
    [shipment] = Shipment.objects.all()
    cancel_shipment(shipment.pk, reason="Box too weak", at=NOW, actor=ACTOR)
    unpacked = post(pick_list, "unpacking", {"reason": "Box too weak"})

    assert refused(refusal) == (409, "on_shipment", [])
    assert (unpacked.status_code, unpacked.json()["state"]) == (200, "cancelled")
    assert unpacked.json()["packages"] == []
    assert check_all() == []


def test_scan_of_another_free_lot_takes_the_claim_over(post, released, pump):
    pick_list = released({pump: 2})
    post(pick_list, "start", {})
    claimed = Allocation.objects.get().level.lot.code
    other = {"L-7": "L-8", "L-8": "L-7"}[claimed]

    answer = post(pick_list, "scans", {"code": other, "quantity": "2"})

    assert [(line["lot"], line["scanned"]) for line in answer.json()["lines"]] == [(other, "2")]
    assert check_all() == []


def test_same_key_counts_once(post, released, hose):
    pick_list = released({hose: 5})
    post(pick_list, "start", {})

    answers = [post(pick_list, "scans", {"code": "HOS-1"}, key="scan-1") for _time in range(2)]

    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true"]
    assert PickLine.objects.get().scanned == 1


@pytest.mark.parametrize(
    ("step", "body", "said"),
    [
        ("scans", {"code": "NOPE"}, (422, "wrong_item", ["/code"])),
        ("scans", {"code": "HOS-1", "quantity": "6"}, (422, "too_many", ["/quantity"])),
        ("scans", {"code": "HOS-1", "quantity": "-1"}, (422, "too_many", ["/quantity"])),
        ("scans", {"code": "HOS-1", "quantity": "0"}, (422, "invalid", ["/quantity"])),
        ("scans", {"code": "HOS-1", "quantity": "many"}, (400, "invalid", ["/quantity"])),
        ("scans", {"code": ""}, (400, "invalid", ["/code"])),
        ("counts", {"position": 9, "quantity": "1"}, (422, "wrong_item", ["/position"])),
        ("counts", {"position": 1, "quantity": "6"}, (422, "too_many", ["/quantity"])),
        ("start", {}, (409, "wrong_state", [])),
        ("start", {"picker": "Leon"}, (400, "invalid", ["/picker"])),
        ("packages", {"contents": [{"code": "HOS-1"}], "weight_kg": "1"}, (409, "not_packing", [])),
        ("packing", {"weights": ["1"]}, (409, "wrong_state", [])),
        ("unpacking", {"reason": "Late"}, (409, "wrong_state", [])),
        ("unpacking", {"reason": " "}, (400, "invalid", ["/reason"])),
    ],
)
def test_refuses_in_the_words_of_the_floor(post, released, hose, step, body, said):
    pick_list = released({hose: 5})
    post(pick_list, "start", {})

    answer = post(pick_list, step, body)

    assert refused(answer) == said
    assert (PickLine.objects.get().scanned, PickList.objects.get().state) == (0, "picking")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"position": 1, "picked": "4"}, ("not_counted", "/lines/0/short_reason")),
        ({"position": 1, "picked": "-1"}, ("not_counted", "/lines/0/picked")),
        ({"position": 1, "picked": "6"}, ("over_tolerance", "/lines/0/picked")),
        ({"position": 2, "picked": "5"}, ("wrong_item", "/lines/0/position")),
        ({"position": 1, "picked": "5", "lot": "L-7"}, ("wrong_item", "/lines/0/lot")),
    ],
)
def test_confirmation_names_the_line_that_cannot_be(post, released, hose, found, said):
    pick_list = released({hose: 5})
    post(pick_list, "start", {})

    answer = post(pick_list, "confirmation", {"lines": [found]})

    code, pointer = said
    assert refused(answer) == (422, code, [pointer])
    assert PickList.objects.get().state == "picking"


def test_confirmation_asks_for_every_line_and_for_the_lot_in_hand(post, released, hose, pump):
    pick_list = released({hose: 5, pump: 2})
    post(pick_list, "start", {})
    hoses, pumps = (
        pick_list.lines.get(order_line__sku=sku).position for sku in ("HOS-1", "PX-210")
    )

    left_out = post(pick_list, "confirmation", {"lines": [{"position": hoses, "picked": "5"}]})
    no_lot = post(pick_list, "confirmation", {"lines": [{"position": pumps, "picked": "2"}]})

    assert refused(left_out) == (422, "not_counted", ["/lines"])
    assert refused(no_lot) == (422, "lot_needed", ["/lines/0/lot"])


def test_finished_list_is_not_finished_again(post, released, hose):
    pick_list = released({hose: 5})
    body = {"lines": [{"position": 1, "picked": "5"}]}
    post(pick_list, "start", {})
    post(pick_list, "confirmation", body)

    again = post(pick_list, "confirmation", body)
    scanned = post(pick_list, "scans", {"code": "HOS-1"})

    assert refused(again) == (409, "wrong_state", [])
    assert refused(scanned) == (409, "not_picking", [])
    assert OrderLine.objects.get().picked == 5


def test_systems_have_a_tolerance_of_their_own(post, released, hose):
    rate = Decimal("0.2")
    set_tolerance("system", over_rate=rate, under_rate=rate, at=NOW, actor=ACTOR)
    pick_list = released({hose: 5})
    post(pick_list, "start", {})

    answer = post(pick_list, "confirmation", {"lines": [{"position": 1, "picked": "6"}]})

    assert [line["picked"] for line in answer.json()["lines"]] == ["5", "1"]
    assert OrderLine.objects.get().ordered == 6
    assert check_all() == []


def test_names_the_line_of_the_request_that_the_order_may_not_have_more_of(
    post, released, hose, pump
):
    """The amendment has one line, the request three: their numbers are not the same."""
    rate = Decimal("0.2")
    set_tolerance("system", over_rate=rate, under_rate=rate, at=NOW, actor=ACTOR)
    valve = ProductFactory.create(sku="VLV-1", pack_multiple=5)
    StockLevelFactory.create(product=valve)
    pick_list = released({hose: 5, pump: 2, valve: 10})
    post(pick_list, "start", {})
    found = [all_of(line) for line in pick_list.lines.order_by("order_line__position")]
    found[2]["picked"] = "11"

    answer = post(pick_list, "confirmation", {"lines": found})

    assert refused(answer) == (422, "order_invalid", ["/lines/2/picked"])
    assert answer.json()["errors"][0]["detail"] == "VLV-1 is sold in multiples of 5."
    assert PickList.objects.get().state == "picking"
    assert OrderLine.objects.get(product=valve).ordered == 10
    assert check_all() == []


def test_refused_package_leaves_nothing_in_it(post, released, hose):
    pick_list = released({hose: 5})
    post(pick_list, "start", {})
    post(pick_list, "confirmation", {"lines": [{"position": 1, "picked": "5"}]})

    answer = post(
        pick_list,
        "packages",
        {"contents": [{"code": "HOS-1"}, {"code": "HOS-1", "quantity": "5"}], "weight_kg": "1"},
    )

    assert refused(answer) == (422, "too_many", ["/contents/1/quantity"])
    assert Package.objects.count() == 0


def test_other_keys_and_unknown_lists_are_refused(system, api, released, hose):
    pick_list = released({hose: 5})
    address = f"pick-lists/{pick_list.number}/start"

    assert system("picking:read").post(address, {}).status_code == 403
    assert api.post(address, {}).status_code == 401
    assert system("picking:write").post("pick-lists/PL-0/start", {}).status_code == 404
    assert PickList.objects.get().state == "released"


@pytest.mark.django_db(transaction=True)
class TestAnotherLotIsScannedMeanwhile:
    """L-7 is claimed and confirmed as in hand, at the moment in which L-8 takes its claim over."""

    @pytest.fixture
    def both(self, post, released, pump):
        pick_list = released({pump: 2})
        [claimed, other] = ["L-7", "L-8"]
        post(pick_list, "start", {})
        swap = {"code": other, "quantity": Decimal(2), "at": NOW, "actor": ACTOR}
        found = {"lines": [{"position": 1, "picked": "2", "lot": claimed}]}

        def both():
            return in_line(
                lambda: scan(pick_list.pk, **swap),
                lambda: post(pick_list, "confirmation", found),
            )[1]

        return both

    def test_the_wrong_lot_is_told(self, both):
        answer = both()

        assert refused(answer) == (422, "wrong_item", ["/lines/0/lot"])
        assert PickList.objects.get().state == "picking"
        assert check_all() == []

    def test_control_without_the_lock_the_wrong_lot_is_believed(self, both, monkeypatch):
        monkeypatch.setattr(services, "hold_list", lambda key: None)

        assert both().status_code == 200
        assert Allocation.objects.get().level.lot.code == "L-8"
