"""Goods that come in are told apart by lot and serial number, and are taken in once."""

from datetime import date
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import ExpectedReceipt, Lot, StockLevel, StockMove
from fulfillment.services import Goods
from o2c.kernel.errors import InvalidInput
from orders.models import OrderLine
from tests.factories import (
    ExpectedReceiptFactory,
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db
SOON = date(2027, 3, 31)


@pytest.fixture
def by_lot(db):
    return ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)


@pytest.fixture
def by_serial(db):
    return ProductFactory.create(sku="PMP-CE-15", tracking="serial")


@pytest.fixture
def place_of(db):
    return LocationFactory.create()


@pytest.fixture
def receive(place_of, now, actor):
    """Receive goods of a product at A-01-01."""

    def run(product, *goods, source="receipt:GR-1", location=place_of, expected=None):
        return services.receive_goods(
            location_id=location.pk,
            product_id=product.pk,
            goods=list(goods),
            source=source,
            expected_id=expected.pk if expected else None,
            at=now,
            actor=actor,
        )

    return run


def lot(code, quantity=5, expires_on=SOON):
    return Goods(quantity=Decimal(quantity), lot_code=code, expires_on=expires_on)


def test_each_lot_has_a_level_of_its_own(receive, by_lot, books):
    receive(by_lot, lot("A1"), lot("A2", 7))
    receive(by_lot, lot("A1", 2, None), source="receipt:GR-2")

    levels = StockLevel.objects.order_by("lot__code").values_list("lot__code", "on_hand")
    assert list(levels) == [("A1", 7), ("A2", 7)]
    assert list(Lot.objects.values_list("expires_on", flat=True)) == [SOON, SOON]
    assert books() == []


@pytest.mark.parametrize(
    ("goods", "field", "words"),
    [
        ([lot("")], "lot", "enter or scan the lot"),
        ([lot("  ")], "lot", "enter or scan the lot"),
        ([lot("x" * 41)], "lot", "at most 40 characters"),
        ([lot("A1"), lot("A1")], "lot", "entered twice"),
        ([lot("A1", expires_on=None)], "expires_on", "enter the last day"),
        ([lot("OLD", expires_on=date(2027, 1, 1))], "expires_on", "31 Mar 2027 in the books"),
        ([lot("A1", 0)], "quantity", "above zero"),
        ([lot("A1", "NaN")], "quantity", "above zero"),
        ([lot("A1", 10**9 - 1), lot("A2", 1)], "quantity", "brings less than 1000000000"),
        ([lot("A1", "0.0001")], "quantity", "three decimals"),
        ([lot("A1", "1e9")], "quantity", "above zero"),
    ],
)
def test_refuses_what_cannot_be_a_lot_and_keeps_nothing(receive, by_lot, goods, field, words):
    LotFactory.create(product=by_lot, code="OLD", expires_on=SOON)

    with pytest.raises(InvalidInput, match=words) as refusal:
        receive(by_lot, *goods)

    assert refusal.value.field == field
    assert not StockMove.objects.exists()
    assert Lot.objects.get().code == "OLD"


def test_untracked_product_has_no_lot(receive, product):
    with pytest.raises(InvalidInput, match="not kept by lot"):
        receive(product, lot("A1"))

    assert not StockMove.objects.exists()


def test_serial_number_is_one_piece_and_lies_once(receive, by_serial, books):
    receive(by_serial, lot("S1", 1, None), lot("S2", 1, None))

    with pytest.raises(InvalidInput, match="S2 is in stock already"):
        receive(by_serial, lot("S2", 1, None), lot("S3", 1, None), source="receipt:GR-2")
    with pytest.raises(InvalidInput, match="stands for one piece"):
        receive(by_serial, lot("S4", 2, None), source="receipt:GR-2")

    assert set(Lot.objects.values_list("code", "is_serial")) == {("S1", True), ("S2", True)}
    assert books() == []


def test_same_delivery_is_taken_in_once(receive, by_lot):
    receive(by_lot, lot("A1"))

    with pytest.raises(services.AlreadyRecorded, match="GR-1 was received here already"):
        receive(by_lot, lot("A1"))

    assert StockLevel.objects.get().on_hand == 5


def test_goods_in_quarantine_serve_nobody(receive, place, product, customer):
    waiting = place({product: 5})
    dock = LocationFactory.create(code="Q-01", kind="quarantine")

    receive(product, Goods(quantity=Decimal(9)), location=dock)

    assert OrderLine.objects.get(order=waiting).allocated == 0


def test_place_that_is_used_no_more_takes_nothing_in(receive, product):
    gone = LocationFactory.create(code="X-01", is_active=False)

    with pytest.raises(InvalidInput, match="X-01 is not used any more"):
        receive(product, Goods(quantity=Decimal(9)), location=gone)

    assert not StockMove.objects.exists()


def test_arrival_counts_towards_what_was_expected(receive, product):
    expected = ExpectedReceiptFactory.create(product=product)

    receive(product, Goods(quantity=Decimal(20)), expected=expected)
    expected.refresh_from_db()
    first = expected.received, expected.state, expected.due
    receive(product, Goods(quantity=Decimal(31)), source="receipt:GR-2", expected=expected)

    expected.refresh_from_db()
    assert first == (20, ExpectedReceipt.State.OPEN, 30)
    assert (expected.received, expected.state, expected.due) == (51, "closed", 0)


