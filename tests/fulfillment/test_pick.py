from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from credit import services as credit
from credit.models import CreditAccount
from fulfillment import services
from fulfillment.models import Allocation, CountTask, PickLine, PickList, StockMove
from fulfillment.selectors import usable_levels
from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from orders.models import Order, OrderLine
from shipping.models import Shipment
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory, WarehouseFactory


@pytest.fixture
def released(place, release, product, stock):
    [pick_list] = release(place({product: 5}))
    return pick_list


@pytest.fixture
def walking(released, now, actor):
    return services.start_pick(released.pk, picker_id=None, at=now, actor=actor)


def test_release_puts_the_order_on_the_floor(released, books):
    line = OrderLine.objects.get()
    assert (released.state, line.picking, Order.objects.get().state) == (
        "released",
        5,
        "fulfilling",
    )
    assert books() == []


def test_release_makes_one_list_per_warehouse_in_walking_order(place, release, product):
    near, far = WarehouseFactory.create(code="NEAR"), WarehouseFactory.create(code="FAR")
    other = ProductFactory.create()
    for item, house, code, walk, on_hand in (
        (product, near, "N-9", 9, 10),
        (other, near, "N-1", 1, 10),
        (product, far, "F-1", 1, 4),
    ):
        location = LocationFactory.create(warehouse=house, code=code, walk_order=walk)
        StockLevelFactory.create(product=item, location=location, on_hand=on_hand)

    lists = release(place({product: 14, other: 1}))

    places = [
        list(row.lines.order_by("position").values_list("allocation__level__location__code"))
        for row in lists
    ]
    assert places == [[("N-1",), ("N-9",)], [("F-1",)]]


def test_release_refuses_an_order_with_nothing_to_pick(released, now, actor):
    with pytest.raises(services.NothingToPick):
        services.release_pick_lists(released.order_id, at=now, actor=actor)

    assert PickList.objects.count() == 1


def test_hold_blocks_release(place, release, product, stock, customer, now, actor):
    order = place({product: 5})
    credit.place_hold(customer.pk, kind="manual", reason="Asked by Rosa", at=now, actor=actor)

    with pytest.raises(credit.OnHold):
        release(order)

    assert not PickList.objects.exists()
    assert OrderLine.objects.get().picking == 0


def test_scan_counts_by_sku_or_gtin(walking, now, actor):
    services.scan(walking.pk, code="vlv-bf-080", quantity=Decimal(2), at=now, actor=actor)
    services.scan(walking.pk, code="04006381333931", quantity=Decimal(1), at=now, actor=actor)

    assert PickLine.objects.get().scanned == 3


def test_scan_takes_back(walking, now, actor):
    services.scan(walking.pk, code="VLV-BF-080", quantity=Decimal(3), at=now, actor=actor)

    services.scan(walking.pk, code="VLV-BF-080", quantity=Decimal(-2), at=now, actor=actor)

    assert PickLine.objects.get().scanned == 1


@pytest.mark.parametrize(
    ("code", "quantity", "refusal", "words"),
    [
        ("PMP-CE-15", 1, services.WrongItem, "PMP-CE-15 is not on PL-"),
        ("", 1, services.WrongItem, "put it back"),
        ("VLV-BF-080", 6, services.TooMany, "That is 1 too many"),
        ("VLV-BF-080", -1, services.TooMany, "have not been counted"),
        ("VLV-BF-080", 0, InvalidInput, "Count at least one"),
    ],
)
def test_scan_refuses_what_cannot_be(walking, now, actor, code, quantity, refusal, words):
    with pytest.raises(refusal, match=words):
        services.scan(walking.pk, code=code, quantity=Decimal(quantity), at=now, actor=actor)

    assert PickLine.objects.get().scanned == 0


def test_scan_refuses_a_list_that_nobody_walks_with(released, now, actor):
    with pytest.raises(services.NotPicking):
        services.scan(released.pk, code="VLV-BF-080", quantity=Decimal(1), at=now, actor=actor)


def test_finishing_with_everything_found(walking, pick, stock, books):
    pick(walking)

    stock.refresh_from_db()
    line = OrderLine.objects.get()
    assert PickList.objects.get().state == "picked"
    assert (line.allocated, line.picking, line.picked) == (5, 5, 5)
    assert (stock.on_hand, stock.allocated) == (100, 5)
    assert not CountTask.objects.exists()
    assert books() == []


