"""How late a customer has paid, month by month."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import clock
from receivables.models import OpenItem
from receivables.payment_history import days_after_due, tone_of_days

TODAY = date(2026, 11, 18)


@pytest.fixture
def settle(db):
    """Say of an item that it was paid on a day: `settle(item, due_on, settled_on)`."""

    def run(item, due_on, settled_on):
        OpenItem.objects.filter(pk=item.pk).update(
            state="settled", applied=item.amount, due_on=due_on, settled_on=settled_on
        )

    return run


def test_weighs_by_amount_and_leaves_old_months_out(owe, customer, settle):
    small, large, old = owe("100.00"), owe("300.00"), owe("9.00")
    settle(small, date(2026, 10, 1), date(2026, 10, 21))
    settle(large, date(2026, 10, 1), date(2026, 10, 1))
    settle(old, date(2025, 11, 1), date(2025, 11, 30))

    months = days_after_due(customer.pk, today=TODAY)

    paid = [(month.begins_on.month, month.days, month.items) for month in months if month.items]
    assert (months[0].begins_on, months[-1].begins_on) == (date(2025, 12, 1), date(2026, 11, 1))
    assert paid == [(10, 5, 2)]


def test_paid_before_the_due_date_is_negative(owe, customer, settle):
    settle(owe(), date(2026, 11, 10), date(2026, 11, 3))

    assert days_after_due(customer.pk, today=TODAY)[-1].days == -7


@pytest.mark.parametrize(
    ("days", "tone"), [(-7, "f2"), (10, "f2"), (11, "fw"), (20, "fw"), (21, "fb")]
)
def test_tone_rises_with_the_days(days, tone):
    assert tone_of_days(days) == tone


def test_panel_draws_the_months_in_one_statement_more(clerk, customer, now):
    address = f"/receivables/panels/payment-history/?customer={customer.number}"
    with clock.travel(now), CaptureQueriesContext(connection) as caught:
        page = clerk.get(address).content.decode()

    asked = [query["sql"] for query in caught if "receivables_openitem" in query["sql"]]
    assert len(asked) == 1
    assert "Nothing was paid in the last twelve months." in page
