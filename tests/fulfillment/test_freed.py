"""What becomes free serves whoever waits within a minute, whatever has freed it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment import selectors, services, tasks
from fulfillment.models import Reservation
from fulfillment.services import reallocating
from o2c import schedule
from o2c.kernel import clock
from o2c.kernel.models import AuditEntry
from orders import services as orders
from orders.models import Order
from tests.factories import CustomerFactory, LotFactory, ProductFactory, StockLevelFactory
from tests.race import while_it_waits

HOUR = timedelta(hours=1)


@pytest.fixture
def minute(monkeypatch, now):
    """Run what runs every minute."""

    def run(at=now):
        monkeypatch.setattr(clock, "now", lambda: at)
        return tasks.serve_freed()

    return run


@pytest.fixture
def keep(now, actor):
    def keep(product, quantity):
        return services.reserve(
            "entry:screen",
            {product.pk: Decimal(quantity)},
            customer_id=CustomerFactory.create().pk,
            expires_at=now + HOUR,
            at=now,
            actor=actor,
        )

    return keep


def got(*placed):
    return [order.lines.get().allocated for order in placed]


def test_every_minute_serves_who_waits_from_what_was_cancelled(
    place, product, stock, minute, now, actor, books
):
    big, waiting = place({product: 100}), place({product: 10})
    orders.cancel_order(big.pk, reason="customer", at=now, actor=actor)
    assert got(waiting) == [0]

    assert minute() == {"waiting": 1, "served": 1}

    assert got(waiting, place({product: 200})) == [10, 90]
    entry = AuditEntry.objects.filter(subject=f"order:{waiting.pk}", action="allocate").latest("pk")
    assert (entry.actor_kind, entry.actor_id) == ("job", "fulfillment.serve_freed")
    assert minute() == {"waiting": 0, "served": 0}
    assert books() == []


def test_runs_every_minute_by_itself():
    assert schedule.BEAT["serve-freed-stock"] == {
        "task": tasks.serve_freed.name,
        "schedule": 60.0,
    }


def test_looks_only_at_those_whom_it_can_serve(place, product, stock, minute, now, actor):
    big = place({product: 15})
    place({product: 85})
    waiting = [place({product: 10}) for _order in range(4)]
    orders.cancel_order(big.pk, reason="customer", at=now, actor=actor)

    assert minute() == {"waiting": 2, "served": 2}

    assert got(*waiting) == [10, 5, 0, 0]


def test_each_product_is_shared_out_by_itself(place, product, stock, minute, now, actor):
    """Much of one product does not hide that another's reaches only the first."""
    other = StockLevelFactory.create(on_hand=Decimal(3)).product
    big = [place({product: 100}), place({other: 3})]
    waiting = [place({other: 3}), place({other: 3}), place({product: 60}), place({product: 60})]
    for order in big:
        orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    assert minute() == {"waiting": 3, "served": 3}

    assert got(*waiting) == [3, 0, 60, 40]


def test_who_may_not_have_what_expires_first_stands_in_nobodys_way(
    customer, place, minute, now, actor
):
    """Who waits longest wants goods for next year; what is free leaves this month or never."""
    product = ProductFactory.create(tracking="lot", expires=True)
    lot = LotFactory.create(product=product, expires_on=date(2026, 11, 27))
    StockLevelFactory.create(product=product, lot=lot, on_hand=Decimal(5))
    given_up = place({product: 5})
    far = orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(5))],
        channel="rep",
        requested_on=date(2027, 3, 1),
        at=now,
        actor=actor,
    )
    near = place({product: 5})
    Order.objects.filter(pk=far.pk).update(priority=1)
    orders.cancel_order(given_up.pk, reason="customer", at=now, actor=actor)

    assert minute() == {"waiting": 1, "served": 1}

    assert got(far, near) == [0, 5]


def test_leaves_what_is_kept_back_until_that_ends(place, product, stock, keep, minute, now, books):
    keep(product, 80)
    waiting = place({product: 50})
    assert got(waiting) == [20]

    assert minute() == {"waiting": 0, "served": 0}
    assert got(waiting) == [20]
    assert minute(now + HOUR) == {"waiting": 1, "served": 1}

    assert got(waiting) == [50]
    assert Reservation.objects.get().state == "live"  # ended by its hour; noted by its own task
    assert books() == []


