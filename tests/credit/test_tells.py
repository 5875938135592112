"""Whom credit tells, and what about."""

from datetime import timedelta

import pytest

from credit import services
from o2c.kernel import outbox, roles
from orders import services as orders
from tests.factories import ContactFactory


@pytest.fixture
def told(mailoutbox, django_capture_on_commit_callbacks):
    """Deliver everything that waits, and return the mails of credit by recipient."""

    def deliver():
        while outbox.deliver_due(limit=100):
            pass
        return {mail.to[0]: mail for mail in mailoutbox}

    return deliver


def test_analysts_hear_of_an_application(person, customer, place, told):
    analyst = person(roles.CREDIT_ANALYST)
    place(customer, 10000)

    mail = told()[analyst.email]

    application = customer.credit_applications.get()
    assert mail.subject == f"{application}: credit of {customer} is to be decided"
    assert "11,900.00" in mail.body
    assert "No order has been paid on time yet." in mail.body
    assert f"/credit/?case={application}" in mail.body


def test_sales_rep_hears_of_the_decision(person, customer, place, told, now, analyst):
    rep = person(roles.SALES_REP)
    customer.sales_rep = rep
    customer.save()
    order = place(customer, 10000)
    application = customer.credit_applications.get()

    services.decide_application(
        application.pk, outcome="declined", reason="Insolvent", at=now, actor=analyst
    )

    mails = told()
    assert mails[rep.email].subject == f"{application}: credit of {customer} was decided"
    assert f"Order {order}: Declined" in mails[rep.email].body


def test_customer_is_asked_for_documents(customer, place, told, now, analyst):
    contact = ContactFactory.create(customer=customer)
    place(customer, 10000)
    application = customer.credit_applications.get()

    services.ask_for_documents(application.pk, documents="Accounts of 2025", at=now, actor=analyst)

    assert "Accounts of 2025" in told()[contact.email].body


def test_customer_hears_of_a_hold_and_its_reason_stays_with_us(approved, told, hold):
    hold(approved)

    mail = told()[approved.email]

    assert mail.subject == "Your orders wait: your account is on hold"
    assert "Asks" not in mail.body
    assert mail.extra_headers["Message-ID"].startswith("<hold-")


def test_hold_that_has_ended_is_not_told(approved, told, hold, now, analyst):
    hold(approved)
    services.release_hold(approved.pk, kind="manual", reason="Paid", at=now, actor=analyst)

    assert approved.email not in told()


def test_freed_limit_lets_waiting_orders_go(approved, place, told, now, actor):
    running = place(approved, 8000)
    waiting = place(approved, 5000)
    held = waiting.state

    orders.cancel_order(running.pk, reason="customer", at=now, actor=actor)
    told()

    waiting.refresh_from_db()
    assert (held, waiting.state) == ("on_hold", "released")


def test_buyer_hears_what_to_pay_before_the_order_goes_on(approved, place, told):
    order = place(approved, 10000)

    mail = told()[approved.email]

    assert mail.subject == f"{order} waits"
    assert "It goes 1,900.00\xa0EUR over your credit limit." in mail.body
    assert "To pay before it goes on: 1,900.00\xa0EUR" in mail.body
    assert "/portal/credit/" in mail.body


def test_customer_hears_that_a_hold_has_ended(approved, told, hold, now, analyst):
    hold(approved)
    told()
    later = now + timedelta(hours=1)
    services.release_hold(approved.pk, kind="manual", reason="Paid", at=later, actor=analyst)

    mail = told()[approved.email]

    assert mail.subject == "Your account is not on hold any more"
    assert "Paid" not in mail.body


def test_end_of_one_hold_is_not_told_while_another_stands(approved, told, hold, now, analyst):
    hold(approved)
    hold(approved, "overdue")
    told()
    later = now + timedelta(hours=1)
    services.release_hold(approved.pk, kind="manual", reason="Paid", at=later, actor=analyst)

    assert told()[approved.email].subject == "Your orders wait: your account is on hold"
