"""What a declined or held customer is told: how much to pay in advance, by when, naming what."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import mails as credit_mails
from credit.models import CreditApplication
from customers.models import Customer
from invoicing import services
from orders import mails as order_mails
from orders.waiting import waiting_of
from tests.factories import CustomerFactory
from tests.invoicing.shipped import place

pytestmark = pytest.mark.django_db


def test_declined_order_names_amount_day_and_number(declined, now, actor):
    asked = services.ask_for_prepayment(declined.pk, at=now, actor=actor)

    words = waiting_of(declined)

    assert words.detail == (
        "We cannot deliver this order on account. It can be delivered when paid in advance. "
        f"Pay 154.70\N{NO-BREAK SPACE}EUR in advance by 2 December 2026, naming {asked}, "
        "and the order goes on."
    )
    assert (words.in_advance.number, words.in_advance.link) == (
        asked.number,
        f"/portal/pro-formas/{asked}/",
    )


def test_held_order_names_it_beside_what_makes_room(held, asked):
    words = waiting_of(held)

    assert words.reasons[0].endswith("over your credit limit.")
    assert f"naming {asked}" in words.reasons[-1]


def test_an_order_is_not_told_of_another_ones(poor, asked):
    other = place(poor, ("1", "100.00"))

    assert waiting_of(other).in_advance is None


def test_words_cost_three_statements_however_many_are_asked(poor, held, asked, now, actor):
    for _number in range(5):
        services.ask_for_prepayment(place(poor, ("1", "100.00")).pk, at=now, actor=actor)

    with CaptureQueriesContext(connection) as caught:
        waiting_of(held)

    assert len([query for query in caught if "kernel_company" not in query["sql"]]) == 3


def test_mail_of_a_declined_order_names_it(declined, now, actor):
    asked = services.ask_for_prepayment(declined.pk, at=now, actor=actor)

    order_mails.tell_waiting(declined.pk, state="declined", at=now)

    body = mail.outbox[0].body
    assert f"naming {asked}, and the order goes on." in body
    assert "To: Merrimack Valley Trust, DE02120300000000202051" in body
    assert f"/portal/pro-formas/{asked}/" in body
    assert "we send you a pro forma invoice" not in body


def test_mail_of_a_declined_order_offers_it_where_none_was_asked(declined, now):
    order_mails.tell_waiting(declined.pk, state="declined", at=now)

    assert "answer this mail, and we send you a pro forma invoice." in mail.outbox[0].body


def test_answer_to_a_declined_application_names_it(company, now, actor):
    customer = CustomerFactory.create()
    order = place(customer, ("1", "30000.00"))
    application = CreditApplication.objects.get(order=order)
    asked = services.ask_for_prepayment(order.pk, at=now, actor=actor)
    Customer.objects.filter(pk=customer.pk).update(language="en")

    credit_mails.tell_customer_decided(application.pk)

    body = mail.outbox[0].body.replace("\N{NO-BREAK SPACE}", " ")
    assert f"Order {order}: pay 35,700.00 EUR by 2 December 2026, naming {asked}." in body
    assert f"/portal/pro-formas/{asked}/" in body
