"""Why an order waits, as lists and the queue show it: the figures of the last look."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services, tasks
from credit.models import Hold
from o2c.kernel.jobs import run_job
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.models import AuditEntry
from o2c.kernel.outbox import deliver_due
from orders.models import Order
from orders.waiting import waiting_of
from tests.factories import CreditAccountFactory


def reason(order):
    return Order.objects.get(pk=order.pk).hold_reason.replace("\N{NO-BREAK SPACE}", " ")


def owe(customer, amount, now):
    services.record_exposure(
        customer.pk, source=f"test:{amount}", amounts={"open_item": Decimal(amount)}, at=now
    )


def test_reason_follows_what_is_owed_when_the_order_is_looked_at(approved, held, now, analyst):
    before = reason(held)
    owe(approved, 100, now)

    services.recheck_waiting(approved.pk, at=now, actor=analyst)

    assert before.startswith("1,900.00 EUR over the credit limit: 0.00 EUR owed")
    assert reason(held).startswith("2,000.00 EUR over the credit limit: 100.00 EUR owed")
    assert waiting_of(Order.objects.get(pk=held.pk)).amount_to_pay == Decimal(2000)


def test_reason_of_one_that_stays_counts_a_younger_one_that_went_on(company, place, now, analyst):
    customer = CreditAccountFactory.create(limit=Decimal(100)).customer
    large, small = place(customer, 9000), place(customer, 1000)

    services.set_limit(
        customer.pk,
        limit=Decimal(5000),
        valid_until=now.date() + timedelta(days=90),
        reason="Known",
        at=now,
        actor=analyst,
    )

    small.refresh_from_db()
    assert small.state == Order.State.RELEASED
    assert reason(large).startswith("6,900.00 EUR over the credit limit: 1,190.00 EUR owed")
    assert waiting_of(Order.objects.get(pk=large.pk)).amount_to_pay == Decimal(6900)


def test_following_figures_is_no_change_that_a_decision_stumbles_over(approved, held, now, analyst):
    seen = mark_of(Order.objects.get(pk=held.pk))
    entries = AuditEntry.objects.filter(subject=held.label).count()
    owe(approved, 100, now)

    services.recheck_waiting(approved.pk, at=now, actor=analyst)

    assert mark_of(Order.objects.get(pk=held.pk)) == seen
    assert AuditEntry.objects.filter(subject=held.label).count() == entries


def test_rewording_costs_one_statement_for_1_and_20_orders(approved, place, now, analyst):
    place(approved, 10000)
    owe(approved, 1, now)
    with CaptureQueriesContext(connection) as one:
        services.recheck_waiting(approved.pk, at=now, actor=analyst)
    for _ in range(19):
        place(approved, 10000)
    owe(approved, 2, now)

    with CaptureQueriesContext(connection) as twenty:
        services.recheck_waiting(approved.pk, at=now, actor=analyst)

    reworded = [query for query in twenty if '"hold_reason" = new' in query["sql"]]
    assert len(one) == len(twenty)
    assert len(reworded) == 1


def test_order_that_waits_since_before_holds_had_rows_gets_its_own_at_night(held, now):
    """What the nightly look does for orders of an older version, and once only."""
    Hold.objects.all().delete()
    Order.objects.filter(pk=held.pk).update(hold_reason="Over the limit")

    for _ in range(2):
        run_job(tasks.look_at_waiting_orders, now.date(), at=now)
        deliver_due(limit=100)

    held.refresh_from_db()
    assert held.state == Order.State.ON_HOLD
    assert list(Hold.objects.values_list("order", "kind", "released_at")) == [
        (held.pk, "over_limit", None)
    ]
    assert reason(held).startswith("1,900.00 EUR over the credit limit")
