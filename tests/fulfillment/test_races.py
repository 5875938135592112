"""Many at once: nothing is sold twice, and nobody waits for each other."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django_fsm import TransitionNotAllowed

from fulfillment import services
from fulfillment.models import PickList, StockLevel, StockMove
from fulfillment.services import stock as claims
from orders import services as orders
from orders.models import Order, OrderLine
from tests.factories import ProductFactory, StockLevelFactory
from tests.race import in_line, run_together

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 8


@pytest.fixture
def buy(make_customer, now, actor):
    """Return one function per buyer; each orders `{product: quantity}` for a customer of its own.

    The lines are entered in the order given.
    """

    def prepare(wishes):
        customers = [make_customer() for _buyer in wishes]

        def ordering(customer, wanted):
            return lambda: orders.place_order(
                customer_id=customer.pk,
                lines=[orders.NewLine(item.pk, Decimal(count)) for item, count in wanted],
                channel="rep",
                requested_on=now.date(),
                at=now,
                actor=actor,
            )

        return [ordering(*pair) for pair in zip(customers, wishes, strict=True)]

    return prepare


@pytest.fixture
def scarce(product):
    """10 pieces."""
    return StockLevelFactory.create(product=product, on_hand=Decimal(10))


def test_hot_product_is_not_sold_twice(buy, product, scarce, books):
    results = in_line(*buy([[(product, 6)]] * 2))

    scarce.refresh_from_db()
    assert [order.lines.get().allocated for order in results] == [6, 4]
    assert scarce.allocated == 10
    assert books() == []


def test_race_is_real_without_the_lock(buy, product, scarce, monkeypatch):
    """Guards the test above: without lock and condition only the database's own rule stops it."""
    unlocked = claims.CLAIM.replace("FOR NO KEY UPDATE OF l", "").replace("SKIP LOCKED", "")
    unguarded = unlocked.replace("AND l.on_hand - l.allocated >= t.quantity", "")
    monkeypatch.setattr(claims, "CLAIM", unguarded)

    results = in_line(*buy([[(product, 6)]] * 2))

    assert [type(result) for result in results] == [Order, IntegrityError]
    assert "fulfillment_stocklevel_not_oversold" in str(results[1])


def test_products_in_opposite_order_do_not_lock_each_other_out(buy, monkeypatch, books):
    monkeypatch.setattr("o2c.kernel.transactions.RETRYABLE", set())  # a deadlock shall be seen
    products = ProductFactory.create_batch(4)
    for item in products:
        StockLevelFactory.create(product=item, on_hand=Decimal(100))
    there = [(item, 1) for item in products]

    results = run_together(*buy([there, there[::-1]] * (BUYERS // 2)))

    assert all(isinstance(result, Order) for result in results)
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {BUYERS}
    assert books() == []


def test_delivery_and_orders_at_once_leave_nothing_behind(buy, product, scarce, now, actor, books):
    """Deliveries serve who waits; who comes at the same moment is served, or waits his turn."""

    def deliver(number):
        return lambda: services.receive_stock(
            location_id=scarce.location_id,
            product_id=product.pk,
            quantity=Decimal(3),
            source=f"receipt:{number}",
            at=now,
            actor=actor,
        )

    results = run_together(*buy([[(product, 4)]] * 4), *[deliver(number) for number in range(4)])

    scarce.refresh_from_db()
    assert not [result for result in results if isinstance(result, Exception)]
    assert scarce.on_hand == 22
    assert StockMove.objects.filter(kind="receipt").count() == 5
    assert books() == []


def test_who_finds_nothing_of_what_another_has_picked_is_refused(
    place, release, pick, product, stock, now, actor, books
):
    [pick_list] = release(place({product: 5}))
    pick(pick_list)
    line = pick_list.lines.get()

    with pytest.raises(TransitionNotAllowed):
        services.confirm_pick(
            pick_list.pk,
            picked={line.pk: Decimal(0)},
            short_reasons={line.pk: "missing"},
            at=now,
            actor=actor,
        )

    assert OrderLine.objects.get().picked == 5
    assert books() == []


def test_two_pickers_cannot_finish_the_same_list(place, release, product, stock, now, actor, books):
    [pick_list] = release(place({product: 5}))
    line = pick_list.lines.get()

    def finish():
        return services.confirm_pick(
            pick_list.pk, picked={line.pk: Decimal(5)}, short_reasons={}, at=now, actor=actor
        )

    results = in_line(finish, finish)

    assert [type(result) for result in results] == [PickList, TransitionNotAllowed]
    assert OrderLine.objects.get().picked == 5
    assert books() == []