def test_serves_what_is_kept_back_no_more(place, product, stock, keep, minute, now, actor):
    keep(product, 80)
    waiting = place({product: 50})
    services.withdraw_reservations("entry:screen", at=now, actor=actor)

    assert minute() == {"waiting": 1, "served": 1}

    assert got(waiting) == [50]


def test_serves_who_came_while_a_delivery_was_shared_out(
    place, product, stock, minute, now, actor, monkeypatch, books
):
    """The delivery has asked who waits; the order commits before it has the goods on the shelf."""
    place({product: 100})
    late = place({product: 10})
    monkeypatch.setattr(reallocating.selectors, "waiting_for", lambda *_args, **_more: [])
    services.receive_stock(
        location_id=stock.location_id,
        product_id=product.pk,
        quantity=Decimal(30),
        source="receipt:GR-1",
        at=now,
        actor=actor,
    )
    assert got(late) == [0]

    minute()

    assert got(late) == [10]
    assert books() == []


def test_many_who_wait_for_one_product_hide_nobody_who_waits_for_another(
    place, product, stock, minute, now, actor, monkeypatch
):
    monkeypatch.setattr(selectors, "MOST_SERVED", 4)
    other = StockLevelFactory.create(on_hand=Decimal(3)).product
    big = [place({product: 100}), place({other: 3})]
    waiting = [place({product: 1}) for _order in range(6)] + [place({other: 3})]
    orders.cancel_quantities(
        big[0].pk,
        quantities={big[0].lines.get().pk: Decimal(2)},
        reason="customer",
        at=now,
        actor=actor,
    )
    orders.cancel_order(big[1].pk, reason="customer", at=now, actor=actor)

    assert selectors.waiting_for({product.pk: Decimal(2), other.pk: Decimal(3)}) == [
        waiting[0].pk,
        waiting[1].pk,
        waiting[6].pk,
    ]
    assert minute() == {"waiting": 3, "served": 3}

    assert got(*waiting) == [1, 1, 0, 0, 0, 0, 3]


def test_who_leaves_after_the_last_day_of_all_that_is_free_hides_nobody(
    place, minute, now, monkeypatch
):
    """What is free leaves until Friday, 27 November: who wants it on Monday still gets it."""
    monkeypatch.setattr(selectors, "MOST_SERVED", 2)
    product = ProductFactory.create(tracking="lot", expires=True)
    waiting = [place({product: 5}) for _order in range(5)]
    days = [date(2026, 12, 1)] * 4 + [date(2026, 11, 30)]
    for order, day in zip(waiting, days, strict=True):
        order.lines.update(requested_on=day)
    lot = LotFactory.create(product=product, expires_on=date(2026, 11, 27))
    StockLevelFactory.create(product=product, lot=lot, on_hand=Decimal(5))

    assert minute() == {"waiting": 1, "served": 1}

    assert got(*waiting) == [0, 0, 0, 0, 5]


def test_statements_do_not_grow_with_those_who_wait(place, minute, statements, now, actor):
    def measure(count):
        level = StockLevelFactory.create(product=ProductFactory.create())
        big = place({level.product: 100})
        for _order in range(count):
            place({level.product: 1})
        orders.cancel_order(big.pk, reason="customer", at=now, actor=actor)
        return statements(minute)

    assert measure(1) == measure(20)


def test_locks_nothing_where_nothing_is_free(place, product, stock, minute):
    for _order in range(20):
        place({product: 10})

    with CaptureQueriesContext(connection) as captured:
        minute()

    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 2  # what day it is for us, and what is free
    assert not [statement for statement in asked if "FOR NO KEY UPDATE" in statement]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_serve_a_line_once(place, product, stock, minute, now, actor, books):
    big, waiting = place({product: 100}), place({product: 10})
    orders.cancel_order(big.pk, reason="customer", at=now, actor=actor)

    results = while_it_waits(minute, minute)

    assert [result["served"] for result in results] == [1, 0]
    assert got(waiting) == [10]
    assert books() == []
