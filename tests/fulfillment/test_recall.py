"""A lot that is recalled or too old leaves no more; its orders are served from other stock."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django_fsm import TransitionNotAllowed

from fulfillment import services
from fulfillment.models import Allocation, CountTask, Lot, PickBatch, PickLine, PickList, StockLevel
from fulfillment.tasks import free_spoiled_lots
from o2c.kernel import clock, outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.jobs import run_job
from orders.models import OrderLine
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories import (
    LocationFactory,
    LotFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.race import while_it_waits

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def ring(db):
    return ProductFactory.create(sku="ORG-FKM-50", tracking="lot")


@pytest.fixture
def lots(ring):
    """Ten pieces each of lots A, which leaves first, and B."""
    return {
        code: StockLevelFactory.create(
            product=ring,
            on_hand=Decimal(10),
            location=LocationFactory.create(code=f"{code}-01"),
            lot=LotFactory.create(product=ring, code=code, expires_on=day),
        ).lot
        for code, day in (("A", NEXT_YEAR), ("B", NEXT_YEAR + timedelta(days=30)))
    }


@pytest.fixture
def recall(now, actor):
    def run(lot, reason="Hardness out of range."):
        return services.recall_lot(lot.pk, reason=reason, at=now, actor=actor)

    return run


@pytest.fixture
def batch(now, actor):
    def run(lists):
        return services.make_batch([row.pk for row in lists], at=now, actor=actor)

    return run


def claimed():
    active = Allocation.objects.filter(state="active").order_by("level__lot__code", "line")
    return list(active.values_list("level__lot__code", "quantity"))


def test_claims_of_a_recalled_lot_are_served_from_another(place, ring, lots, recall, books):
    place({ring: 4})
    before = claimed()

    lot = recall(lots["A"])

    assert (before, claimed()) == ([("A", 4)], [("B", 4)])
    assert lot.blocked_reason == "Hardness out of range."
    assert books() == []


def test_what_no_other_stock_serves_waits_and_its_buyer_is_told(
    customer, place, ring, lots, recall, books
):
    place({ring: 8})
    place({ring: 7})

    recall(lots["A"])
    outbox.deliver_due(limit=20)

    assert [sent.to for sent in mail.outbox if "not in stock" in sent.subject] == [
        [customer.email],
        [customer.email],
    ]
    lines = OrderLine.objects.order_by("pk").values_list("allocated", flat=True)
    assert sum(lines) == 10
    assert sum(line.backordered for line in OrderLine.objects.all()) == 5
    assert books() == []


def test_pick_list_with_the_lot_is_stopped_and_put_back(place, ring, lots, release, recall, books):
    order = place({ring: 4})
    [pick_list] = release(order)

    recall(lots["A"])

    pick_list = PickList.objects.get(pk=pick_list.pk)
    line = OrderLine.objects.get()
    assert pick_list.state == PickList.State.CANCELLED
    assert (line.allocated, line.picking, claimed()) == (4, 0, [("B", 4)])
    assert books() == []


def test_nothing_of_it_is_promised_until_it_may_leave_again(
    place, ring, lots, recall, now, actor, books
):
    recall(lots["A"])
    recall(lots["B"])
    place({ring: 4})
    waiting = claimed()

    services.readmit_lot(lots["B"].pk, reason="Tested again.", at=now, actor=actor)

    assert (waiting, claimed()) == ([], [("B", 4)])
    assert books() == []


def test_recall_wants_a_reason_and_happens_once(lots, recall):
    with pytest.raises(InvalidInput, match="Say why"):
        recall(lots["A"], reason=" ")
    recall(lots["A"])

    with pytest.raises(services.LotState, match="A is recalled already"):
        recall(lots["A"], reason="Again.")

    assert Lot.objects.get(code="A").blocked_reason == "Hardness out of range."


def test_expired_lot_is_given_back_by_the_days_job_whenever_it_runs(place, ring, lots, now, books):
    place({ring: 4})
    Lot.objects.filter(code="A").update(expires_on=now.date())

    on_the_day = run_job(free_spoiled_lots, now.date(), at=now).result
    after, again = (
        run_job(free_spoiled_lots, now.date() + DAY, at=now + DAY).result for _time in range(2)
    )

    assert [on_the_day, after, again] == [{"orders": 0}, {"orders": 1}, {"orders": 0}]
    assert books() == []


def test_corrected_day_serves_who_waits(place, ring, lots, now, actor):
    Lot.objects.update(expires_on=now.date() - timedelta(days=1))
    place({ring: 4})

    services.redate_lot(lots["B"].pk, expires_on=NEXT_YEAR, reason="Misread.", at=now, actor=actor)

    assert claimed() == [("B", 4)]


def test_corrected_day_that_is_past_frees_claims_and_lists_at_once(
    place, ring, lots, release, now, actor, books
):
    [pick_list] = release(place({ring: 4}))
    past = now.date() - DAY

    services.redate_lot(lots["A"].pk, expires_on=past, reason="Misread.", at=now, actor=actor)

    assert PickList.objects.get(pk=pick_list.pk).state == "cancelled"
    assert claimed() == [("B", 4)]
    assert books() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"blocked_reason": "Hard."}, "Lot A may not leave: it is recalled"),
        ({"expires_on": date(2026, 11, 17)}, "Lot A may not leave: it has expired"),
    ],
)
def test_picking_refuses_what_is_found_of_a_lot_that_may_not_leave(
    place, ring, lots, release, pick, change, words
):
    [pick_list] = release(place({ring: 4}))
    Lot.objects.filter(code="A").update(**change)

    with pytest.raises(services.NotCounted, match=words) as refusal:
        pick(pick_list)

    line = pick_list.lines.get()
    assert refusal.value.field == f"lines.{line.pk}.picked"
    assert (line.picked, PickList.objects.get().state) == (None, "released")
    pick(pick_list, found={ring.sku: 0})
    assert claimed() == [("B", 4)]


@pytest.fixture
def valves_and_rings(place, ring, lots, release, product, stock):
    """A list of four valves, and one of four rings of lot A."""
    return [release(place({each: 4}))[0] for each in (product, ring)]


def test_nothing_of_a_batch_is_finished_while_a_lot_of_it_may_not_leave(
    valves_and_rings, batch, now, actor
):
    lists = valves_and_rings
    walk = services.start_batch(batch(lists).pk, picker_id=None, at=now, actor=actor)
    services.scan_batch(walk.pk, code="A", quantity=Decimal(4), at=now, actor=actor)
    Lot.objects.filter(code="A").update(blocked_reason="Hard.")
    lines = PickLine.objects.in_bulk()
    wrong = PickLine.objects.get(pick_list=lists[1])

    with pytest.raises(services.NotCounted, match="Lot A may not leave") as refusal:
        services.confirm_batch(
            walk.pk,
            picked={key: line.quantity for key, line in lines.items()},
            short_reasons={},
            at=now,
            actor=actor,
        )

    assert refusal.value.field == f"lines.{wrong.pk}.picked"
    assert [row.state for row in PickList.objects.all()] == ["picking", "picking"]


def test_day_stays_where_the_product_expires(now, actor):
    lot = LotFactory.create(
        product=ProductFactory.create(tracking="lot", expires=True), expires_on=NEXT_YEAR
    )

    with pytest.raises(services.LotState, match="enter a day"):
        services.redate_lot(lot.pk, expires_on=None, reason="Misread.", at=now, actor=actor)

    assert Lot.objects.get().expires_on == NEXT_YEAR


def test_asked_count_blocks_only_when_told_so(stock, now, actor):
    task = services.ask_for_count(
        stock.pk, reason="Looks wrong.", blocks=False, at=now, actor=actor
    )

    with pytest.raises(services.CountAsked):
        services.ask_for_count(stock.pk, reason="Again.", blocks=True, at=now, actor=actor)

    assert (task.kind, task.blocks, CountTask.objects.count()) == ("asked", False, 1)


def test_books_show_a_claim_on_a_recalled_lot(place, ring, lots, books):
    place({ring: 3})
    Lot.objects.filter(code="A").update(blocked_reason="Hardness.")

    assert [broken.name for broken in books()] == [
        "fulfillment.nothing_of_a_recalled_lot_is_on_its_way_to_a_package"
    ]


def test_recalled_lot_is_taken_off_lists_that_walk_or_walked_in_a_batch(
    place, ring, lots, release, pick, recall, batch, books
):
    lists = [release(place({ring: count}))[0] for count in (2, 2, 2, 1)]
    batch(lists[:2])
    for pick_list in lists[:2]:
        pick(pick_list)
    batch(lists[2:])

    recall(lots["A"])

    assert set(PickList.objects.values_list("state", flat=True)) == {PickList.State.CANCELLED}
    assert set(PickBatch.objects.values_list("state", flat=True)) == {"cancelled"}
    assert claimed() == [("B", 2), ("B", 2), ("B", 2), ("B", 1)]
    assert books() == []


@pytest.fixture
def packed_ring(place, ring, lots, release, pick, now, actor):
    """A packed pick list of four pieces of lot A, and its shipment for today's pickup."""
    PickupScheduleFactory.create(cut_off=time(15, 30))
    [pick_list] = release(place({ring: 4}))
    pick(pick_list)
    services.pack(pick_list.pk, weights=[Decimal(2)], at=now, actor=actor)
    shipment = Shipment.objects.get()
    shipping.label_shipment(shipment.pk, at=now, actor=actor)
    return pick_list


