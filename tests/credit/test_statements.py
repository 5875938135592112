"""What a credit check costs: the same few statements, whatever the order."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import services as orders
from tests.factories import ProductFactory


def place_counted(customer, lines, now, actor):
    products = ProductFactory.create_batch(lines)
    with CaptureQueriesContext(connection) as caught:
        orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(product_id=p.pk, quantity=Decimal(1)) for p in products],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )
    return [query["sql"] for query in caught if "credit_" in query["sql"]]


def test_check_of_a_known_customer_takes_three_statements(approved, now, actor):
    statements = place_counted(approved, 1, now, actor)

    tables = ("creditaccount", "creditcheck", "exposureentry")
    assert len(statements) == len(tables)
    assert all(
        f"credit_{table}" in statement for table, statement in zip(tables, statements, strict=True)
    )


def test_lines_cost_nothing_more(approved, now, actor):
    assert len(place_counted(approved, 20, now, actor)) == 3
