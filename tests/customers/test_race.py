"""Two people at the same moment: no circle of parents, one code of terms."""

import time

import pytest

from customers import services
from customers.models import Customer, PaymentTerms
from customers.services import Agreement, Details, details
from customers.terms import Terms
from o2c.kernel.errors import InvalidInput
from tests.factories import CustomerFactory
from tests.race import run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slow(monkeypatch):
    """Let time pass between the check and the write."""
    check = details._check_parent
    monkeypatch.setattr(details, "_check_parent", lambda *keys: (check(*keys), time.sleep(0.3))[0])


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
    return sorted(type(result).__name__ for result in results)


def test_makes_no_circle_when_two_do(marry, slow):
    results = run_together(*marry)

    assert kinds(results) == ["Customer", "InCircle"]


def test_makes_a_circle_without_being_alone(marry, slow, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert kinds(run_together(*marry)) == ["Customer", "Customer"]


def test_gives_a_code_once_when_two_do(now, actor):
    def create():
        agreement = Agreement(code="N7", name="7 days", terms=Terms(net_days=7))
        return services.create_terms(agreement=agreement, at=now, actor=actor)

    results = run_together(create, create)

    assert kinds(results) == [InvalidInput.__name__, PaymentTerms.__name__]
