"""Balances by age: exact for today, and the same again for any past day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables import aging, selectors, services
from receivables.models import Application
from tests.factories import TODAY
from tests.invoicing.shipped import customer_with_credit

pytestmark = pytest.mark.django_db


def buckets(as_of=TODAY, **wanted):
    return [[str(value) for value in row.buckets] for row in aging.aging(as_of=as_of, **wanted)]


def test_puts_each_item_into_the_bucket_of_its_days_past_due(owe):
    issued = {
        121: "10000.00",
        120: "2000.00",
        91: "1000.00",
        90: "200.00",
        61: "100.00",
        60: "20.00",
        31: "10.00",
        30: "1.00",
    }
    for days, net in issued.items():
        owe(net, days_ago=days)

    assert buckets() == [["1.190", "35.700", "357.000", "3570.000", "11900.000"]]


def test_counts_only_what_is_left(owe, pay):
    pay(owe("100.00", days_ago=40), "19.00", days_ago=5)

    assert buckets() == [["0", "100.000", "0", "0", "0"]]


def test_gives_a_past_day_as_it_was(owe, pay):
    first = owe("100.00", days_ago=70)
    pay(first, "119.00", days_ago=10)
    owe("200.00", days_ago=5)
    past = {days: buckets(TODAY - timedelta(days=days)) for days in (80, 70, 45, 39, 11, 10, 5)}

    assert past == {
        80: [],
        70: [["119.000", "0", "0", "0", "0"]],
        45: [["119.000", "0", "0", "0", "0"]],
        39: [["0", "119.000", "0", "0", "0"]],
        11: [["0", "119.000", "0", "0", "0"]],
        10: [],
        5: [["238.000", "0", "0", "0", "0"]],
    }


def test_shows_a_payment_that_was_taken_back_until_it_was(owe, pay, now, actor):
    pay(owe("100.00", days_ago=40), "119.00", days_ago=5)
    services.reverse_application(Application.objects.get().pk, at=now, actor=actor)

    assert buckets(TODAY - timedelta(days=1)) == []
    assert buckets() == [["0", "119.000", "0", "0", "0"]]


def test_gives_one_row_per_customer_the_largest_first(owe, company):
    other = customer_with_credit(name="Other")
    owe("10.00")
    owe("100.00", customer=other)

    rows = aging.aging(as_of=TODAY)

    assert [(row.name, row.balance) for row in rows] == [
        ("Other", Decimal("119.000")),
        ("Delta Crane", Decimal("11.900")),
    ]
    assert [row.buckets[0] for row in aging.aging(as_of=TODAY, customer_id=other.pk)] == [
        Decimal("119.000")
    ]


def test_asks_the_database_once(owe):
    owe("10.00")

    with CaptureQueriesContext(connection) as statements:
        aging.aging(as_of=TODAY)

    assert len(statements) == 1


def test_totals_are_the_sum_of_all_customers(owe, company):
    owe("10.00", days_ago=35)
    owe("100.00", customer=customer_with_credit(name="Other"))

    [total] = aging.totals(as_of=TODAY)

    assert (total.currency, total.balance, total.overdue) == (
        "EUR",
        Decimal("130.900"),
        Decimal("11.900"),
    )


def test_a_customer_balance_names_what_is_overdue(owe, customer):
    owe("10.00", days_ago=35)
    owe("100.00")

    assert selectors.customer_balance(customer.pk, as_of=TODAY) == {
        "EUR": (Decimal("130.900"), Decimal("11.900"))
    }
