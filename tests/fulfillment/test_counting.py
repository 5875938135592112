"""A count says what lies at the place; what was picked there and has not left is added to it."""

from datetime import time
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import CountTask, PickList, StockMove
from o2c.kernel.errors import InvalidInput
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
    def count(level, counted, *, lying=None, confirmed=None):
        return services.count_level(
            level.pk,
            counted=Decimal(counted),
            lying=None if lying is None else Decimal(lying),
            confirmed=None if confirmed is None else Decimal(confirmed),
            at=now,
            actor=actor,
        )

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

    task = count(stock, 0, confirmed=0)

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


@pytest.fixture
def ten(product):
    """Ten pieces at one place."""
    return StockLevelFactory.create(product=product, on_hand=Decimal(10))


@pytest.fixture
def scan(place, release, product, now, actor):
    """Scan so many of five into a tote."""

    def scan(quantity):
        [pick_list] = PickList.objects.all() or release(place({product: 5}))
        if pick_list.state == PickList.State.RELEASED:
            services.start_pick(pick_list.pk, picker_id=None, at=now, actor=actor)
        services.scan(
            pick_list.pk, code=product.sku, quantity=Decimal(quantity), at=now, actor=actor
        )

    return scan


def test_what_is_scanned_after_it_was_counted_is_not_counted_a_second_time(ten, scan, count, books):
    scan(3)
    counted = 7
    scan(2)

    with pytest.raises(services.CountOutdated, match="5 of 10 are picked now") as no:
        count(ten, counted, lying=7)

    assert (no.value.field, books_of(ten)) == ("counted", (10, 5))
    assert not CountTask.objects.exists()
    count(ten, 5, lying=5)
    assert books_of(ten) == (10, 5)
    assert not StockMove.objects.filter(kind="count").exists()
    assert books() == []


def test_what_comes_after_it_was_counted_is_not_counted_away(ten, count, now, actor):
    services.adjust(ten.pk, quantity=Decimal(4), reason="Found.", at=now, actor=actor)

    with pytest.raises(services.CountOutdated, match="0 of 14 are picked now"):
        count(ten, 10, lying=10)

    assert books_of(ten) == (14, 0)


def test_goods_that_leave_the_house_after_it_was_counted_change_nothing(stock, count, leave):
    leave()

    count(stock, 94, lying=95)

    assert books_of(stock) == (94, 0)


@pytest.mark.usefixtures("divisible")
def test_place_holds_no_more_than_the_books_can_say(stock, place, release, pick, now, actor):
    [pick_list] = release(place({stock.product: 1}))
    pick(pick_list)
    most, one = Decimal("999999999.999"), Decimal(1)
    elsewhere = StockLevelFactory.create(
        product=stock.product, location=LocationFactory.create(code="B-01")
    )
    full = StockLevelFactory.create(
        product=stock.product, location=LocationFactory.create(code="B-02"), on_hand=most
    )
    steps = {
        "counted": [lambda: services.count_level(stock.pk, counted=most, at=now, actor=actor)],
        "quantity": [
            lambda: services.adjust(full.pk, quantity=one, reason="More.", at=now, actor=actor),
            lambda: services.transfer(
                elsewhere.pk, to_location_id=full.location_id, quantity=one, at=now, actor=actor
            ),
            lambda: services.receive_stock(
                location_id=full.location_id,
                product_id=full.product_id,
                quantity=one,
                source="receipt:GR-1",
                at=now,
                actor=actor,
            ),
        ],
    }

    for field, refused in steps.items():
        for step in refused:
            with pytest.raises(InvalidInput, match="a place holds less than 1000000000") as no:
                step()
            assert no.value.field == field

    assert [books_of(level)[0] for level in (stock, elsewhere, full)] == [100, 100, most]
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


def test_what_is_not_there_is_not_said_to_be_claimed(stock, place, now, actor):
    there = LocationFactory.create(code="B-01")

    def correct(quantity):
        services.adjust(stock.pk, quantity=Decimal(quantity), reason="Gone", at=now, actor=actor)

    with pytest.raises(services.NotThere, match=r"^Only 100 lie there\.$") as gone:
        correct(-101)
    with pytest.raises(services.NotThere, match=r"^Only 100 lie there\.$"):
        services.transfer(
            stock.pk, to_location_id=there.pk, quantity=Decimal(101), at=now, actor=actor
        )
    place({stock.product: 30})
    with pytest.raises(services.StockPromised, match="70 can be taken away: orders claim 30 of"):
        correct(-71)

    assert gone.value.field == "quantity"
    assert books_of(stock) == (100, 30)


def level_of(product, on_hand):
    return StockLevelFactory.create(product=product, on_hand=Decimal(on_hand))


@pytest.mark.parametrize(
    ("on_hand", "counted", "said"),
    [
        (35710, 1, "The books say 35,710, you counted 1. Count again, or confirm."),
        (35710, 17854, "The books say 35,710, you counted 17,854. Count again, or confirm."),
        (100, 151, "The books say 100, you counted 151. Count again, or confirm."),
        (0, 1001, "The books say 0, you counted 1,001. Count again, or confirm."),
        (11, 0, "The books say 11, you counted 0. Count again, or confirm."),
    ],
)
def test_count_far_from_the_books_is_booked_when_it_is_confirmed(
    on_hand, counted, said, product, count, books
):
    level = level_of(product, on_hand)

    with pytest.raises(services.CountDoubted) as no:
        count(level, counted, lying=on_hand)
    with pytest.raises(services.CountDoubted):
        count(level, counted, lying=on_hand, confirmed=counted + 1)

    assert (str(no.value), no.value.field) == (said, "counted")
    assert books_of(level) == (on_hand, 0)
    assert not CountTask.objects.exists()
    count(level, counted, lying=on_hand, confirmed=counted)
    assert books_of(level) == (counted, 0)


@pytest.mark.parametrize(
    ("on_hand", "counted"), [(35710, 17855), (100, 150), (10, 0), (0, 1000), (3, 13)]
)
def test_count_that_can_be_is_booked_at_once(on_hand, counted, product, count):
    level = level_of(product, on_hand)

    count(level, counted, lying=on_hand)

    assert books_of(level) == (counted, 0)


def test_what_is_picked_already_makes_no_count_far_off(place, release, pick, stock, count):
    [pick_list] = release(place({stock.product: 60}))
    pick(pick_list)

    count(stock, 40)

    assert books_of(stock) == (100, 60)
