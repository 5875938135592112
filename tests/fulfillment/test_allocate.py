from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from credit import services as credit
from customers.models import Customer
from fulfillment import services
from fulfillment.models import Allocation, CountTask
from fulfillment.tasks import serve_backorders
from o2c.kernel import outbox
from orders import services as orders
from orders.models import Order, OrderLine
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory, WarehouseFactory


def claims():
    """(place, quantity) of each active claim."""
    rows = Allocation.objects.filter(state="active").order_by("pk")
    return list(rows.values_list("level__location__code", "quantity"))


def test_claims_stock_for_a_released_order(place, product, stock, books):
    order = place({product: 5})

    stock.refresh_from_db()
    line = order.lines.get()
    assert (stock.on_hand, stock.allocated) == (100, 5)
    assert (line.allocated, line.backordered, order.state) == (5, 0, "released")
    assert claims() == [("A-01-01", 5)]
    assert books() == []


def test_promises_two_working_days_for_what_is_there(place, product, stock):
    line = place({product: 5}).lines.get()

    assert line.promised_on == line.expected_on == date(2026, 11, 20)


def test_backorders_what_is_missing_and_dates_it(place, product, stock, books):
    line = place({product: 130}).lines.get()

    assert (line.allocated, line.backordered) == (100, 30)
    assert line.promised_on == line.expected_on == date(2026, 12, 2)
    assert books() == []


def test_shares_one_product_between_lines_in_their_order(
    customer, product, stock, now, actor, books
):
    lines = [orders.NewLine(product.pk, Decimal(count)) for count in (60, 30, 30)]

    order = orders.place_order(
        customer_id=customer.pk,
        lines=lines,
        channel="rep",
        requested_on=now.date(),
        at=now,
        actor=actor,
    )

    rows = order.lines.order_by("position")
    assert list(rows.values_list("allocated", flat=True)) == [60, 30, 10]
    assert books() == []


def test_prefers_the_one_warehouse_that_can_serve_everything(place, make_customer):
    big, small = WarehouseFactory.create(code="BIG"), WarehouseFactory.create(code="SMALL")
    one, two = ProductFactory.create_batch(2)
    StockLevelFactory.create(
        product=one, location=LocationFactory.create(warehouse=big, code="B-1"), on_hand=500
    )
    for item in (one, two):
        place_of = LocationFactory.create(warehouse=small, code="S-1")
        StockLevelFactory.create(product=item, location=place_of, on_hand=10)

    place({one: 10, two: 10})

    assert claims() == [("S-1", 10), ("S-1", 10)]


def test_takes_from_where_most_lies_when_nobody_has_all(place, product):
    for code, on_hand in (("FEW", 3), ("MANY", 8), ("SOME", 5)):
        location = LocationFactory.create(warehouse=WarehouseFactory.create(code=code), code=code)
        StockLevelFactory.create(product=product, location=location, on_hand=on_hand)

    place({product: 12})

    assert claims() == [("MANY", 8), ("SOME", 4)]


def test_leaves_alone_what_is_to_be_counted(place, product, stock, now):
    CountTask.objects.create(level=stock, reason="found fewer", opened_at=now)

    line = place({product: 5}).lines.get()

    assert (line.allocated, line.backordered) == (0, 5)


def test_allocates_again_only_what_is_missing(place, product, stock, now, actor):
    order = place({product: 5})

    services.allocate_again(order.pk, at=now, actor=actor)

    assert order.lines.get().allocated == 5


@pytest.mark.parametrize("policy", ["cancel", "ship_partial_cancel_rest"])
def test_trying_again_cancels_nothing_whatever_the_policy_has_become(
    place, product, stock, customer, now, actor, books, policy
):
    given_up, order = place({product: 15}), place({product: 130})
    Customer.objects.filter(pk=customer.pk).update(shortage_policy=policy)
    orders.cancel_order(given_up.pk, reason="customer", at=now, actor=actor)

    services.allocate_again(order.pk, at=now, actor=actor)

    line = order.lines.get()
    assert (line.allocated, line.cancelled, line.backordered) == (100, 0, 30)
    assert books() == []


def test_trying_again_claims_for_what_is_not_on_a_list_yet(
    place, release, product, stock, customer, now, actor, books
):
    given_up, order = place({product: 15}), place({product: 130})
    release(order)
    Customer.objects.filter(pk=customer.pk).update(shortage_policy="cancel")
    orders.cancel_order(given_up.pk, reason="customer", at=now, actor=actor)

    services.allocate_again(order.pk, at=now, actor=actor)

    line = order.lines.get()
    assert (line.allocated, line.picking, line.cancelled, line.backordered) == (100, 85, 0, 30)
    assert order.pick_lists.get().state == "released"
    assert books() == []


def test_trying_again_tells_nobody_once_more(place, product, stock, now, actor):
    order = place({product: 130})
    outbox.deliver_due(limit=10)
    sent = len(mail.outbox)

    services.allocate_again(order.pk, at=now + timedelta(minutes=1), actor=actor)

    assert outbox.deliver_due(limit=10) == 0
    assert len(mail.outbox) == sent == 2