@pytest.mark.parametrize("wrong", ["product", "warehouse"])
def test_arrival_of_something_else_is_refused(receive, product, wrong):
    other = {"product": ProductFactory, "warehouse": WarehouseFactory}[wrong]
    fields = {"code": "EAST"} if wrong == "warehouse" else {}
    expected = ExpectedReceiptFactory.create(
        **{"product": product} | {wrong: other.create(**fields)}
    )

    with pytest.raises(InvalidInput, match=f"for another {wrong}"):
        receive(product, Goods(quantity=Decimal(20)), expected=expected)

    expected.refresh_from_db()
    assert expected.received == 0
    assert not StockMove.objects.exists()


@pytest.fixture
def give_back(place_of, now, actor):
    def run(product, *, lot_id=None, quantity=2, location=place_of, source="return:7"):
        return services.receive_return(
            location_id=location.pk,
            product_id=product.pk,
            lot_id=lot_id,
            quantity=Decimal(quantity),
            source=source,
            at=now,
            actor=actor,
        )

    return run


def test_return_is_a_move_of_its_own_and_serves_who_waits(give_back, place, product, books):
    waiting = place({product: 5})

    give_back(product, quantity=3)

    move = StockMove.objects.get()
    assert (move.kind, move.quantity, move.source) == ("return", 3, "return:7")
    assert OrderLine.objects.get(order=waiting).allocated == 3
    assert books() == []


def test_return_to_quarantine_serves_nobody(give_back, place, product):
    waiting = place({product: 5})

    give_back(product, location=LocationFactory.create(code="Q-01", kind="quarantine"))

    assert OrderLine.objects.get(order=waiting).allocated == 0


def test_return_is_taken_in_once(give_back, product):
    give_back(product)

    with pytest.raises(services.AlreadyRecorded):
        give_back(product)

    assert StockLevel.objects.get().on_hand == 2


def test_return_names_a_lot_of_its_product(give_back, by_lot, product):
    other = LotFactory.create()

    for item, lot_id in ((by_lot, None), (by_lot, other.pk), (product, other.pk)):
        with pytest.raises(InvalidInput) as refusal:
            give_back(item, lot_id=lot_id)
        assert refusal.value.field == "lot"

    assert not StockMove.objects.exists()


def test_piece_that_is_here_does_not_come_back(give_back, receive, by_serial):
    receive(by_serial, lot("S1", 1, None))

    with pytest.raises(InvalidInput, match="S1 is in stock already"):
        give_back(by_serial, lot_id=Lot.objects.get().pk, quantity=1)

    assert StockLevel.objects.get().on_hand == 1


def test_twenty_lots_take_as_many_statements_as_two(receive, by_lot, statements):
    receive(by_lot, lot("A0"))

    few = statements(lambda: receive(by_lot, *[lot(f"B{n}") for n in range(2)], source="r:2"))
    many = statements(lambda: receive(by_lot, *[lot(f"C{n}") for n in range(20)], source="r:3"))

    assert many == few


def test_transfer_moves_what_nobody_claims(stock, place, product, now, actor, books):
    place({product: 60})
    shelf = LocationFactory.create(code="B-02-02")

    with pytest.raises(services.StockPromised, match="orders claim 60 of the 100 there"):
        services.transfer(
            stock.pk, to_location_id=shelf.pk, quantity=Decimal(41), at=now, actor=actor
        )
    there = services.transfer(
        stock.pk, to_location_id=shelf.pk, quantity=Decimal(40), at=now, actor=actor
    )

    stock.refresh_from_db()
    assert (stock.on_hand, there.on_hand) == (60, 40)
    moves = StockMove.objects.filter(kind="transfer").order_by("quantity")
    assert [(move.quantity, move.reason) for move in moves] == [
        (-40, "A-01-01 to B-02-02"),
        (40, "A-01-01 to B-02-02"),
    ]
    assert books() == []


def test_what_leaves_the_dock_serves_who_waits(place, receive, product, now, actor, books):
    waiting = place({product: 5})
    dock = LocationFactory.create(code="DOCK", kind="receiving")
    [level] = receive(product, Goods(quantity=Decimal(9)), location=dock)

    shelf = LocationFactory.create(code="B-02-02")
    services.transfer(level.pk, to_location_id=shelf.pk, quantity=Decimal(9), at=now, actor=actor)

    assert OrderLine.objects.get(order=waiting).allocated == 5
    assert books() == []


@pytest.mark.parametrize(
    ("quantity", "code", "field"),
    [("0", "B", "quantity"), ("-1", "B", "quantity"), ("1", "A-01-01", "location")],
)
def test_transfer_that_cannot_be_changes_nothing(stock, now, actor, quantity, code, field):
    place = LocationFactory.create(code=code)

    with pytest.raises(InvalidInput) as refusal:
        services.transfer(
            stock.pk, to_location_id=place.pk, quantity=Decimal(quantity), at=now, actor=actor
        )

    assert refusal.value.field == field
    assert StockMove.objects.get().kind == "receipt"


def test_piece_is_counted_once(by_serial, now, actor, books):
    serial = LotFactory.create(product=by_serial, is_serial=True)
    here = StockLevelFactory.create(product=by_serial, lot=serial, on_hand=Decimal(1))
    there = StockLevelFactory.create(
        product=by_serial,
        lot=serial,
        on_hand=Decimal(0),
        location=LocationFactory.create(code="B"),
    )

    for level, counted in ((here, 2), (there, 1)):
        with pytest.raises(InvalidInput, match="is one piece"):
            services.count_level(level.pk, counted=Decimal(counted), at=now, actor=actor)
    with pytest.raises(InvalidInput, match="is one piece"):
        services.adjust(there.pk, quantity=Decimal(1), reason="found", at=now, actor=actor)

    assert StockMove.objects.count() == 1
    assert books() == []
