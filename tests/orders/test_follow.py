"""Recording progress: one UPDATE, the objects at hand follow, and so does the header."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from o2c.kernel.events import ON
from o2c.kernel.locks import lock_many
from o2c.kernel.models import AuditEntry
from o2c.kernel.transactions import service, step
from orders import services
from orders.events import OrderClosed, OrderReleased, OrderSubmitted
from orders.models import Order
from orders.services import NewLine
from tests.factories import CustomerFactory, ProductFactory
from tests.orders.conftest import WEDNESDAY

ONE = Decimal(1)


@service
def settle_together(order_ids, *, at, actor):
    """Settle orders in a step that holds them, as a payment does."""
    customer_ids = Order.objects.filter(pk__in=order_ids).values_list("customer_id", flat=True)
    lock_many(Customer, customer_ids)
    lock_many(Order, order_ids)
    services.settle_orders(order_ids, at=at, actor=actor)


@pytest.fixture
def closed(monkeypatch):
    """The orders that were announced as closed, with nobody else listening."""
    announced = []
    for event in (OrderSubmitted, OrderReleased):
        monkeypatch.setitem(ON, event, [])
    monkeypatch.setitem(ON, OrderClosed, [lambda event: announced.append(event.order_id)])
    return announced


@pytest.fixture
def order_of(db, closed, now, actor):
    """Make a released order of so many lines, one piece each."""

    def make(lines, customer_id=None):
        order = services.create_order(
            customer_id=customer_id or CustomerFactory.create().pk,
            lines=[NewLine(product.pk, ONE) for product in ProductFactory.create_batch(lines)],
            channel="rep",
            requested_on=WEDNESDAY,
            at=now,
            actor=actor,
        )
        services.submit_order(order.pk, at=now, actor=actor)
        return services.release_order(order.pk, at=now, actor=actor)

    return make


@pytest.fixture
def go(now, actor):
    """Move every line of an order by one piece in these columns."""

    def move(order, *columns):
        ids = order.lines.values_list("pk", flat=True)
        changes = {column: dict.fromkeys(ids, ONE) for column in columns}
        services.record_progress(order.pk, changes=changes, at=now, actor=actor)
        return Order.objects.get(pk=order.pk).state

    return move


def test_goes_from_release_to_the_end(order_of, go, closed, now, actor):
    order = order_of(2)

    states = [
        go(order, "allocated"),
        go(order, "picking"),
        go(order, "picked"),
    ]
    ids = list(order.lines.values_list("pk", flat=True))
    services.record_progress(
        order.pk,
        changes={"allocated": dict.fromkeys(ids, -ONE), "shipped": dict.fromkeys(ids, ONE)},
        at=now,
        actor=actor,
    )
    states += [Order.objects.get(pk=order.pk).state, go(order, "delivered"), go(order, "invoiced")]
    services.settle_order(order.pk, at=now, actor=actor)

    assert states == ["released", "fulfilling", "fulfilling", "shipped", "delivered", "invoiced"]
    assert Order.objects.get(pk=order.pk).state == "closed"
    assert closed == [order.pk]


def test_settles_ten_orders_of_a_customer_in_as_many_statements_as_two(
    order_of, go, closed, now, actor
):
    first = order_of(2)
    others = [order_of(2, first.customer_id) for _ in range(11)]
    for order in (first, *others):
        go(order, "picking", "picked", "shipped", "invoiced")

    counted = []
    for batch in ([first, others[0]], others[1:]):
        with CaptureQueriesContext(connection) as statements:
            settle_together([order.pk for order in batch], at=now, actor=actor)
        counted.append(len(statements))

    assert counted == [counted[0], counted[0]]
    assert set(Order.objects.values_list("state", "settled_at")) == {("closed", now)}
    assert closed == [first.pk, *(order.pk for order in others)]
    entries = AuditEntry.objects.filter(action="to closed").order_by("pk")
    assert [entry.subject for entry in entries] == [row.label for row in (first, *others)]
    assert entries[0].changes == {"state": ["invoiced", "closed"], "settled_at": [None, str(now)]}
    assert entries[0].objects_touched == [first.label, first.customer.label]


def test_opens_again_when_something_is_owed_again(order_of, go, now, actor):
    order = order_of(1)
    go(order, "picking", "picked", "shipped", "invoiced")
    services.settle_order(order.pk, at=now, actor=actor)

    services.unsettle_order(order.pk, at=now, actor=actor)

    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.settled_at) == ("invoiced", None)


def test_closes_only_when_all_is_billed(order_of, go, closed, now, actor):
    order = order_of(1)
    go(order, "picking", "picked", "shipped")

    services.settle_order(order.pk, at=now, actor=actor)

    assert (Order.objects.get(pk=order.pk).state, closed) == ("shipped", [])


def test_carries_the_lines_that_the_step_holds(order_of, now, actor):
    order = order_of(1)

    with step():
        line = next(iter(services.lines_of(services.lock_order(order.pk)).values()))
        services.record_progress(
            order.pk, changes={"allocated": {line.pk: ONE}}, at=now, actor=actor
        )

        assert line.allocated == 1
    assert order.lines.get().allocated == 1


def test_notes_each_quantity(order_of, go):
    order = order_of(1)

    go(order, "picking")

    entry = AuditEntry.objects.filter(subject=f"order:{order.pk}", action="quantities").get()
    assert entry.changes == {"line 1 picking": ["0.000", "1.000"]}


def test_moves_fifty_lines_with_as_many_statements_as_five(order_of, now, actor):
    def statements(lines):
        order = order_of(lines)
        ids = list(order.lines.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            services.record_progress(
                order.pk, changes={"picking": dict.fromkeys(ids, ONE)}, at=now, actor=actor
            )
        return len(captured)

    assert statements(5) == statements(50)


def test_writes_nothing_when_nothing_moves(order_of, now, actor):
    order = order_of(1)
    entries = AuditEntry.objects.count()

    services.record_progress(order.pk, changes={"picking": {}}, at=now, actor=actor)

    assert AuditEntry.objects.count() == entries
