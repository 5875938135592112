"""The portal of a customer …"""

from decimal import Decimal

import pytest
from django.test import Client

from customers.models import Customer, CustomerUser
from o2c.kernel import roles
from o2c.kernel.clock import travel
from orders import services as orders
from shipping import services as shipping
from tests.factories import CreditAccountFactory, CustomerFactory


@pytest.fixture
def buyer(person, customer, company) -> Client:
    """The browser of somebody at the customer."""
    return browser_at(customer, person)


def browser_at(customer: Customer, person) -> Client:
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)
    client = Client()
    client.force_login(user)
    return client


def test_shows_own_orders_in_the_customers_words(buyer, credit_account, draft, now, actor):
    own = draft(customer_po="4500-1")
    orders.submit_order(own.pk, at=now, actor=actor)
    other = CreditAccountFactory.create().customer
    foreign = draft(customer_id=other.pk, customer_po="SECRET-1")
    orders.submit_order(foreign.pk, at=now, actor=actor)

    text = buyer.get("/portal/").content.decode()

    assert "Order 4500-1" in text
    assert "Confirmed" in text
    assert "SECRET-1" not in text
    assert foreign.number not in text


def words(response, name):
    return [(str(row[0]), str(row[1][0])) for row in response.context[name]]


def test_what_is_billed_is_open_until_it_is_there(buyer, invoice, now, actor):
    order = invoice.order

    on_the_way = buyer.get("/portal/")

    order.refresh_from_db()
    assert order.state == "invoiced"
    assert words(on_the_way, "orders") == [(order.number, "On the way")]
    assert words(on_the_way, "past_orders") == []
    assert [step.state for step in on_the_way.context["orders"][0][2]] == [
        "done",
        "done",
        "done",
        "current",
        "",
        "done",
    ]

    shipping.deliver_shipment(invoice.shipment_id, received_by="Goods in", at=now, actor=actor)

    there = buyer.get("/portal/")
    assert words(there, "orders") == []
    assert words(there, "past_orders") == [(order.number, "Delivered")]


def test_shows_drafts_to_nobody_but_us(buyer, draft):
    order = draft(customer_po="4500-1")

    assert order.number not in buyer.get("/portal/").content.decode()


def test_is_quiet_when_there_is_nothing(buyer):
    text = buyer.get("/portal/").content.decode()

    assert "No open order" in text
    assert "Nothing to pay" in text


def test_gives_own_invoices_and_nobody_elses(buyer, person, invoice):
    stranger = browser_at(CustomerFactory.create(), person)
    path = f"/portal/invoices/{invoice.number}/"

    assert buyer.get(path).headers["Content-Type"] == "application/pdf"
    assert stranger.get(path).status_code == 404
    assert buyer.get("/portal/invoices/INV-99999/").status_code == 404


def test_shows_what_is_to_be_paid(buyer, invoice, now):
    with travel(now):
        response = buyer.get("/portal/")

    balance = response.context["balances"][0]
    assert (balance.currency, balance.total, balance.later) == (
        "EUR",
        Decimal("119.000"),
        Decimal("119.000"),
    )
    assert invoice.number in response.content.decode()


def test_needs_as_many_statements_for_twenty_orders_as_for_one(
    buyer, credit_account, invoice, draft, now, actor, django_assert_num_queries
):
    def submit() -> None:
        orders.submit_order(draft().pk, at=now, actor=actor)

    submit()
    with django_assert_num_queries(STATEMENTS):
        buyer.get("/portal/")
    for _ in range(19):
        submit()

    with django_assert_num_queries(STATEMENTS):
        buyer.get("/portal/")


# Session, user, customer, the company's day, seven of its own, and the frame's two.
STATEMENTS = 13


def test_refuses_a_customers_user_every_staff_page(buyer, draft):
    order = draft()

    for path in ("/orders/", f"/orders/{order.number}/", "/orders/export.csv", "/search/?q=a"):
        assert buyer.get(path).status_code == 403


def test_is_for_customers_only(sales_rep, visitor, client):
    for path in ("/portal/", "/portal/invoices/INV-1/"):
        assert sales_rep.get(path).status_code == 403
        assert visitor.get(path).status_code == 403
        assert client.get(path).status_code == 302


def test_gives_the_confirmation_of_own_orders_and_of_nobody_elses(
    buyer, person, credit_account, draft, now, actor
):
    own = draft(customer_po="4500-1")
    path = f"/portal/orders/{own.number}/confirmation/"
    as_draft = buyer.get(path).status_code
    orders.submit_order(own.pk, at=now, actor=actor)
    stranger = browser_at(CustomerFactory.create(), person)

    answer = buyer.get(path)

    assert path in buyer.get("/portal/").content.decode()
    assert (as_draft, answer.status_code, stranger.get(path).status_code) == (404, 200, 404)
    assert answer.headers["Content-Type"] == "application/pdf"
