"""The books of credit: right after real work, and each break is found."""

import pytest
from django.db import connection

from credit import services
from o2c.kernel.invariants import INVARIANTS, check_all
from orders import services as orders
from tests.factories import CustomerFactory

BREAKS = {
    "credit.exposure_is_the_sum_of_its_entries": (
        "UPDATE credit_creditaccount SET exposure = exposure + 1"
    ),
    "credit.open_orders_are_what_is_still_to_be_shipped": (
        "UPDATE orders_orderline SET cancelled = 1 WHERE net_amount = 1000"
    ),
    "credit.orders_are_released_by_a_check_that_allowed_them": (
        "UPDATE credit_creditcheck SET outcome = 'hold'"
    ),
    "credit.no_order_is_released_while_a_hold_stands": (
        "UPDATE orders_order SET released_at = released_at + interval '1 day'"
    ),
    "credit.checks_allow_no_more_than_the_limit_or_a_permission": (
        "UPDATE credit_creditcheck SET inputs = jsonb_set(inputs, '{limit}', '\"1\"')"
        " WHERE outcome = 'allow'"
    ),
    "credit.limits_are_those_of_the_latest_decision": (
        'UPDATE credit_creditaccount SET "limit" = "limit" + 1'
    ),
    "credit.automatic_decisions_are_what_the_guidelines_said": (
        "UPDATE credit_guidelineverdict SET rule = 'another'"
    ),
    "credit.decided_applications_have_a_decision": (
        "UPDATE credit_creditapplication SET state = 'approved' WHERE state = 'referred'"
    ),
    "credit.checks_allow_no_more_than_the_limit_of_the_group_or_a_permission": (
        "UPDATE credit_creditcheck SET inputs = jsonb_set(inputs, '{group}',"
        ' \'{"limit": "1", "exposure": "5"}\') WHERE outcome = \'allow\''
    ),
    "credit.orders_left_out_are_confirmed_and_not_counted": (
        "INSERT INTO credit_farorder (order_id, customer_id, wanted_on, left_out_at)"
        " SELECT id, customer_id, requested_on, now() FROM orders_order WHERE state = 'on_hold'"
    ),
    "credit.accounts_and_groups_are_in_the_currency_of_their_customer": (
        "UPDATE credit_creditaccount SET currency = 'USD'"
    ),
    "credit.orders_that_wait_have_a_reason_that_stands": (
        "UPDATE credit_hold SET released_at = placed_at"
    ),
    "credit.holds_of_orders_end_when_the_order_waits_no_more": (
        "UPDATE orders_order SET state = 'declined' WHERE state = 'on_hold'"
    ),
}


@pytest.fixture
def busy_books(approved, customer, place, now, actor, analyst, hold):
    """Released, held, cancelled, suspended and referred orders, and a hold."""
    place(approved, 1000)
    orders.cancel_order(place(approved, 2000).pk, reason="customer", at=now, actor=actor)
    orders.suspend_order(place(approved, 30).pk, reason="Price", at=now, actor=actor)
    place(approved, 20000)
    place(customer, 10000)
    place(CustomerFactory.create(), 100)
    hold(approved)
    place(approved, 1)


def broken():
    return {finding.name for finding in check_all() if finding.name.startswith("credit.")}


def test_hold_after_real_work(busy_books):
    assert broken() == set()


@pytest.mark.parametrize("name", BREAKS)
def test_each_break_is_found(busy_books, name):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BREAKS[name])

    assert name in broken()


def test_every_invariant_has_its_break():
    assert set(BREAKS) == {rule.name for rule in INVARIANTS if rule.name.startswith("credit.")}


def test_partial_cancellation_keeps_the_books(approved, place, now, actor):
    order = place(approved, 1000)
    line = order.lines.get()

    orders.cancel_quantities(
        order.pk, quantities={line.pk: line.ordered}, reason="customer", at=now, actor=actor
    )

    assert broken() == set()
    assert services.recheck_waiting(approved.pk, at=now, actor=actor) == 0
