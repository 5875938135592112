"""What the buyer of a held order is told: one way to say it, for pages, REST and mails."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services
from credit.debts import Debts
from orders.waiting import Unpaid, waiting_of
from tests.factories import TODAY


def test_order_over_the_limit_is_told_how_much_makes_room(held):
    words = waiting_of(held)

    assert words.reasons == [
        "It goes 1,900.00\xa0EUR over your credit limit.",
        "It goes on by itself as soon as payments make room for it.",
    ]
    assert (words.title, words.amount_to_pay) == ("The order waits", Decimal("1900.000"))
    assert (words.currency, words.pay_link) == ("EUR", "/portal/credit/")


def test_what_is_to_pay_follows_what_is_owed_now(held, now):
    services.record_exposure(
        held.customer_id, source="test:1", amounts={"open_item": Decimal(100)}, at=now
    )

    assert waiting_of(held).amount_to_pay == Decimal("2000.000")


def test_reason_of_a_person_stays_with_us(approved, place, hold):
    hold(approved)
    order = place(approved, 100)

    words = waiting_of(order)

    assert words.reasons == ["Your account is on hold. Please talk to us."]
    assert (words.amount_to_pay, list(words.invoices)) == (None, [])


def test_first_order_is_told_that_it_is_checked(referred):
    words = waiting_of(referred)

    assert words.title == "The order is being checked"
    assert words.reasons == ["We are checking your credit, usually within one working day."]
    assert words.amount_to_pay is None


def test_declined_order_is_told_of_paying_in_advance(held, now, analyst):
    services.decline_order(held.pk, reason="Insolvent", at=now, actor=analyst)
    held.refresh_from_db()

    assert waiting_of(held).detail == (
        "We cannot deliver this order on account. It can be delivered when paid in advance."
    )


def test_order_that_goes_on_is_told_nothing_and_costs_nothing(approved, place):
    order = place(approved, 100)

    with CaptureQueriesContext(connection) as caught:
        words = waiting_of(order)

    assert (words, len(caught)) == (None, 0)


def test_oldest_invoices_come_first_up_to_the_amount():
    invoices = [
        Unpaid(number=f"INV-{n}", due_on=TODAY + timedelta(days=n), open_amount=Decimal(100))
        for n in range(3)
    ]

    debts = Debts(overdue=Decimal(100), late=1, invoices=invoices)

    assert debts.up_to(Decimal(150)) == invoices[:2]
    assert debts.up_to(Decimal(999)) == invoices
    assert list(debts.overdue_invoices) == invoices[:1]
