"""Two people at the same moment: one order, one submit, one PO number."""

from decimal import Decimal
from functools import partial

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
from tests.race import meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
ONCE_CHECKED = (validation, "check")


@pytest.fixture
def submissions(monkeypatch):
    """The orders that were announced, with nobody else listening."""
    announced = []
    monkeypatch.setitem(ON, OrderSubmitted, [lambda event: announced.append(event.order_id)])
    return announced


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
    return [type(result).__name__ for result in results]


def test_submits_once_when_two_do(submit, submissions, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_CHECKED, submit, submit)

    assert kinds(results) == [Order.__name__, TransitionNotAllowed.__name__]
    assert len(submissions) == 1


def test_submits_twice_without_the_lock(submit, submissions, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    meanwhile(monkeypatch, ONCE_CHECKED, submit, submit)

    assert len(submissions) == 2


@pytest.fixture
def submit_twins(draft_of, now, actor):
    """Submit each of two drafts with one PO number."""
    keys = [draft_of("4500-1").pk, draft_of("4500-1").pk]
    return [partial(services.submit_order, key, at=now, actor=actor) for key in keys]


def test_takes_a_po_number_once(submit_twins, submissions, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_CHECKED, *submit_twins)

    assert kinds(results) == [Order.__name__, OrderInvalid.__name__]
    assert Order.objects.filter(state="submitted").count() == 1


def test_constraint_takes_over_without_the_lock(submit_twins, submissions, monkeypatch):
    """Guards the test above: without the lock both pass the check, and the database refuses."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, ONCE_CHECKED, *submit_twins)

    assert kinds(results) == [IntegrityError.__name__, Order.__name__]
    assert Order.objects.filter(state="submitted").count() == 1