@pytest.mark.parametrize(
    ("picked", "reason", "field"),
    [(None, "", "picked"), (6, "", "picked"), (-1, "", "picked"), (4, "", "reason")],
)
def test_finishing_refuses_what_is_not_counted(walking, now, actor, picked, reason, field):
    line = PickLine.objects.get()
    found = {} if picked is None else {line.pk: Decimal(picked)}

    with pytest.raises(InvalidInput) as refusal:
        services.confirm_pick(
            walking.pk, picked=found, short_reasons={line.pk: reason}, at=now, actor=actor
        )

    assert refusal.value.field == f"lines.{line.pk}.{field}"
    assert PickList.objects.get().state == "picking"


def test_short_pick_backorders_counts_and_tells(walking, pick, stock, customer, books):
    pick(walking, found={"VLV-BF-080": 3})
    outbox.deliver_due(limit=20)

    stock.refresh_from_db()
    line, picked, task = OrderLine.objects.get(), PickLine.objects.get(), CountTask.objects.get()
    assert (line.allocated, line.picking, line.picked, line.backordered) == (3, 3, 3, 2)
    assert (picked.quantity, picked.picked, picked.short_reason) == (5, 3, "missing")
    assert (line.promised_on, line.expected_on) == (date(2026, 11, 20), date(2026, 12, 2))
    assert (stock.on_hand, stock.allocated) == (100, 3)
    assert (task.level_id, task.state) == (stock.pk, "open")
    assert task.reason == f"{walking.number} found 2 fewer"
    assert CreditAccount.objects.get().exposure == Decimal("297.50")
    assert [sent.to for sent in mail.outbox if "not in stock" in sent.subject] == [[customer.email]]
    assert books() == []


def test_short_pick_cancels_by_policy_and_frees_credit(
    make_customer, place, release, pick, product, stock, books
):
    customer = make_customer(shortage_policy="ship_partial_cancel_rest", accepts_backorders=False)
    [pick_list] = release(place({product: 5}, by=customer))

    pick(pick_list, found={"VLV-BF-080": 3})

    line = OrderLine.objects.get()
    assert (line.allocated, line.picking, line.cancelled, line.backordered) == (3, 3, 2, 0)
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("178.50")
    assert books() == []


@pytest.fixture
def next_place(product, stock):
    """Fewer of the product, so that A-01-01 is asked first."""
    return StockLevelFactory.create(
        product=product, location=LocationFactory.create(code="A-02-01"), on_hand=Decimal(50)
    )


@pytest.mark.parametrize("policy", ["backorder", "ship_partial_cancel_rest", "cancel"])
def test_short_pick_claims_what_lies_elsewhere_and_tells_nobody(
    policy, make_customer, place, release, pick, stock, next_place, books
):
    order = place({stock.product: 10}, by=make_customer(shortage_policy=policy))
    [pick_list] = release(order)

    pick(pick_list, found={stock.product.sku: 4})
    outbox.deliver_due(limit=20)

    line = OrderLine.objects.get()
    stock.refresh_from_db()
    next_place.refresh_from_db()
    assert (line.allocated, line.picking, line.picked, line.cancelled) == (10, 4, 4, 0)
    assert (stock.allocated, next_place.allocated) == (4, 6)
    assert CountTask.objects.get().level_id == stock.pk
    assert not [sent for sent in mail.outbox if "not in stock" in sent.subject]
    [again] = release(order)
    assert again.lines.get().allocation.level_id == next_place.pk
    assert books() == []


def test_policy_and_mail_are_for_what_lies_nowhere(
    make_customer, place, release, pick, product, stock, next_place, books
):
    customer = make_customer(shortage_policy="ship_partial_cancel_rest")
    [pick_list] = release(place({product: 60}, by=customer))

    pick(pick_list, found={product.sku: 4})
    outbox.deliver_due(limit=20)

    line = OrderLine.objects.get()
    assert (line.allocated, line.picking, line.cancelled) == (54, 4, 6)
    assert [sent.to for sent in mail.outbox if "not in stock" in sent.subject] == [[customer.email]]
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("3213.00")
    assert books() == []


def test_short_pick_claims_nothing_more_at_the_place_in_doubt(walking, pick, product, stock, books):
    pick(walking, found={product.sku: 3})

    stock.refresh_from_db()
    assert (stock.on_hand, stock.allocated) == (100, 3)
    assert OrderLine.objects.get().backordered == 2
    assert books() == []