@pytest.fixture
def dispatch(now, actor):
    def run():
        return shipping.dispatch_shipment(Shipment.objects.get().pk, at=now, actor=actor)

    return run


@pytest.fixture
def unpack(now, actor):
    """Cancel the shipment and unpack the list; deliver what follows."""

    def run(pick_list):
        shipment = Shipment.objects.get()
        shipping.cancel_shipment(shipment.pk, reason="Lot recalled.", at=now, actor=actor)
        services.unpack(pick_list.pk, reason="Lot recalled.", at=now, actor=actor)
        with clock.travel(now):
            outbox.deliver_due(limit=20)

    return run


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"blocked_reason": "Hardness out of range."},
            "lot A, which may not leave: it is recalled",
        ),
        ({"expires_on": date(2026, 11, 17)}, "lot A, which may not leave: it has expired"),
    ],
)
def test_packed_goods_of_a_lot_that_may_not_leave_stay(packed_ring, dispatch, change, words):
    Lot.objects.filter(code="A").update(**change)

    with pytest.raises(services.UnsoundLot, match=words):
        dispatch()

    assert Shipment.objects.get().state == "labelled"
    assert PickList.objects.get().state == "packed"
    assert StockLevel.objects.get(lot__code="A").on_hand == 10


def test_goods_leave_on_the_last_day_of_their_lot(packed_ring, dispatch, now):
    Lot.objects.filter(code="A").update(expires_on=now.date())

    dispatch()

    assert StockLevel.objects.get(lot__code="A").on_hand == 6


