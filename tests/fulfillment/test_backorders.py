"""Backorders: who is served first, why a place was chosen, and what goes only as a whole."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from fulfillment import services, worklists
from fulfillment.models import Allocation, ExpectedReceipt, Lot, SourcingRule, StockLevel
from fulfillment.reasons import give_reasons
from fulfillment.services import shelf
from orders.models import Order, OrderLine
from tests.factories import (
    NOW,
    AddressFactory,
    LocationFactory,
    ProductFactory,
    StockLevelFactory,
    TaxRuleFactory,
    WarehouseFactory,
)
from tests.race import in_line, without_locks


@pytest.fixture
def deliver(now, actor):
    def deliver(level, quantity, *, note="GR-1"):
        return services.receive_stock(
            location_id=level.location_id,
            product_id=level.product_id,
            quantity=Decimal(quantity),
            source=f"receipt:{note}",
            at=now,
            actor=actor,
        )

    return deliver


def got(*placed):
    return [order.lines.get().allocated for order in placed]


def test_serves_by_priority_of_the_order_or_else_of_its_customer(
    make_customer, place, product, stock, deliver, books
):
    place({product: 100})
    usual, favoured = place({product: 10}), place({product: 10}, by=make_customer(priority=2))
    urgent = place({product: 10})
    Order.objects.filter(pk=urgent.pk).update(priority=1)

    deliver(stock, 15)

    assert got(usual, favoured, urgent) == [0, 5, 10]
    assert books() == []


def test_serves_what_was_promised_first_among_equals(place, product, stock, deliver, books):
    place({product: 100})
    late, soon = place({product: 10}), place({product: 10})
    OrderLine.objects.filter(order=soon).update(promised_on=date(2026, 11, 30))

    deliver(stock, 12)

    assert got(late, soon) == [2, 10]
    assert books() == []


def test_statements_do_not_grow_with_those_who_wait(place, product, stock, deliver, statements):
    def measure(count, note):
        StockLevelFactory.create(product=(item := ProductFactory.create()), on_hand=Decimal(0))
        level = item.stock_levels.get()
        for _order in range(count):
            place({item: 1})
        return statements(lambda: deliver(level, count, note=note))

    assert measure(1, "GR-1") == measure(20, "GR-2")


def test_a_reopened_place_serves_each_product_s_own_queue(place, product, db, now, actor, books):
    closed = LocationFactory.create(code="Q-1", kind="quarantine")
    other = ProductFactory.create()
    StockLevelFactory.create(product=product, location=closed, on_hand=Decimal(10))
    StockLevelFactory.create(product=other, location=closed, on_hand=Decimal(3))
    first, second, third = place({product: 10}), place({product: 10}), place({other: 3})

    services.change_location(closed.pk, place=services.Place(code="Q-1"), at=now, actor=actor)

    assert got(first, second, third) == [10, 0, 3]
    assert books() == []


def test_keeps_what_it_was_for_whoever_waits_for_something_else(
    place, product, stock, deliver, books
):
    there = StockLevelFactory.create(product=ProductFactory.create(), on_hand=Decimal(0))
    order = place({product: 120, there.product: 3})

    deliver(stock, 50)

    assert list(order.lines.order_by("position").values_list("allocated", flat=True)) == [120, 0]
    assert books() == []


@pytest.fixture
def houses():
    """Two houses, each with a place."""
    return [
        LocationFactory.create(warehouse=WarehouseFactory.create(code=code), code=code)
        for code in ("EAST", "WEST")
    ]


def reasons():
    rows = Allocation.objects.order_by("pk")
    return list(rows.values_list("level__location__code", "quantity", "reason"))


def test_takes_from_the_house_that_the_rules_prefer(place, product, houses):
    east, west = houses
    StockLevelFactory.create(product=product, location=east)
    StockLevelFactory.create(product=product, location=west, on_hand=5)
    SourcingRule.objects.create(country="", warehouse=west.warehouse, rank=1)

    place({product: 8})

    assert reasons() == [("WEST", 5, "rule"), ("EAST", 3, "rest")]


def test_rules_for_the_country_come_before_the_general_ones(make_customer, place, product, houses):
    east, west = houses
    for house in houses:
        StockLevelFactory.create(product=product, location=house)
    SourcingRule.objects.create(country="", warehouse=west.warehouse, rank=1)
    SourcingRule.objects.create(country="FR", warehouse=east.warehouse, rank=1)
    abroad = make_customer()
    abroad.addresses.all().update(country="FR")
    TaxRuleFactory.create(country="FR")

    place({product: 1}, by=abroad)
    place({product: 1})

    assert reasons() == [("EAST", 1, "rule"), ("WEST", 1, "rule")]


def test_takes_what_expires_first_from_a_house(place, product):
    for number, days in enumerate((9, 3, None, 0, -1)):
        lot = Lot.objects.create(
            product=product,
            code=f"L-{number}",
            expires_on=NOW.date() + timedelta(days=days) if days is not None else None,
            created_at=NOW,
        )
        place_of = LocationFactory.create(code=f"P{days}")
        StockLevelFactory.create(product=product, lot=lot, location=place_of, on_hand=Decimal(2))

    place({product: 10})

    assert [code for code, _quantity, _reason in reasons()] == ["P0", "P3", "P9", "PNone"]


def test_nothing_goes_to_the_floor_before_all_can_go(
    make_customer, place, release, product, stock, deliver
):
    customer = make_customer(ships_complete=True)
    there = StockLevelFactory.create(product=ProductFactory.create())
    order = place({product: 130, there.product: 1}, by=customer)
    assert list(worklists.ready_orders()) == []

    with pytest.raises(services.NotComplete, match="only as a whole, and VLV-BF-080 waits"):
        release(order)

    assert order.pick_lists.count() == 0
    deliver(stock, 30)
    assert list(worklists.ready_orders()) == [order]
    assert len(release(order)) == 1


def test_address_of_another_customer_is_of_no_concern(place, product, stock):
    AddressFactory.create(country="FR")

    place({product: 1})

    assert reasons() == [("A-01-01", 1, "only")]


@pytest.fixture
def race_of_deliveries(place, product, stock, deliver):
    """Ten are waited for and come to two places, to the second while the first is not committed."""
    there = LocationFactory.create(code="B-01", warehouse=stock.location.warehouse)
    other = StockLevelFactory.create(product=product, location=there, on_hand=Decimal(0))
    place({product: 100})
    waiting = place({product: 10})

    def run():
        levels = in_line(lambda: deliver(stock, 10), lambda: deliver(other, 10, note="GR-2"))
        return levels, got(waiting)

    return run


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_serve_a_line_once(race_of_deliveries, books):
    levels, served = race_of_deliveries()

    assert [level.on_hand for level in levels] == [110, 10]
    assert served == [10]
    assert books() == []


@pytest.mark.django_db(transaction=True)
def test_race_of_deliveries_is_real_without_locks(race_of_deliveries, monkeypatch):
    """Guards the test above: both would serve the line, and only the constraint stops one."""
    without_locks(monkeypatch)
    unlocked = shelf.LEVELS.replace("FOR NO KEY UPDATE OF l", "").replace("SKIP LOCKED", "")
    monkeypatch.setattr(shelf, "LEVELS", unlocked)

    results, _served = race_of_deliveries()

    assert [type(result) for result in results] == [StockLevel, IntegrityError]


def test_keeps_the_first_promise_of_many_lines(place, product, stock, deliver):
    place({product: 100})
    order = place({product: 5})

    deliver(stock, 5)

    line = order.lines.get()
    assert (line.promised_on, line.expected_on) == (date(2026, 12, 2), date(2026, 11, 20))


def test_says_why_each_line_waits(place, product, stock, now):
    place({product: 100})
    place({product: 10})
    place({product: 5})
    quarantine = LocationFactory.create(code="Q-1", kind="quarantine")
    StockLevelFactory.create(product=product, location=quarantine, on_hand=Decimal(7))
    dock = LocationFactory.create(code="RECEIVING", kind="receiving")
    StockLevelFactory.create(product=product, location=dock, on_hand=Decimal(3))
    ExpectedReceipt.objects.create(
        reference="PO-1",
        warehouse=quarantine.warehouse,
        product=product,
        quantity=40,
        expected_on=date(2026, 11, 25),
        created_at=now,
    )

    lines = give_reasons(list(worklists.waiting_lines(at=now)), at=now)

    assert [line.why for line in lines] == [
        "3 must be put away first; 7 may not be taken; the next come on 25 Nov",
        "10 go to others first; 3 must be put away first; 7 may not be taken;"
        " the next come on 25 Nov",
    ]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ([date(2026, 11, 17)], "some were due on 17 Nov, and no new day is known"),
        (
            [date(2026, 11, 17), date(2026, 11, 25)],
            "some were due on 17 Nov; the next come on 25 Nov",
        ),
        ([date(2026, 11, 18)], "the next come on 18 Nov"),
        ([], "none is on order"),
    ],
)
def test_names_no_past_day_as_one_to_come(place, product, stock, now, days, why):
    place({product: 100})
    place({product: 10})
    for number, day in enumerate(days):
        ExpectedReceipt.objects.create(
            reference=f"PO-{number}",
            warehouse=stock.location.warehouse,
            product=product,
            quantity=40,
            expected_on=day,
            created_at=now,
        )

    [line] = give_reasons(list(worklists.waiting_lines(at=now)), at=now)

    assert line.why == why
