"""What a credit check costs: the same few statements, whatever the order."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditCheck, ExposureEntry
from orders import services as orders
from orders.models import Order
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


def test_history_costs_nothing_more(approved, now, actor, place):
    """500 earlier orders and entries: the same statements, and none of them over all of these."""
    alone = place_counted(approved, 1, now, actor)
    for _ in range(20):
        place(approved, 1)
    entries = [
        ExposureEntry(account_id=approved.pk, kind="open_item", source=f"i:{n}", amount=n, at=now)
        for n in range(1, 501)
    ]
    ExposureEntry.objects.bulk_create(entries)
    checks = [
        CreditCheck(order=Order.objects.latest("pk"), outcome="hold", checked_at=now)
        for _ in range(500)
    ]
    CreditCheck.objects.bulk_create(checks)

    later = place_counted(approved, 1, now, actor)

    assert len(later) == len(alone) == 3
    assert not [sql for sql in later if sql.lstrip().startswith("SELECT") and "entry" in sql]
