"""Many in the warehouse at once: nothing comes in twice, and nothing is moved that is not there."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from fulfillment import services
from fulfillment.models import Allocation, ExpectedReceipt, Location, StockLevel, StockMove
from fulfillment.services import receiving
from o2c.kernel import outbox
from orders.models import Order
from tests.factories import (
    ExpectedReceiptFactory,
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)
from tests.race import in_line, meanwhile, run_together, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receive(company, now, actor):
    def prepare(product, location, *, source="receipt:GR-1", lot="", expected=None):
        def run():
            return services.receive_stock(
                location_id=location.pk,
                product_id=product.pk,
                quantity=Decimal(1),
                source=source,
                lot_code=lot,
                expected_id=expected,
                at=now,
                actor=actor,
            )

        return run

    return prepare


def names(results):
    return [type(result).__name__ for result in results]


@pytest.fixture
def enter_twice(receive, product, stock, monkeypatch):
    """Enter a delivery twice, again when it is found to be new the first time."""
    entering = receive(product, stock.location)
    return lambda: names(meanwhile(monkeypatch, (receiving, "ensure_new"), entering, entering))


def test_delivery_that_two_people_enter_is_taken_in_once(enter_twice, stock, books):
    assert enter_twice() == ["StockLevel", "AlreadyRecorded"]

    stock.refresh_from_db()
    assert stock.on_hand == 101
    assert books() == []


def test_delivery_race_is_real_without_the_lock(enter_twice, monkeypatch):
    without_locks(monkeypatch)

    assert enter_twice() == ["IntegrityError", "StockLevel"]


@pytest.fixture
def piece(db):
    """A pump with serial number S1, that has left the house, and two places for it."""
    product = ProductFactory.create(tracking="serial")
    lot = LotFactory.create(product=product, code="S1", is_serial=True)
    places = [LocationFactory.create(code=code) for code in ("A-1", "A-2")]
    for place in places:
        StockLevelFactory.create(product=product, lot=lot, location=place, on_hand=Decimal(0))
    return product, places


@pytest.fixture
def receive_piece_twice(receive, piece, monkeypatch):
    """Enter the piece at two places, at the second one when it is put to the first one."""
    product, places = piece
    entering = [receive(product, place, lot="S1") for place in places]
    return lambda: names(meanwhile(monkeypatch, (receiving, "make_moves"), *entering))


def test_piece_comes_in_at_one_place_only(receive_piece_twice, books):
    assert receive_piece_twice() == ["StockLevel", "InvalidInput"]
    assert books() == []


def test_new_piece_comes_in_at_one_place_only(receive, db, books):
    product = ProductFactory.create(tracking="serial")
    places = [LocationFactory.create(code=code) for code in ("A-1", "A-2")]

    results = in_line(*[receive(product, place, lot="S9") for place in places])

    assert names(results) == ["StockLevel", "InvalidInput"]
    assert books() == []


def test_piece_race_is_real_without_the_lock(receive_piece_twice, monkeypatch, books):
    Location.objects.update(kind="quarantine")  # nobody is served, so no other lock is asked for
    without_locks(monkeypatch)

    assert receive_piece_twice() == ["StockLevel", "StockLevel"]
    assert [broken.name for broken in books()] == ["fulfillment.a_serial_number_lies_once"]


@pytest.fixture
def move(company, stock, now, actor):
    def prepare(code):
        place = LocationFactory.create(code=code)

        def run():
            return services.transfer(
                stock.pk, to_location_id=place.pk, quantity=Decimal(60), at=now, actor=actor
            )

        return run

    return prepare


def test_goods_are_moved_once(move, stock, books):
    results = in_line(move("B-1"), move("B-2"))

    stock.refresh_from_db()
    assert names(results) == ["StockLevel", "NotThere"]
    assert stock.on_hand == 40
    assert books() == []


def test_moving_race_is_real_without_the_lock(move, stock, monkeypatch):
    """Only the database's own rule stops it then."""
    without_locks(monkeypatch)

    _moved, refused = in_line(move("B-1"), move("B-2"))

    assert type(refused) is IntegrityError
    assert "fulfillment_stocklevel_not_oversold" in str(refused)


@pytest.fixture
def arrive_twice(receive, product, stock):
    """Enter two arrivals of what was expected, one piece each; return how much has come."""
    row = ExpectedReceiptFactory.create(product=product, warehouse=stock.location.warehouse)
    arrivals = [
        receive(product, stock.location, source=f"receipt:{number}", expected=row.pk)
        for number in range(2)
    ]

    def run():
        while_it_waits(*arrivals)
        row.refresh_from_db()
        return row.received

    return run


def test_two_arrivals_both_count_towards_what_was_expected(arrive_twice):
    assert arrive_twice() == 2
    assert StockMove.objects.filter(source__startswith="receipt:").count() == 2


def test_arrival_race_is_real_without_the_lock(arrive_twice, monkeypatch):
    without_locks(monkeypatch)

    assert arrive_twice() == 1


def test_same_goods_are_announced_once(product, now, actor):
    expectation = services.Expectation(
        reference="PO-1",
        warehouse_id=WarehouseFactory.create().pk,
        product_id=product.pk,
        quantity=Decimal(5),
        expected_on=date(2026, 12, 4),
    )

    def announce():
        return services.expect_receipt(expectation=expectation, at=now, actor=actor)

    results = in_line(announce, announce)

    assert names(results) == ["ExpectedReceipt", "InvalidInput"]
    assert ExpectedReceipt.objects.count() == 1


def test_lot_that_is_recalled_while_orders_claim_it_is_claimed_by_nobody(
    make_customer, place, now, actor, books
):
    product = ProductFactory.create(tracking="lot")
    lot = LotFactory.create(product=product)
    StockLevelFactory.create(product=product, lot=lot)
    customers = [make_customer() for _customer in range(4)]
    orders = [lambda by=by: place({product: 3}, by=by) for by in customers]

    results = run_together(
        *orders, lambda: services.recall_lot(lot.pk, reason="Bad.", at=now, actor=actor)
    )
    outbox.deliver_due(limit=50)

    assert sum(isinstance(result, Order) for result in results) == 4
    assert not Allocation.objects.filter(state="active").exists()
    assert StockLevel.objects.get().allocated == 0
    assert books() == []
