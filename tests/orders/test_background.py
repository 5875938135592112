"""What is known of a customer's other orders comes in one statement, from the fifth order on."""

from datetime import date
from decimal import Decimal

import pytest

from orders import services
from orders.services import NewLine
from orders.services.background import background_of
from tests.factories import CustomerFactory, ProductFactory


@pytest.fixture
def place(db, company, now, actor):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    def make(quantity):
        return services.place_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(quantity))],
            channel="rep",
            requested_on=date(2026, 11, 25),
            at=now,
            actor=actor,
        )

    make.customer, make.product = customer, product
    return make


def known(place):
    return background_of(
        customer_id=place.customer.pk, customer_po="", product_ids=[place.product.pk]
    )


def test_four_orders_are_no_habit(place):
    for _each in range(4):
        place(2)

    assert known(place).habits is None


def test_five_orders_tell_the_middle_and_the_most(place, django_assert_num_queries):
    for quantity in (1, 2, 3, 4, 20):
        place(quantity)

    with django_assert_num_queries(1):
        habits = known(place).habits

    usual = habits.quantities[place.product.pk]
    assert (usual.median, usual.most) == (3, 20)
    assert (habits.amount.median, habits.amount.most) == (150, 1000)


def test_an_unusual_order_goes_on_with_a_warning(place):
    for _each in range(5):
        place(2)

    order = place(60)

    rules = order.findings.order_by("pk").values_list("rule", "severity")
    assert list(rules) == [("quantity_unusual", "warn"), ("total_unusual", "warn")]
    assert order.state != "draft"