def test_cancels_the_rest_when_the_customer_takes_parts(
    make_customer, place, product, stock, books
):
    customer = make_customer(shortage_policy="ship_partial_cancel_rest", accepts_backorders=False)

    order = place({product: 130}, by=customer)

    line = order.lines.get()
    assert (line.allocated, line.cancelled, line.backordered) == (100, 30, 0)
    assert order.state == "released"
    assert books() == []


def test_cancels_the_line_when_the_customer_takes_all_or_nothing(
    make_customer, place, product, stock, books
):
    customer = make_customer(shortage_policy="cancel", accepts_backorders=False)
    there = ProductFactory.create()
    StockLevelFactory.create(product=there)

    order = place({product: 130, there: 1}, by=customer)

    lines = order.lines.order_by("position")
    stock.refresh_from_db()
    assert list(lines.values_list("allocated", "cancelled")) == [(0, 130), (1, 0)]
    assert stock.allocated == 0
    assert books() == []


def test_cancels_the_order_when_nothing_of_it_is_there(make_customer, place, product, books):
    customer = make_customer(shortage_policy="cancel", accepts_backorders=False)

    order = place({product: 1}, by=customer)

    assert (order.state, order.cancel_reason) == ("cancelled", "out_of_stock")
    assert books() == []


def test_tells_the_customer_at_once(place, product, stock, customer):
    order = place({product: 130})

    outbox.deliver_due(limit=10)

    [told] = [sent for sent in mail.outbox if "not in stock" in sent.subject]
    assert told.to == [customer.email]
    assert "30 follow later, we expect to deliver them on 2 December 2026." in told.body
    assert order.number in told.subject


def test_gives_back_what_is_cancelled(place, product, stock, now, actor, books):
    order = place({product: 5})

    orders.cancel_quantities(
        order.pk,
        quantities={order.lines.get().pk: Decimal(2)},
        reason="customer",
        at=now,
        actor=actor,
    )

    stock.refresh_from_db()
    assert (stock.allocated, order.lines.get().allocated) == (3, 3)
    assert books() == []


def test_gives_back_all_of_a_cancelled_order(place, product, stock, now, actor, books):
    order = place({product: 5})

    orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    stock.refresh_from_db()
    assert (stock.allocated, claims()) == (0, [])
    assert books() == []


def test_gives_back_all_of_a_suspended_order(place, product, stock, now, actor, books):
    order = place({product: 5})

    orders.suspend_order(order.pk, reason="over limit", at=now, actor=actor)

    stock.refresh_from_db()
    assert (stock.allocated, OrderLine.objects.get().allocated) == (0, 0)
    assert Order.objects.get().state == "on_hold"
    assert books() == []


def test_refuses_to_cancel_what_is_on_the_floor(place, release, product, stock, now, actor):
    order = place({product: 5})
    release(order)

    with pytest.raises(orders.AlreadyPicked):
        orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    stock.refresh_from_db()
    assert stock.allocated == 5


def test_serves_backorders_from_a_delivery_the_oldest_first(
    place, product, stock, now, actor, books
):
    place({product: 100})
    first, second, third = (
        place({product: 10}, at=now + timedelta(minutes=minute)) for minute in (1, 2, 3)
    )

    services.receive_stock(
        location_id=stock.location_id,
        product_id=product.pk,
        quantity=Decimal(15),
        source="receipt:GR-1",
        at=now,
        actor=actor,
    )

    got = [order.lines.get().allocated for order in (first, second, third)]
    assert got == [10, 5, 0]
    assert first.lines.get().expected_on == date(2026, 11, 20)
    assert first.lines.get().promised_on == date(2026, 12, 2)
    assert books() == []


def test_serves_backorders_daily_from_what_was_given_back(place, product, stock, now, actor, books):
    big = place({product: 100})
    waiting = place({product: 10})
    orders.cancel_order(big.pk, reason="customer", at=now, actor=actor)

    result = serve_backorders(now.date(), at=now, actor=actor)

    assert result == {"waiting": 1, "served": 1}
    assert waiting.lines.get().allocated == 10
    assert books() == []


def test_daily_run_leaves_what_is_not_there(place, product, now, actor):
    place({product: 10})

    assert serve_backorders(now.date(), at=now, actor=actor) == {"waiting": 0, "served": 0}


def test_several_orders_released_at_once_may_all_fall_short(
    make_customer, place, now, actor, books
):
    """A hold ends: each order claims and gives back stock, in whatever order of shelves."""
    customer = make_customer(shortage_policy="cancel", accepts_backorders=False)
    high, low = (StockLevelFactory.create() for _shelf in range(2))
    if high.pk < low.pk:
        high, low = low, high
    credit.place_hold(customer.pk, kind="manual", reason="Asked by Rosa", at=now, actor=actor)
    for level in (high, low):
        place({level.product: 500}, by=customer)

    credit.release_hold(customer.pk, kind="manual", reason="Paid", at=now, actor=actor)

    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert books() == []
