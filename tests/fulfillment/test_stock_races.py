"""Many in the warehouse at once: nothing comes in twice, and nothing is moved that is not there."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from fulfillment import services
from fulfillment.models import Allocation, ExpectedReceipt, Location, StockLevel, StockMove
from fulfillment.services import expected as expecting
from fulfillment.services import moving, receiving
from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from orders.models import Order
from tests.factories import (
    ExpectedReceiptFactory,
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)
from tests.race import run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slowly(monkeypatch):
    """Take the locks away, and let nobody write before all have looked."""

    def make(module, name, *, people=2):
        quick, all_have_looked = getattr(module, name), Barrier(people, timeout=10)

        def slow(*args, **kw):
            with suppress(BrokenBarrierError):
                all_have_looked.wait()
            return quick(*args, **kw)

        without_locks(monkeypatch)
        monkeypatch.setattr(module, name, slow)

    return make


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
    return sorted(type(result).__name__ for result in results)


def test_delivery_that_two_people_enter_is_taken_in_once(receive, product, stock, books):
    entering = receive(product, stock.location)

    results = run_together(entering, entering)

    stock.refresh_from_db()
    assert names(results) == ["AlreadyRecorded", "StockLevel"]
    assert stock.on_hand == 101
    assert books() == []


def test_delivery_race_is_real_without_the_lock(receive, product, stock, slowly):
    slowly(receiving, "make_moves")
    entering = receive(product, stock.location)

    results = run_together(entering, entering)

    assert names(results) == ["IntegrityError", "StockLevel"]


@pytest.fixture
def piece(db):
    """A pump with serial number S1, that has left the house, and two places for it."""
    product = ProductFactory.create(tracking="serial")
    lot = LotFactory.create(product=product, code="S1", is_serial=True)
    places = [LocationFactory.create(code=code) for code in ("A-1", "A-2")]
    for place in places:
        StockLevelFactory.create(product=product, lot=lot, location=place, on_hand=Decimal(0))
    return product, places


def test_piece_comes_in_at_one_place_only(receive, piece, books):
    product, places = piece

    results = run_together(*[receive(product, place, lot="S1") for place in places])

    assert names(results) == ["InvalidInput", "StockLevel"]
    assert books() == []


def test_new_piece_comes_in_at_one_place_only(receive, db, books):
    product = ProductFactory.create(tracking="serial")
    places = [LocationFactory.create(code=code) for code in ("A-1", "A-2")]

    results = run_together(*[receive(product, place, lot="S9") for place in places])

    [refused] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, InvalidInput)
    assert books() == []


def test_piece_race_is_real_without_the_lock(receive, piece, slowly, books):
    product, places = piece
    Location.objects.update(kind="quarantine")  # nobody is served, so no other lock is asked for
    slowly(receiving, "make_moves")

    results = run_together(*[receive(product, place, lot="S1") for place in places])

    assert names(results) == ["StockLevel", "StockLevel"]
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
    results = run_together(move("B-1"), move("B-2"))

    stock.refresh_from_db()
    assert names(results) == ["StockLevel", "StockPromised"]
    assert stock.on_hand == 40
    assert books() == []


def test_moving_race_is_real_without_the_lock(move, stock, slowly):
    """Only the database's own rule stops it then."""
    slowly(moving, "make_moves")

    results = run_together(move("B-1"), move("B-2"))

    [refused] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, IntegrityError)
    assert "fulfillment_stocklevel_not_oversold" in str(refused)


def test_two_arrivals_both_count_towards_what_was_expected(receive, product, stock):
    row = ExpectedReceiptFactory.create(product=product, warehouse=stock.location.warehouse)

    run_together(
        *[
            receive(product, stock.location, source=f"receipt:{n}", expected=row.pk)
            for n in range(4)
        ]
    )

    row.refresh_from_db()
    assert row.received == 4
    assert StockMove.objects.filter(source__startswith="receipt:").count() == 4


def test_arrival_race_is_real_without_the_lock(receive, product, stock, slowly):
    row = ExpectedReceiptFactory.create(product=product, warehouse=stock.location.warehouse)
    slowly(expecting, "_ensure_open", people=4)

    run_together(
        *[
            receive(product, stock.location, source=f"receipt:{n}", expected=row.pk)
            for n in range(4)
        ]
    )

    row.refresh_from_db()
    assert row.received < 4


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

    results = run_together(announce, announce)

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
