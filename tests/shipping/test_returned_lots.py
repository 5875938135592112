"""Of goods that are kept by lot only what had left with the very line is taken back."""

from decimal import Decimal

import pytest

from fulfillment.models import Lot, StockLevel
from o2c.kernel.errors import InvalidInput
from orders.models import OrderLine
from shipping import services
from shipping.services import Arrived


@pytest.fixture
def lots(gone, product, stock, now):
    """Lot L-1, of which 5 pieces left, and L-2, which lies on the shelf."""
    type(product).objects.filter(pk=product.pk).update(tracking="lot")
    first, second = (
        Lot.objects.create(product=product, code=code, created_at=now) for code in ("L-1", "L-2")
    )
    StockLevel.objects.filter(pk=stock.pk).update(lot=first)
    StockLevel.objects.create(product=product, location=stock.location, lot=second)
    return first, second


def refused(work):
    with pytest.raises(InvalidInput) as refusal:
        work()
    return refusal.value


def test_a_lot_that_left_with_the_line_is_taken_in(lots, announce, receive):
    received = receive(announce(3), 3, "L-1")

    assert (received.state, received.lines.get().lot) == ("received", lots[0])
    assert OrderLine.objects.get().returned == 3


def test_a_lot_that_did_not_leave_with_the_line_is_refused_at_its_field(lots, announce, receive):
    row = announce(3)

    refusal = refused(lambda: receive(row, 3, "L-2"))

    row.refresh_from_db()
    number = row.lines.get().shipment_line.shipment.number
    assert str(refusal) == f"Lot “L-2” did not leave with {number}. What left is: L-1."
    assert refusal.field == f"lines.{row.lines.get().pk}"
    assert (row.state, OrderLine.objects.get().returned) == ("announced", 0)


def test_no_more_of_a_lot_comes_back_than_left(lots, gone, announce, receive):
    receive(announce(3), 3, "L-1")
    row = announce(2)
    # As if of the five two had been of L-2.
    StockLevel.objects.create(product=lots[0].product, location=StockLevel.objects.first().location)
    type(gone).objects.filter(pk=gone.pk).update(quantity=7)

    more = announce(2)
    receive(row, 2, "L-1")
    refusal = refused(lambda: receive(more, 1, "L-1"))

    more.refresh_from_db()
    assert "Of lot “L-1” only 0 left with SH-" in str(refusal)
    assert (more.state, OrderLine.objects.get().returned) == ("announced", 5)


def test_of_what_was_not_kept_by_lot_when_it_left_any_lot_is_taken_in(
    lots, stock, announce, receive
):
    StockLevel.objects.filter(pk=stock.pk).update(lot=None)

    received = receive(announce(3), 3, "L-2")

    assert received.lines.get().lot == lots[1]


@pytest.mark.usefixtures("divisible")
def test_counting_takes_as_many_statements_for_20_lots_as_for_two(
    gone, announce, statements, product, stock, now, actor
):
    type(product).objects.filter(pk=product.pk).update(tracking="lot")
    codes = [f"L-{number}" for number in range(20)]
    Lot.objects.bulk_create([Lot(product=product, code=code, created_at=now) for code in codes])

    def count(some):
        row = announce(Decimal("0.1") * len(some))
        [line] = row.lines.all()
        goods = [Arrived(line_id=line.pk, quantity=Decimal("0.1"), lot_code=code) for code in some]
        return statements(
            lambda: services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)
        )

    two = count(codes[:2])

    assert count(codes) == two
