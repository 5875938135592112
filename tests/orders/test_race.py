"""Two people at the same moment: one order, one submit, one PO number."""

import time
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django_fsm import TransitionNotAllowed

from o2c.kernel.events import ON
from orders import services, validation
from orders.events import OrderSubmitted
from orders.models import Order
from orders.services import NewLine, OrderInvalid
from tests.factories import CustomerFactory, ProductFactory
from tests.orders.conftest import WEDNESDAY
from tests.race import run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def submissions(monkeypatch):
    """The orders that were announced, with nobody else listening."""
    announced = []
    monkeypatch.setitem(ON, OrderSubmitted, [lambda event: announced.append(event.order_id)])
    return announced


@pytest.fixture
def slow(monkeypatch):
    """Let time pass between the check and the write."""
    check = validation.check
    monkeypatch.setattr(
        validation, "check", lambda facts, **given: (check(facts, **given), time.sleep(0.2))[0]
    )


@pytest.fixture
def submit(draft_of, now, actor):
    order = draft_of("4500-1")
    return lambda: services.submit_order(order.pk, at=now, actor=actor)


@pytest.fixture
def draft_of(transactional_db, now, actor):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    def make(customer_po):
        return services.create_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(1))],
            channel="rep",
            requested_on=WEDNESDAY,
            customer_po=customer_po,
            at=now,
            actor=actor,
        )

    return make


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_submits_once_when_two_do(submit, submissions, slow):
    results = run_together(submit, submit)

    assert kinds(results) == sorted([Order.__name__, TransitionNotAllowed.__name__])
    assert len(submissions) == 1


def test_submits_twice_without_the_lock(submit, submissions, slow, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    run_together(submit, submit)

    assert len(submissions) == 2


def test_takes_a_po_number_once(draft_of, submissions, slow, now, actor):
    orders = [draft_of("4500-1"), draft_of("4500-1")]

    results = run_together(
        *(
            lambda order=order: services.submit_order(order.pk, at=now, actor=actor)
            for order in orders
        )
    )

    assert kinds(results) == sorted([Order.__name__, OrderInvalid.__name__])
    assert Order.objects.filter(state="submitted").count() == 1


def test_constraint_takes_over_without_the_lock(
    draft_of, submissions, slow, now, actor, monkeypatch
):
    """Guards the test above: without the lock both pass the check, and the database refuses."""
    orders = [draft_of("4500-1"), draft_of("4500-1")]
    without_locks(monkeypatch)

    results = run_together(
        *(
            lambda order=order: services.submit_order(order.pk, at=now, actor=actor)
            for order in orders
        )
    )

    assert kinds(results) == sorted([Order.__name__, IntegrityError.__name__])
    assert Order.objects.filter(state="submitted").count() == 1