def test_short_pick_of_everything_cancels_the_list(walking, pick, stock, books):
    pick(walking, found={"VLV-BF-080": 0})

    stock.refresh_from_db()
    line = OrderLine.objects.get()
    assert PickList.objects.get().state == "cancelled"
    assert Allocation.objects.get().state == "released"
    assert (line.allocated, line.picking, line.backordered) == (0, 0, 5)
    assert (stock.allocated, Order.objects.get().state) == (0, "released")
    assert books() == []


def test_short_pick_happens_all_or_not_at_all(walking, pick, stock, monkeypatch):
    """The last thing of the step fails: nothing of what came before may stay."""

    def fail(*args, **kwargs):
        raise RuntimeError("the count task cannot be written")

    monkeypatch.setattr("fulfillment.services.confirming.have_counted", fail)

    with pytest.raises(RuntimeError):
        pick(walking, found={"VLV-BF-080": 3})

    stock.refresh_from_db()
    line = OrderLine.objects.get()
    assert (PickList.objects.get().state, PickLine.objects.get().picked) == ("picking", None)
    assert (line.allocated, line.picking, line.picked, stock.allocated) == (5, 5, 0, 5)


def test_second_short_at_the_same_place_keeps_one_count(
    place, release, pick, product, stock, books
):
    lists = [release(place({product: 5}))[0] for _order in range(2)]

    for pick_list in lists:
        pick(pick_list, found={"VLV-BF-080": 4})

    assert CountTask.objects.count() == 1
    assert books() == []


def test_stopping_keeps_the_goods_allocated_and_free_to_release_again(
    walking, release, now, actor, stock, books
):
    services.stop_pick(walking.pk, reason="Wrong door", at=now, actor=actor)

    [again] = release(walking.order)
    line = OrderLine.objects.get()
    assert PickList.objects.get(pk=walking.pk).state == "cancelled"
    assert (again.lines.get().quantity, line.allocated, line.picking) == (5, 5, 5)
    assert books() == []


def test_short_pick_where_a_count_is_due_anyway_makes_it_the_count_of_what_is_missing(
    walking, pick, stock, now
):
    CountTask.objects.create(
        level=stock, kind="cycle", blocks=False, reason="Its turn", opened_at=now
    )

    pick(walking, found={"VLV-BF-080": 3})

    task = CountTask.objects.get()
    assert (task.kind, task.blocks, task.reason) == ("short", True, f"{walking} found 2 fewer")
    assert not usable_levels(on=now.date()).exists()


def test_stopping_after_a_short_pick_keeps_what_was_found(walking, pick, now, actor, books):
    pick(walking, found={"VLV-BF-080": 3})

    services.stop_pick(walking.pk, reason="Customer called", at=now, actor=actor)

    line = OrderLine.objects.get()
    assert (line.allocated, line.picking, line.picked) == (3, 0, 0)
    assert books() == []


def test_stopping_needs_a_reason(walking, now, actor):
    with pytest.raises(InvalidInput):
        services.stop_pick(walking.pk, reason=" ", at=now, actor=actor)

    assert PickList.objects.get().state == "picking"


def test_packing_plans_the_shipment(packed):
    shipment = Shipment.objects.get()
    assert (packed.state, packed.packages.get().weight_kg) == ("packed", Decimal("7.500"))
    assert (shipment.state, shipment.carrier, shipment.weight_kg) == (
        "planned",
        None,
        Decimal("7.500"),
    )
    assert shipment.lines.get().quantity == 5


@pytest.mark.parametrize(
    "weights", [[], [Decimal(0)], [Decimal("1e8")], [Decimal(1), Decimal("NaN")]]
)
def test_packing_refuses_weights_that_cannot_be(walking, pick, now, actor, weights):
    pick(walking)

    with pytest.raises(InvalidInput):
        services.pack(walking.pk, weights=weights, at=now, actor=actor)

    assert PickList.objects.get().state == "picked"
    assert not Shipment.objects.exists()


def test_packed_goods_cannot_be_stopped(packed, now, actor):
    with pytest.raises(TransitionNotAllowed):
        services.stop_pick(packed.pk, reason="Late", at=now, actor=actor)


@pytest.mark.parametrize("change", ["UPDATE {} SET quantity = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_stock_moves_are_append_only(stock, change):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            cursor.execute(change.format(StockMove._meta.db_table))

    assert StockMove.objects.get().quantity == 100
