"""The ladder: locks are taken from the top rung down, rows of a rung by key."""

import ast
from pathlib import Path
from threading import Event

import pytest

from customers.models import Customer
from fulfillment.models import StockLevel
from o2c.kernel import locks
from o2c.kernel.transactions import step
from orders.models import Order
from tests.factories import CustomerFactory, LocationFactory, OrderFactory, StockLevelFactory
from tests.race import run_together

ROOT = Path(__file__).parents[2]
STAGES = [
    *("o2c", "customers", "catalog", "orders", "credit", "fulfillment", "shipping"),
    *("invoicing", "receivables", "collection", "reporting"),
]


@pytest.fixture
def order(db):
    return OrderFactory.create()


def test_refuses_a_higher_rung_after_a_lower_one(order):
    with step():
        locks.lock(Order, order.pk)

        with pytest.raises(locks.LadderBroken, match=r"customers\.Customer"):
            locks.lock(Customer, order.customer_id)


def test_refuses_an_earlier_row_of_the_same_rung(db):
    first, second = CustomerFactory.create_batch(2)

    with step():
        locks.lock(Customer, second.pk)

        with pytest.raises(locks.LadderBroken):
            locks.lock(Customer, first.pk)


def test_locks_many_rows_by_key(db):
    customers = CustomerFactory.create_batch(3)
    wanted = [customer.pk for customer in reversed(customers)]

    with step():
        held = locks.lock_many(Customer, [*wanted, 0])

    assert list(held) == sorted(wanted)


def test_locks_all_rows_of_something_and_knows_that_it_does(db):
    level = StockLevelFactory.create()
    later = StockLevelFactory.create(
        product=level.product, location=LocationFactory.create(code="B-01")
    )

    with step():
        held = locks.lock_all(StockLevel, "product_id", [level.product_id])

        assert list(held) == [level.pk, later.pk]
        assert held[level.pk] is locks.lock(StockLevel, level.pk)
        assert locks.reach_all(StockLevel, "product_id", [level.product_id])


def test_of_what_is_not_held_as_a_whole_nothing_is_asked_for_twice(db, monkeypatch):
    monkeypatch.setattr(locks, "IS_STRICT", True)

    with step():
        locks.reach_some(StockLevel, "product_id", [1])

        with pytest.raises(locks.LadderBroken, match="in one statement"):
            locks.reach_some(StockLevel, "product_id", [1])


@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_added_since_is_left_to_them():
    level = StockLevelFactory.create()

    def add_and_hold():
        later = StockLevelFactory.create(
            product=level.product, location=LocationFactory.create(code="B-01")
        )
        with step():
            locks.lock(StockLevel, later.pk)
            added.set()
            assert looked.wait(timeout=10)

    def hold_twice():
        with step():
            locks.lock_all(StockLevel, "product_id", [level.product_id])
            begun.set()
            assert added.wait(timeout=10)
            held = locks.lock_all(StockLevel, "product_id", [level.product_id])
            looked.set()
            return list(held)

    begun, added, looked = Event(), Event(), Event()
    results = run_together(hold_twice, lambda: begun.wait(timeout=10) and add_and_hold())

    assert results == [[level.pk], None]


def test_finds_and_locks_the_row_of_a_lookup(order):
    with step():
        customer = locks.lock_by(Customer, orders=order.pk)

        assert customer is locks.lock(Customer, order.customer_id)


def test_locks_rows_under_a_guard_even_after_a_lower_rung(order):
    later = OrderFactory.create(customer=order.customer)

    with step():
        customer = locks.lock(Customer, order.customer_id)
        held = locks.lock(Order, later.pk)
        found = locks.lock_under(customer, Order.objects.filter(customer=customer))

        assert found == [order, later]
        assert found[1] is held
        assert locks.lock(Order, order.pk) is found[0]


def test_refuses_rows_under_a_guard_that_is_not_held(order):
    with step(), pytest.raises(locks.LadderBroken, match="must be locked before"):
        locks.lock_under(order.customer, Order.objects.all())


def test_a_new_row_needs_no_lock(db):
    with step():
        customer = locks.adopt(CustomerFactory.create())

        assert locks.lock(Customer, customer.pk) is customer


def test_an_unknown_row_is_not_found(db):
    with step(), pytest.raises(Customer.DoesNotExist):
        locks.lock(Customer, 0)


def test_nothing_else_locks_rows():
    """Locks outside the ladder would bring the deadlocks back that it prevents."""
    allowed = {"o2c/kernel/locks.py", "o2c/kernel/outbox.py"}
    found = {
        str(path.relative_to(ROOT))
        for stage in STAGES
        for path in (ROOT / stage).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"select_for_update", "bulk_update"}
    }

    assert found - allowed == set()


def test_a_statement_of_ones_own_stands_on_the_ladder_too(order):
    with step():
        locks.reach(StockLevel)

        with pytest.raises(locks.LadderBroken):
            locks.lock(Customer, order.customer_id)
