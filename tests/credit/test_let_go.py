"""What lets waiting orders go on by themselves: oldest first, as far as the limit reaches."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from collection import services as collection
from credit import services
from customers.models import Customer
from o2c.kernel.invariants import check_all
from o2c.kernel.outbox import deliver_due
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order
from tests.factories import CreditAccountFactory

# Room for about 3,704: the first two fit it, the third does not, the last one does.
AS_FAR_AS_IT_REACHES = ["released", "released", "on_hold", "released"]


@pytest.fixture
def queue(place, now) -> Callable[[Customer], Callable[[], list[str]]]:
    """Have orders of 1,190.00, 2,380.00, 1,190.00 and 119.00 wait; the last entered is oldest.

    What is returned tells their states, the longest waiting first.
    """

    def make(customer: Customer) -> Callable[[], list[str]]:
        nets = [1000, 2000, 1000, 100]
        waiting = [
            place(customer, net, at=now - timedelta(hours=4 - number))
            for number, net in reversed(list(enumerate(nets)))
        ][::-1]
        assert {order.state for order in waiting} == {"on_hold"}
        return lambda: [Order.objects.get(pk=order.pk).state for order in waiting]

    return make


@pytest.fixture
def runs(approved, place) -> tuple[Order, Order]:
    """Two orders, of 6,295.10 and 3,700.90, that use all but 4.00 of the limit up."""
    orders_running = place(approved, 5290), place(approved, 3110)
    assert {order.state for order in orders_running} == {"released"}
    return orders_running


@pytest.fixture
def family(company, place):
    """A parent and two children, 10,000.00 for all of them, of which one child uses 3,700.90."""
    parent = CreditAccountFactory.create().customer
    children = [CreditAccountFactory.create(customer__parent=parent).customer for _ in range(2)]
    return parent, *children


@pytest.fixture
def shared(family, place, now, analyst):
    """The orders of two members that use the group's limit up; the second one's customer waits."""
    parent, child, sibling = family
    services.set_group_limit(
        parent.pk, limit=Decimal(10000), reason="Holding", at=now, actor=analyst
    )
    return place(child, 3110), place(sibling, 5290)


def test_guarantee(approved, runs, queue, now, analyst):
    states = queue(approved)
    paper = services.Paper(
        kind="insurance",
        issuer="Atradius",
        reference="P-77",
        amount=Decimal(3700),
        valid_from=now.date(),
        valid_until=now.date() + timedelta(days=30),
    )

    services.record_guarantee(approved.pk, paper=paper, at=now, actor=analyst)

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_higher_limit(approved, runs, queue, now, analyst):
    states = queue(approved)

    services.set_limit(
        approved.pk,
        limit=Decimal(13700),
        valid_until=now.date() + timedelta(days=90),
        reason="Known",
        at=now,
        actor=analyst,
    )

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_another_order_that_is_cancelled(approved, runs, queue, now, actor):
    states = queue(approved)

    orders.cancel_order(runs[1].pk, reason="customer", at=now, actor=actor)
    at_once = states()
    deliver_due(limit=100)

    assert at_once == ["on_hold"] * 4
    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_another_order_that_becomes_smaller(approved, runs, queue, now, actor):
    states = queue(approved)
    line = LineChange(
        line_id=runs[0].lines.get().pk, unit_price=Decimal(2180), price_reason="agreed"
    )

    orders.amend_order(
        runs[0].pk, changes=AmendmentChanges(lines=[line]), reason="Less", at=now, actor=actor
    )
    deliver_due(limit=100)

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_payment(approved, runs, queue, now, actor):
    states = queue(approved)

    pay(approved, now, actor)

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_payment_of_another_member_of_the_group(family, shared, queue, now, actor):
    states = queue(family[2])

    pay(family[1], now, actor)
    deliver_due(limit=100)

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def test_order_of_another_member_of_the_group_that_is_cancelled(family, shared, queue, now, actor):
    states = queue(family[2])

    orders.cancel_order(shared[0].pk, reason="customer", at=now, actor=actor)
    deliver_due(limit=100)

    assert states() == AS_FAR_AS_IT_REACHES
    assert check_all() == []


def pay(customer, now, actor):
    collection.record_receipt(
        customer_id=customer.pk,
        method="transfer",
        currency="EUR",
        amount=Decimal("3700.90"),
        received_on=now.date(),
        reference="REF-1",
        at=now,
        actor=actor,
    )
