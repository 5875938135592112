"""Placing an order: created, priced, taxed and handed over in one step."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from orders import services
from orders.models import Order
from orders.services import NewLine
from tests.factories import CreditAccountFactory, CustomerFactory, ProductFactory

WEDNESDAY = date(2026, 11, 25)


def place(customer: Customer, products, now, actor, **details) -> Order:
    return services.place_order(
        customer_id=customer.pk,
        lines=[NewLine(product.pk, Decimal(2)) for product in products],
        channel="rep",
        requested_on=WEDNESDAY,
        at=now,
        actor=actor,
        **details,
    )


def statements_of_placing(lines, now, actor) -> int:
    customer, products = CustomerFactory.create(), ProductFactory.create_batch(lines)
    CreditAccountFactory.create(customer=customer)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        place(customer, products, now, actor)
    return len(captured)


def test_prices_and_taxes_as_it_will_be_invoiced(company, now, actor):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    order = place(customer, [product], now, actor, customer_po=" 4500-1 ")

    order = Order.objects.get(pk=order.pk)
    line = order.lines.get()
    assert (order.net_amount, order.tax_amount, order.gross_amount) == (
        Decimal("100.000"),
        Decimal("19.000"),
        Decimal("119.000"),
    )
    assert (line.unit_price, line.price_source) == (Decimal("50.0000"), "Price list EUR")
    assert (order.customer_po, order.currency, order.submitted_at) == ("4500-1", "EUR", now)


def test_needs_as_many_statements_for_fifty_lines_as_for_five(company, now, actor):
    statements_of_placing(1, now, actor)  # what a process asks for only once

    assert statements_of_placing(5, now, actor) == statements_of_placing(50, now, actor)
