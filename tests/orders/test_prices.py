"""Lines are priced by their quantity, on the customer's day."""

from datetime import UTC, date, datetime
from decimal import Decimal

from orders import services
from orders.services import NewLine
from tests.factories import (
    CustomerFactory,
    DiscountFactory,
    PriceFactory,
    ProductFactory,
)


def line_of(customer, product, quantity, actor, *, unit_price=None, at):
    order = services.create_order(
        customer_id=customer.pk,
        lines=[NewLine(product.pk, Decimal(quantity), unit_price)],
        channel="rep",
        requested_on=date(2026, 11, 25),
        at=at,
        actor=actor,
    )
    return order.lines.get()


def test_a_large_quantity_costs_less(db, now, actor):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    PriceFactory.create(product=product, min_quantity=200, amount=Decimal(40))

    line = line_of(customer, product, 200, actor, at=now)

    assert (line.unit_price, line.price_source, line.net_amount) == (
        *(40, "Price list EUR, from 200"),
        8000,
    )


def test_keeps_what_the_lists_said_beside_an_agreed_price(db, now, actor):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    DiscountFactory.create(customer=customer)

    listed = line_of(customer, product, 1, actor, at=now)
    agreed = line_of(customer, product, 1, actor, unit_price=Decimal(45), at=now)
    unknown = line_of(
        customer, ProductFactory.create(price=None), 1, actor, unit_price=Decimal(9), at=now
    )

    found = [
        (line.unit_price, line.list_price, line.price_source) for line in (listed, agreed, unknown)
    ]
    assert found == [
        (Decimal("47.5"), Decimal("47.5"), "Price list EUR − 5 %"),
        (45, Decimal("47.5"), "agreed"),
        (9, None, "agreed"),
    ]


def test_the_day_is_the_customers(db, actor):
    product = ProductFactory.create(price=None)
    PriceFactory.create(product=product, amount=Decimal(50), valid_until=date(2026, 11, 17))
    PriceFactory.create(product=product, amount=Decimal(60), valid_from=date(2026, 11, 18))
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)

    prices = [
        line_of(CustomerFactory.create(time_zone=zone), product, 1, actor, at=late).unit_price
        for zone in ("America/Chicago", "Europe/Berlin")
    ]

    assert prices == [50, 60]
