"""Rows of a step that are held back: whole in memory at once, written together, never missed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import audit, rows
from o2c.kernel.gathering import gathering, is_held_back
from o2c.kernel.models import AuditEntry
from o2c.kernel.transactions import OutsideStep, service
from orders.models import Order, OrderLine
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory, ProductFactory


@pytest.fixture
def build(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    def make():
        order = OrderFactory.build(
            customer=customer,
            ship_to=customer.addresses.get(kind="ship_to"),
            payment_terms=customer.payment_terms,
            line=None,
        )
        return order, OrderLineFactory.build(order=order, product=product, position=1)

    return make


def written(statements):
    return [each["sql"] for each in statements if each["sql"].startswith("INSERT")]


def test_writes_one_statement_for_each_table(build, now, actor):
    pairs = [build() for _each in range(3)]

    @service
    def insert():
        with gathering() as gathered:
            gathered.expect(Order, 3)
            for order, line in pairs:
                audit.create(order, at=now, actor=actor)
                line.order = order
                rows.insert([line])

    with CaptureQueriesContext(connection) as captured:
        insert()

    tables = [sql.split('"')[1] for sql in written(captured)]
    assert tables == ["orders_order", "orders_orderline", "kernel_auditentry"]
    stored = Order.objects.order_by("pk")
    assert [order.number for order in stored] == [order.number for order, _line in pairs]
    assert list(OrderLine.objects.order_by("pk").values_list("order_id", flat=True)) == [
        order.pk for order, _line in pairs
    ]
    assert AuditEntry.objects.filter(action="create").count() == 3


def test_numbers_are_drawn_for_as_many_as_are_expected(build, now, actor):
    @service
    def insert(count):
        with gathering() as gathered:
            gathered.expect(Order, count)
            return [audit.create(build()[0], at=now, actor=actor) for _each in range(count)]

    first, second = insert(2), insert(1)

    numbers = [int(order.number.removeprefix("SO-")) for order in (*first, *second)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_what_changes_before_it_is_written_is_written_so(build, now, actor):
    order, _line = build()

    @service
    def insert():
        with gathering():
            audit.create(order, at=now, actor=actor)
            order.note = "Gate 3"
            audit.save(order, at=now, actor=actor)

    with CaptureQueriesContext(connection) as captured:
        insert()

    assert Order.objects.get().note == "Gate 3"
    assert not [each for each in captured if each["sql"].startswith("UPDATE")]
    assert AuditEntry.objects.filter(action="change").get().changes == {"note": ["", "Gate 3"]}


def test_whoever_asks_finds_what_was_held_back(build, now, actor):
    order, _line = build()

    @service
    def insert():
        with gathering():
            audit.create(order, at=now, actor=actor)
            was_held = is_held_back(order)
            found = Order.objects.get(pk=order.pk)
            order.note = "Gate 3"
            audit.save(order, at=now, actor=actor)
            return was_held, found.number, is_held_back(order)

    assert insert() == (True, order.number, False)
    assert Order.objects.get().note == "Gate 3"


def test_a_number_of_its_own_is_kept(build, now, actor):
    order, _line = build()
    order.number = "SO-4711-A"

    @service
    def insert():
        with gathering():
            audit.create(order, at=now, actor=actor)

    insert()

    assert Order.objects.get().number == "SO-4711-A"


def test_an_error_leaves_nothing_behind(build, now, actor):
    order, _line = build()

    @service
    def insert():
        with gathering():
            audit.create(order, at=now, actor=actor)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        insert()

    assert not Order.objects.exists()
    assert not AuditEntry.objects.filter(action="create").exists()


def test_gathers_in_a_step_only(db):
    with pytest.raises(OutsideStep), gathering():
        pass
