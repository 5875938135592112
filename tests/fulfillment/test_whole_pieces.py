"""What comes in whole units is never received, moved, counted, picked or awaited in parts."""

from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import ExpectedReceipt, PickLine, StockLevel, StockMove
from fulfillment.services import Expectation, announcing
from o2c.kernel.errors import InvalidInput
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory, UnitFactory

WORDS = r"comes in whole units \(piece\): enter a whole number"
HALF = Decimal("0.5")


@pytest.fixture
def hose(db):
    """100 metres of hose, which may be cut."""
    metre = UnitFactory.create(code="MTR", name="metre", is_divisible=True)
    return StockLevelFactory.create(product=ProductFactory.create(sku="HOSE", unit=metre))


@pytest.fixture
def work(company, now, actor):
    """What people do on the floor with half a unit at a place."""
    who = {"at": now, "actor": actor}

    def expect(level):
        warehouse_id, key = level.location.warehouse_id, level.product_id
        return Expectation(
            reference="PO-1",
            warehouse_id=warehouse_id,
            product_id=key,
            quantity=HALF,
            expected_on=now.date(),
        )

    return {
        "receive": lambda level: services.receive_stock(
            location_id=level.location_id,
            product_id=level.product_id,
            quantity=HALF,
            source="receipt:1",
            **who,
        ),
        "count": lambda level: services.count_level(level.pk, counted=HALF, confirmed=HALF, **who),
        "adjust": lambda level: services.adjust(level.pk, quantity=HALF, reason="Found", **who),
        "move": lambda level: services.transfer(
            level.pk,
            to_location_id=LocationFactory.create(code="Z-9").pk,
            quantity=HALF,
            **who,
        ),
        "expect": lambda level: services.expect_receipt(expectation=expect(level), **who),
        "announce": lambda level: announcing.announce_all([expect(level)], **who),
    }


STEPS = ["receive", "count", "adjust", "move", "expect", "announce"]


@pytest.mark.parametrize("step", STEPS)
def test_half_a_piece_is_refused_and_nothing_changes(step, work, stock):
    before = StockMove.objects.count()

    with pytest.raises(InvalidInput, match=WORDS):
        work[step](stock)

    assert StockLevel.objects.get().on_hand == 100
    assert StockMove.objects.count() == before
    assert ExpectedReceipt.objects.count() == 0


@pytest.mark.parametrize("step", STEPS)
def test_half_a_metre_is_taken(step, work, hose, books):
    before = StockMove.objects.count()

    work[step](hose)

    assert StockMove.objects.count() + ExpectedReceipt.objects.count() > before
    assert books() == []


def test_what_lies_there_in_parts_is_made_whole(stock, now, actor):
    StockLevel.objects.update(on_hand=Decimal("9.5"))

    services.adjust(stock.pk, quantity=-HALF, reason="Was never half a piece", at=now, actor=actor)

    assert StockLevel.objects.get().on_hand == 9


@pytest.fixture
def walking(place, release, product, stock, now, actor):
    [pick_list] = release(place({product: 6}))
    return services.start_pick(pick_list.pk, picker_id=None, at=now, actor=actor)


def test_half_a_piece_is_not_picked(walking, pick, product):
    with pytest.raises(services.NotCounted, match=WORDS) as refused:
        pick(walking, {product.sku: "5.5"})

    assert refused.value.field == f"lines.{walking.lines.get().pk}.picked"
    assert walking.lines.get().picked is None


def test_half_a_piece_is_not_scanned(walking, product, now, actor):
    who = {"quantity": HALF, "at": now, "actor": actor}

    with pytest.raises(InvalidInput, match=WORDS):
        services.scan(walking.pk, code=product.sku, **who)
    with pytest.raises(InvalidInput, match=WORDS):
        services.count_line(walking.pk, line_id=walking.lines.get().pk, **who)

    assert walking.lines.get().scanned == 0


def test_a_line_that_asks_for_a_part_is_still_finished(walking, pick, product):
    """It was ordered before the unit was said to come whole."""
    half = Decimal("5.5")
    for row in (walking.order.lines.get(), walking.lines.get(), walking.lines.get().allocation):
        fields = {"OrderLine": ["ordered", "allocated", "picking"]}.get(
            type(row).__name__, ["quantity"]
        )
        type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(fields, half))
    StockLevel.objects.update(allocated=half)

    pick(walking)

    assert PickLine.objects.get().picked == half
