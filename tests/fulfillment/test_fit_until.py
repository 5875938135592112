"""Goods are claimed that are fit until the day on which they leave."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.models import Price
from fulfillment import services
from fulfillment.models import Allocation, Lot, Reservation
from fulfillment.promises import promises
from fulfillment.serving import servable
from orders import services as orders
from orders.models import Order
from tests.factories import NOW, CustomerFactory, LocationFactory, StockLevelFactory


@pytest.fixture
def lots(product):
    """Ten pieces each of lots that leave until 27 November, 10 December, and for ever."""
    product.tracking = "lot"
    product.save()
    days = date(2026, 11, 27), date(2026, 12, 10), None
    for number, day in enumerate(days):
        lot = Lot.objects.create(
            product=product, code=f"L-{number}", expires_on=day, created_at=NOW
        )
        place_of = LocationFactory.create(code=f"B-{number}")
        StockLevelFactory.create(product=product, lot=lot, location=place_of, on_hand=Decimal(10))


def claimed():
    rows = Allocation.objects.filter(state="active").order_by("pk")
    return list(rows.values_list("level__lot__code", "quantity"))


@pytest.fixture
def order_for(customer, product, now, actor):
    """Place an order for so many pieces on a day."""

    def run(quantity, day):
        placed = orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(product.pk, Decimal(quantity))],
            channel="rep",
            requested_on=day,
            at=now,
            actor=actor,
        )
        return Order.objects.get(pk=placed.pk)

    return run


def test_claims_no_lot_that_expires_before_it_leaves(order_for, lots, books):
    """For Friday, 11 December it leaves on the day before, which the second lot still may."""
    order_for(15, date(2026, 12, 11))

    assert claimed() == [("L-1", 10), ("L-2", 5)]
    assert books() == []


def test_a_far_order_waits_rather_than_take_what_spoils(order_for, lots, now, actor, books):
    far = order_for(15, date(2027, 1, 12)).lines.get()
    order_for(12, now.date())

    assert (far.allocated, far.backordered, far.expected_on) == (10, 5, date(2027, 1, 12))
    assert claimed() == [("L-2", 10), ("L-0", 10), ("L-1", 2)]
    assert books() == []


def test_what_is_kept_for_others_may_be_what_spoils(order_for, lots, product, now, actor, books):
    """20 of 30 are kept for somebody who needs them soon: the ten that last can be claimed."""
    services.reserve(
        "quote:4",
        {product.pk: Decimal(20)},
        customer_id=None,
        expires_at=now + timedelta(hours=1),
        at=now,
        actor=actor,
    )

    order_for(15, date(2027, 1, 12))

    assert claimed() == [("L-2", 10)]
    assert books() == []


def test_a_delivery_serves_far_lines_from_what_lasts(order_for, lots, product, now, actor, books):
    """The daily run claims for each line what is fit on its own day."""
    order_for(10, date(2027, 1, 12))
    far, near = order_for(5, date(2027, 1, 12)), order_for(30, now.date())
    services.allocate_backorders(
        order_ids=[far.pk, near.pk], product_ids=[product.pk], at=now, actor=actor
    )
    assert (far.lines.get().allocated, near.lines.get().allocated) == (0, 20)

    services.receive_stock(
        location_id=LocationFactory.create(code="B-9").pk,
        product_id=product.pk,
        quantity=Decimal(12),
        lot_code="L-9",
        source="receipt:GR-1",
        at=now,
        actor=actor,
    )

    assert (far.lines.get().allocated, near.lines.get().allocated) == (2, 30)
    assert books() == []


@pytest.fixture
def review(company, product, now, actor):
    """The first order of somebody, for 2,500 EUR, 10 pieces: a person decides on it."""

    def place(day):
        Price.objects.update(amount=Decimal(250))
        placed = orders.place_order(
            customer_id=CustomerFactory.create().pk,
            lines=[orders.NewLine(product.pk, Decimal(10))],
            channel="rep",
            requested_on=day,
            at=now,
            actor=actor,
        )
        order = Order.objects.get(pk=placed.pk)
        assert order.state == "in_review"
        return order

    return place


def kept():
    return list(Reservation.objects.filter(state="live").values_list("quantity", flat=True))


def test_what_is_kept_for_a_far_order_is_not_what_spoils(
    order_for, review, lots, product, now, actor
):
    """Ten of thirty last until both far orders leave: who came first gets them."""
    far = review(date(2027, 1, 12))
    promise = promises([product.pk], at=now)[product.pk]
    assert kept() == [10]
    assert [promise.on(day) for day in (now.date(), date(2026, 12, 1), date(2027, 1, 11))] == [
        20,
        10,
        0,
    ]

    other = order_for(10, date(2027, 1, 12)).lines.get()
    near = order_for(30, now.date()).lines.get()
    orders.release_order(far.pk, at=now, actor=actor)

    assert (other.allocated, near.allocated) == (0, 20)
    assert far.lines.get().allocated == 10
    assert claimed() == [("L-0", 10), ("L-1", 10), ("L-2", 10)]


def test_nothing_is_kept_of_what_expires_before_it_leaves(review, lots, now, books):
    review(date(2027, 1, 12))
    review(date(2027, 1, 12))
    assert kept() == [10]

    review(now.date())

    assert kept() == [10, 10]
    assert books() == []


def test_the_minute_serves_nobody_from_what_is_kept_for_a_far_order(order_for, review, lots, now):
    far = review(date(2027, 1, 12))
    order_for(10, date(2027, 1, 12))

    assert servable(at=now)[0] == []
    assert claimed() == []
    assert kept() == [10]
    assert far.state == "in_review"
