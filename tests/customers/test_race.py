"""Two people at the same moment: no circle of parents, one code of terms."""

from functools import partial

import pytest
from django.db import IntegrityError

from customers import services
from customers.models import Customer, PaymentTerms
from customers.services import Agreement, Details, details
from customers.services import terms as agreeing
from customers.terms import Terms
from o2c.kernel.errors import InvalidInput
from tests.factories import CustomerFactory
from tests.race import meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
ONCE_CHECKED = (details, "_check_parent")


@pytest.fixture
def marry(now, actor):
    """Make each of four customers, in a chain of two and two, belong to the other chain."""
    first, second, third, fourth = CustomerFactory.create_batch(4)
    Customer.objects.filter(pk=second.pk).update(parent=third)
    Customer.objects.filter(pk=fourth.pk).update(parent=first)

    def belong(child, parent):
        def change():
            return services.change_customer(
                child.pk,
                details=Details(
                    name=child.name,
                    payment_terms_id=child.payment_terms_id,
                    parent_id=parent.pk,
                ),
                at=now,
                actor=actor,
            )

        return change

    return belong(first, second), belong(third, fourth)


def kinds(results):
    return [type(result).__name__ for result in results]


def test_makes_no_circle_when_two_do(marry, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_CHECKED, *marry)

    assert kinds(results) == ["Customer", "InCircle"]


def test_makes_a_circle_without_being_alone(marry, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, ONCE_CHECKED, *marry)

    assert kinds(results) == ["Customer", "Customer"]


@pytest.fixture
def create(now, actor):
    """Create terms under one code, each time."""
    agreement = Agreement(code="N7", name="7 days", terms=Terms(net_days=7))
    return partial(services.create_terms, agreement=agreement, at=now, actor=actor)


def test_gives_a_code_once_when_two_do(create, monkeypatch):
    results = meanwhile(monkeypatch, (agreeing, "_check_code"), create, create)

    assert kinds(results) == [PaymentTerms.__name__, InvalidInput.__name__]


def test_constraint_takes_over_without_being_alone(create, monkeypatch):
    """Guards the test above: both pass the check, and the database refuses."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, (agreeing, "_check_code"), create, create)

    assert kinds(results) == [IntegrityError.__name__, PaymentTerms.__name__]