def test_unpacked_goods_of_a_recalled_lot_are_replaced(
    packed_ring, recall, lots, unpack, release, books
):
    recall(lots["A"])

    unpack(packed_ring)

    line = OrderLine.objects.get()
    assert PickList.objects.get().state == "cancelled"
    assert (line.allocated, line.picking, line.picked, claimed()) == (4, 0, 0, [("B", 4)])
    [again] = release(line.order)
    assert again.lines.get().allocation.level.lot.code == "B"
    assert books() == []


def test_unpacked_goods_of_an_expired_lot_are_replaced(packed_ring, now, lots, unpack, books):
    Lot.objects.filter(code="A").update(expires_on=now.date() - DAY)

    unpack(packed_ring)

    assert claimed() == [("B", 4)]
    assert books() == []


def test_unpacked_goods_of_a_sound_lot_stay_claimed(packed_ring, lots, unpack, books):
    unpack(packed_ring)

    assert claimed() == [("A", 4)]
    assert books() == []


def test_list_that_a_shipment_takes_is_not_unpacked(packed_ring, now, actor):
    with pytest.raises(shipping.OnShipment, match="cancel that first"):
        services.unpack(packed_ring.pk, reason="Lot recalled.", at=now, actor=actor)

    assert PickList.objects.get().state == "packed"
    assert OrderLine.objects.get().picked == 4


def test_unpacking_wants_a_reason_and_a_packed_list(packed_ring, dispatch, now, actor):
    with pytest.raises(InvalidInput, match="Say why"):
        services.unpack(packed_ring.pk, reason=" ", at=now, actor=actor)
    dispatch()
    with pytest.raises(TransitionNotAllowed):
        services.unpack(packed_ring.pk, reason="Late.", at=now, actor=actor)

    assert PickList.objects.get().state == "handed_over"


@pytest.mark.django_db(transaction=True)
def test_dispatch_that_waits_for_a_recall_sees_it(packed_ring, recall, lots, dispatch):
    def refused():
        with pytest.raises(services.UnsoundLot):
            dispatch()

    while_it_waits(lambda: recall(lots["A"]), refused)

    assert StockLevel.objects.get(lot__code="A").on_hand == 10
