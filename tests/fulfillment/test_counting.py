"""A count says what lies at the place; what was picked there and has not left is added to it."""

from datetime import time
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import CountTask, StockMove
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


@pytest.fixture
def count(now, actor):
    def count(level, counted):
        return services.count_level(level.pk, counted=Decimal(counted), at=now, actor=actor)

    return count


@pytest.fixture
def pickup(company):
    return PickupScheduleFactory.create(cut_off=time(15, 30))


@pytest.fixture
def leave(pickup, packed, now, actor):
    """Let five packed pieces leave the house."""
    shipment = Shipment.objects.get()
    shipping.label_shipment(shipment.pk, at=now, actor=actor)
    return lambda: shipping.dispatch_shipment(shipment.pk, at=now, actor=actor)


def books_of(level):
    level.refresh_from_db()
    return level.on_hand, level.allocated


def test_goods_in_packages_are_not_counted_and_the_shelf_is_right_when_they_have_left(
    stock, count, leave, books
):
    count(stock, 95)
    before = books_of(stock)

    leave()

    assert (before, books_of(stock)) == ((100, 5), (95, 0))
    assert not StockMove.objects.filter(kind="count").exists()
    assert books() == []


def test_empty_place_is_counted_after_a_short_pick(place, release, pick, product, stock, count):
    [pick_list] = release(place({product: 10}))
    pick(pick_list, found={product.sku: 6})

    task = count(stock, 0)

    assert books_of(stock) == (6, 6)
    assert (task.state, task.counted) == ("counted", 0)
    assert StockMove.objects.get(kind="count").quantity == -94


def test_what_is_scanned_into_a_tote_is_not_at_its_place_any_more(
    place, release, product, stock, count, now, actor
):
    [pick_list] = release(place({product: 10}))
    services.start_pick(pick_list.pk, picker_id=None, at=now, actor=actor)
    services.scan(pick_list.pk, code=product.sku, quantity=Decimal(4), at=now, actor=actor)

    count(stock, 90)

    assert books_of(stock) == (94, 10)


def test_count_below_what_is_still_to_be_picked_is_refused(
    place, release, pick, product, stock, count
):
    [pick_list] = release(place({product: 10}))
    pick(pick_list)
    place({product: 3})

    with pytest.raises(services.StockPromised, match="Orders claim 3 of these"):
        count(stock, 2)

    assert books_of(stock) == (100, 13)
    assert not CountTask.objects.exists()


def test_piece_in_a_tote_is_not_counted_a_second_time(place, release, pick, count, books):
    by_serial = ProductFactory.create(tracking="serial")
    piece = StockLevelFactory.create(
        product=by_serial,
        lot=LotFactory.create(product=by_serial, is_serial=True),
        on_hand=Decimal(1),
    )
    [pick_list] = release(place({by_serial: 1}))
    pick(pick_list)

    count(piece, 0)

    assert books_of(piece) == (1, 1)
    assert books() == []


def test_goods_of_a_stopped_list_are_at_their_place_again(
    place, release, pick, product, stock, count, now, actor
):
    [pick_list] = release(place({product: 7}))
    pick(pick_list)
    services.stop_pick(pick_list.pk, reason="Wrong door", at=now, actor=actor)

    count(stock, 100)

    assert books_of(stock) == (100, 7)
    assert not StockMove.objects.filter(kind="count").exists()


def test_goods_in_doubt_are_not_moved_before_they_are_counted(
    place, release, pick, stock, count, now, actor
):
    [pick_list] = release(place({stock.product: 10}))
    pick(pick_list, found={stock.product.sku: 6})
    there = LocationFactory.create(code="B-01")

    def move(quantity):
        return services.transfer(
            stock.pk, to_location_id=there.pk, quantity=Decimal(quantity), at=now, actor=actor
        )

    with pytest.raises(services.InDoubt, match="count it first") as refusal:
        move(50)
    before = books_of(stock)
    count(stock, 80)
    move(50)

    assert (refusal.value.field, before) == ("quantity", (100, 6))
    assert books_of(stock) == (36, 10)


def test_goods_whose_turn_to_be_counted_it_is_are_moved(stock, now, actor):
    there = LocationFactory.create(code="B-01")
    services.ask_for_count(stock.pk, reason="Its turn", blocks=False, at=now, actor=actor)

    services.transfer(stock.pk, to_location_id=there.pk, quantity=Decimal(50), at=now, actor=actor)

    assert books_of(stock) == (50, 0)


@pytest.mark.django_db(transaction=True)
def test_count_that_waits_for_goods_to_leave_sees_that_they_have_left(stock, count, leave):
    while_it_waits(leave, lambda: count(stock, 95))

    assert books_of(stock) == (95, 0)
    assert not StockMove.objects.filter(kind="count").exists()
