"""Orders wanted later than the horizon: left out of exposure until their day comes near."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from credit import services, tasks
from credit.models import CreditAccount, CreditPolicy, ExposureEntry, FarOrder
from customers.models import Customer
from fulfillment.services import release_pick_lists
from o2c.kernel import clock, jobs
from o2c.kernel.invariants import check_all
from o2c.kernel.outbox import deliver_due
from orders import services as orders
from orders.models import Order
from tests.factories import ProductFactory, StockLevelFactory
from tests.race import run_together

HORIZON = 60


@pytest.fixture(autouse=True)
def horizon(db):
    CreditPolicy.objects.update(horizon_days=HORIZON)


@pytest.fixture
def place_for(now, actor, company):
    """Place an order for a net amount, wanted in so many days: `place_for(customer, 1000, 61)`."""
    product = ProductFactory.create()
    StockLevelFactory.create(product=product)

    def make(customer: Customer, net: int, days: int, at=now) -> Order:
        line = orders.NewLine(
            product_id=product.pk,
            quantity=Decimal(1),
            unit_price=Decimal(net),
            price_reason="agreed",
        )
        return orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=now.date() + timedelta(days=days),
            at=at,
            actor=actor,
        )

    return make


@pytest.fixture
def run_daily(now):
    def run(days):
        at = now + timedelta(days=days)
        with clock.travel(at):
            run = jobs.run_job(tasks.count_near_orders, at.date(), at=at)
            deliver_due(limit=100)
        return run.result

    return run


def exposure(customer):
    return CreditAccount.objects.get(pk=customer.pk).exposure


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def test_order_on_the_last_day_of_the_horizon_counts_and_a_later_one_does_not(approved, place_for):
    near, far = place_for(approved, 1000, HORIZON), place_for(approved, 20000, HORIZON + 1)

    assert (near.state, far.state) == ("released", "released")
    assert exposure(approved) == Decimal("1190.000")
    assert [row.order_id for row in FarOrder.objects.all()] == [far.pk]
    check = far.credit_checks.get()
    assert check.inputs["is_far"]
    assert check.reasons[2]["message"] == (
        "It is wanted later than the horizon: it is not counted yet."
    )
    assert check_all() == []


def test_day_comes_and_the_order_is_counted(approved, place_for, run_daily):
    far = place_for(approved, 1000, HORIZON + 10)

    assert run_daily(9) == {"near": 0}
    assert exposure(approved) == 0
    assert run_daily(10) == {"near": 1}

    assert (state_of(far), exposure(approved)) == ("released", Decimal("1190.000"))
    assert not FarOrder.objects.exists()
    assert [check.inputs["is_far"] for check in far.credit_checks.order_by("pk")] == [True, False]
    assert check_all() == []


def test_second_run_counts_nothing_twice(approved, place_for, run_daily, now, analyst):
    far = place_for(approved, 1000, HORIZON + 10)
    run_daily(10)

    assert run_daily(10) == {"near": 0}
    services.count_in(far.pk, at=now, actor=analyst)

    assert exposure(approved) == Decimal("1190.000")
    assert ExposureEntry.objects.count() == 1


def test_oldest_is_counted_first_and_what_does_not_fit_waits_again(
    approved, place_for, run_daily, now
):
    later = place_for(approved, 5000, HORIZON + 5, at=now + timedelta(minutes=1))
    oldest = place_for(approved, 5000, HORIZON + 9)

    run_daily(10)

    assert (state_of(oldest), state_of(later)) == ("released", "on_hold")
    assert exposure(approved) == Decimal("5950.000")
    assert not FarOrder.objects.exists()
    assert check_all() == []


def test_without_a_horizon_everything_is_counted_in(approved, place_for, run_daily):
    place_for(approved, 1000, HORIZON + 10)
    CreditPolicy.objects.update(horizon_days=None)

    assert run_daily(0) == {"near": 1}

    assert exposure(approved) == Decimal("1190.000")


def test_longer_horizon_counts_the_order_in(approved, place_for, run_daily):
    place_for(approved, 1000, HORIZON + 10)
    CreditPolicy.objects.update(horizon_days=HORIZON + 10)

    run_daily(0)

    assert exposure(approved) == Decimal("1190.000")


def test_cancelled_order_is_left_out_no_more(approved, place_for, run_daily, now, actor):
    far = place_for(approved, 1000, HORIZON + 10)

    orders.cancel_order(far.pk, reason="customer", at=now, actor=actor)

    assert not FarOrder.objects.exists()
    assert not ExposureEntry.objects.exists()
    assert run_daily(10) == {"near": 0}
    assert check_all() == []


@pytest.mark.parametrize(
    ("net", "state", "owed"), [(1000, "released", "1190.000"), (20000, "on_hold", "0")]
)
def test_order_that_is_brought_forward_is_checked(
    approved, place_for, now, actor, net, state, owed
):
    far = place_for(approved, net, HORIZON + 10)

    orders.change_requested_date(
        far.pk, requested_on=now.date() + timedelta(days=9), at=now, actor=actor
    )

    assert (state_of(far), exposure(approved)) == (state, Decimal(owed))
    assert not FarOrder.objects.exists()
    assert check_all() == []


def test_order_that_is_put_off_further_stays_left_out(approved, place_for, now, actor):
    far = place_for(approved, 1000, HORIZON + 10)

    orders.change_requested_date(
        far.pk, requested_on=now.date() + timedelta(days=100), at=now, actor=actor
    )

    assert FarOrder.objects.get().wanted_on == now.date() + timedelta(days=100)
    assert exposure(approved) == 0


def test_counted_order_that_is_put_off_stays_counted(approved, place_for, now, actor):
    near = place_for(approved, 1000, 10)

    orders.change_requested_date(
        near.pk, requested_on=now.date() + timedelta(days=100), at=now, actor=actor
    )

    assert exposure(approved) == Decimal("1190.000")
    assert not FarOrder.objects.exists()


def test_rules_besides_the_amount_ask_far_orders_too(approved, place_for, hold):
    hold(approved)

    assert place_for(approved, 1, HORIZON + 10).state == "on_hold"
    assert not FarOrder.objects.exists()


def test_order_that_is_not_counted_is_not_picked(approved, place_for, now, actor):
    far = place_for(approved, 1000, HORIZON + 10)

    with pytest.raises(services.NotCounted, match="is wanted on 27 Jan 2027, later than credit"):
        release_pick_lists(far.pk, at=now, actor=actor)

    assert state_of(far) == "released"


def test_orders_cost_nothing_more_with_a_horizon(approved, place_for):
    def counted(days):
        with CaptureQueriesContext(connection) as caught:
            place_for(approved, 1, days)
        return len([query for query in caught if "credit_" in query["sql"]])

    assert (counted(1), counted(HORIZON + 1)) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_count_once(approved, place_for, now, analyst):
    CreditPolicy.objects.update(horizon_days=HORIZON)
    far = place_for(approved, 1000, HORIZON + 10)
    at = now + timedelta(days=10)

    def count():
        services.count_in(far.pk, at=at, actor=analyst)

    assert run_together(*[count] * 4) == [None] * 4
    assert exposure(approved) == Decimal("1190.000")
    assert ExposureEntry.objects.count() == 1


def test_currency_stays_while_somebody_has_credit(approved):
    with pytest.raises(IntegrityError, match="has credit in EUR: the currency stays"):
        Customer.objects.filter(pk=approved.pk).update(currency="USD")


def test_currency_is_free_without_credit(customer):
    assert Customer.objects.filter(pk=customer.pk).update(currency="USD") == 1
