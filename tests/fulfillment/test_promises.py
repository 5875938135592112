"""What can be promised, for which day, and what is said of it while an order is entered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.answers import Asked, answers
from fulfillment.models import ExpectedReceipt, Lot, Reservation
from fulfillment.promises import by_week, promises
from fulfillment.tasks import redate_backorders
from orders.models import OrderLine
from tests.factories import NOW, LocationFactory, ProductFactory, StockLevelFactory

TODAY = NOW.date()


@pytest.fixture
def expect(product):
    """Announce goods of a product for a day."""

    def expect(quantity, day, *, item=product, **fields):
        return ExpectedReceipt.objects.create(
            reference=f"PO-{ExpectedReceipt.objects.count()}",
            warehouse=LocationFactory.create().warehouse,
            product=item,
            quantity=quantity,
            expected_on=day,
            created_at=NOW,
            **fields,
        )

    return expect


def keep(product, quantity, *, holder="quote:1", hours=1):
    Reservation.objects.create(
        holder=holder,
        product=product,
        quantity=quantity,
        reserved_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(hours=hours),
        actor="Test",
    )


def steps(product, **asked):
    return promises([product.pk], at=NOW, **asked)[product.pk].steps


def test_counts_what_is_there_and_what_comes(product, stock, expect):
    expect(40, date(2026, 11, 25))
    expect(10, date(2026, 12, 9), received=4)
    expect(500, date(2026, 12, 10), state="closed")

    assert steps(product) == [
        (TODAY, 100),
        (date(2026, 11, 25), 140),
        (date(2026, 12, 9), 146),
    ]


def test_counts_on_nothing_that_is_dated_beyond_any_purchase_order(product, company, expect):
    expect(40, date(9999, 12, 31))

    assert steps(product) == []
    [answer] = answers([Asked(product.sku, Decimal(1))], at=NOW)
    assert answer.rest_on == date(2026, 12, 2)


def test_counts_on_nothing_that_is_overdue(product, stock, expect):
    expect(40, TODAY - timedelta(days=1))
    expect(7, TODAY)

    assert steps(product) == [(TODAY, 107)]


def test_counts_what_lies_at_the_dock_from_the_next_working_day_on(product, stock):
    dock = LocationFactory.create(code="RECEIVING", kind="receiving")
    unused = LocationFactory.create(code="OLD", kind="receiving", is_active=False)
    sound, recalled = [
        Lot.objects.create(product=product, code=code, blocked_reason=reason, created_at=NOW)
        for code, reason in (("L-1", ""), ("L-2", "Recalled"))
    ]
    StockLevelFactory.create(product=product, location=dock, on_hand=Decimal(30))
    StockLevelFactory.create(product=product, location=dock, lot=sound, on_hand=Decimal(5))
    StockLevelFactory.create(product=product, location=dock, lot=recalled)
    StockLevelFactory.create(product=product, location=unused)

    assert steps(product) == [(TODAY, 100), (date(2026, 11, 19), 135)]
    friday = NOW + timedelta(days=2)
    found = promises([product.pk], at=friday)[product.pk].steps
    assert found == [(date(2026, 11, 20), 100), (date(2026, 11, 23), 135)]


@pytest.fixture
def lying(product):
    """Put so much of a lot that leaves until a day on the shelf."""

    def put(quantity, expires_on, *, item=product):
        number = Lot.objects.count()
        lot = Lot.objects.create(
            product=item, code=f"L-{number}", expires_on=expires_on, created_at=NOW
        )
        place_of = LocationFactory.create(code=f"B-{number}")
        return StockLevelFactory.create(
            product=item, lot=lot, location=place_of, on_hand=Decimal(quantity)
        )

    return put


def test_promises_no_day_what_will_have_expired_by_then(product, stock, lying):
    lying(40, date(2026, 11, 25))
    lying(20, date(2026, 12, 9))

    promise = promises([product.pk], at=NOW)[product.pk]

    assert promise.steps == [(TODAY, 160), (date(2026, 11, 26), 120), (date(2026, 12, 10), 100)]
    assert by_week(promise, start=TODAY, weeks=5) == [160, 160, 120, 120, 100]
    assert promise.earliest(Decimal(130)) == TODAY
    assert promise.earliest(Decimal(130), until=date(2026, 11, 25)) == TODAY
    assert promise.earliest(Decimal(130), until=date(2026, 11, 26)) is None


def test_what_is_kept_for_others_is_taken_from_what_expires_first(product, stock, lying):
    lying(40, date(2026, 11, 25))
    keep(product, 30)

    assert steps(product) == [(TODAY, 110), (date(2026, 11, 26), 100)]


def test_what_expires_before_it_is_wanted_serves_nobody_who_waits(
    product, company, lying, expect, place
):
    """60 wait for 10 December: what expires until then may go to others, what comes may not."""
    order = place({product: 60})
    OrderLine.objects.filter(order=order).update(expected_on=date(2026, 12, 10))
    lying(40, date(2026, 11, 25))
    expect(70, date(2026, 12, 1))

    assert steps(product) == [
        (TODAY, 40),
        (date(2026, 11, 26), 0),
        (date(2026, 12, 1), 10),
        (date(2026, 12, 10), 10),
    ]


def test_takes_off_what_is_claimed_and_kept_for_others(place, product, stock):
    place({product: 30})
    keep(product, 20)
    keep(product, 5, holder="quote:2", hours=-1)

    assert steps(product) == [(TODAY, 50)]
    assert steps(product, holders=["quote:1"]) == [(TODAY, 70)]


def test_leaves_out_what_may_not_be_taken(product, stock):
    lot = Lot.objects.create(product=product, code="L-1", blocked_reason="Recalled", created_at=NOW)
    StockLevelFactory.create(product=product, lot=lot)
    elsewhere = LocationFactory.create(code="Q-1", kind="quarantine")
    StockLevelFactory.create(product=product, location=elsewhere)

    assert steps(product) == [(TODAY, 100)]


def test_promises_nobody_what_somebody_waits_for(place, product, stock, expect):
    expect(40, date(2026, 11, 25))
    place({product: 120})  # 20 of those that come are theirs, on the road two working days

    assert steps(product) == [(date(2026, 11, 25), 20), (date(2026, 11, 27), 20)]


def test_never_promises_today_what_is_missing_later(place, product, stock):
    place({product: 130})
    StockLevelFactory.create(
        product=product, location=LocationFactory.create(code="A-02"), on_hand=Decimal(50)
    )

    assert steps(product)[0] == (TODAY, 20)


def test_is_read_by_week(product, stock, expect):
    expect(40, date(2026, 11, 26))

    weeks = by_week(promises([product.pk], at=NOW)[product.pk], start=TODAY, weeks=3)

    assert weeks == [100, 100, 140]


def test_dates_a_short_line_by_what_is_expected(place, product, stock, expect):
    expect(40, date(2026, 11, 25))

    line = place({product: 130}).lines.get()

    assert line.expected_on == date(2026, 11, 27)


def test_dates_by_the_lead_time_when_nothing_is_expected(place, product, stock):
    product.lead_time_days = 3
    product.save()

    line = place({product: 130}).lines.get()

    assert line.expected_on == date(2026, 11, 25)


def test_takes_the_house_s_handling_days_into_account(place, product, stock, company):
    company.handling_days = 2
    company.save()

    assert place({product: 1}).lines.get().expected_on == date(2026, 11, 24)


def test_lines_of_one_product_share_what_there_is(product, stock):
    first, second = answers(
        [Asked(product.sku, Decimal(80)), Asked(product.sku, Decimal(30))], at=NOW
    )

    assert (first.free, first.is_there) == (100, True)
    assert (second.free, second.is_there) == (20, False)


def test_asks_two_statements_whatever_the_products(company, statements):
    few, many = ProductFactory.create_batch(2), ProductFactory.create_batch(20)

    def ask(products):
        return statements(lambda: answers([Asked(row.sku, Decimal(1)) for row in products], at=NOW))

    assert ask(few) == ask(many) == 4  # products, company twice outside of a step, promises


def test_waiting_lines_are_dated_by_rank_and_told(
    make_customer, place, product, stock, expect, now, actor, books
):
    place({product: 100})
    first = place({product: 30})
    second = place({product: 10}, by=make_customer(priority=1))
    expect(35, date(2026, 12, 7))

    result = redate_backorders(TODAY, at=now, actor=actor)

    assert result == {"moved": 1}
    late, soon = first.lines.get(), second.lines.get()
    assert (soon.expected_on, soon.promised_on) == (date(2026, 12, 9), date(2026, 12, 2))
    assert late.expected_on == date(2026, 12, 2)  # nothing known: the day that was given stays
    assert redate_backorders(TODAY, at=now, actor=actor) == {"moved": 0}
    assert books() == []


def test_a_day_that_cannot_be_kept_moves(place, product, stock, now, actor):
    place({product: 130})
    later = now + timedelta(days=20)

    services.redate_backorders(product_ids=[product.pk], at=later, actor=actor)

    assert OrderLine.objects.get().expected_on == date(2026, 12, 22)


def test_goods_that_are_overdue_move_a_day_once(place, product, stock, expect, now, actor):
    """What waits for them gets the day on which it is bought again, and keeps that."""
    expect(40, date(2026, 11, 25))
    place({product: 130})
    days = []
    for passed in range(6, 13):
        at = now + timedelta(days=passed)
        services.redate_backorders(product_ids=[product.pk], at=at, actor=actor)
        days.append(OrderLine.objects.get().expected_on)

    # Due on Wednesday the 25th; from Thursday on overdue, ten working days are counted once.
    assert days == [date(2026, 11, 27)] * 2 + [date(2026, 12, 10)] * 5


def test_goods_that_came_to_the_dock_move_no_day(place, product, stock, expect, now, actor):
    row = expect(40, date(2026, 11, 18))
    line = place({product: 130}).lines.get()
    told = line.expected_on
    dock = LocationFactory.create(warehouse=row.warehouse, code="RECEIVING", kind="receiving")
    services.receive_stock(
        location_id=dock.pk,
        product_id=product.pk,
        quantity=Decimal(40),
        source="receipt:GR-9",
        expected_id=row.pk,
        at=now,
        actor=actor,
    )

    services.redate_backorders(product_ids=[product.pk], at=now, actor=actor)

    line.refresh_from_db()
    assert (told, line.expected_on) == (date(2026, 11, 20), date(2026, 11, 23))
