"""Two people at one order that waits for approval: it is decided once, as it was asked for."""

from datetime import date
from decimal import Decimal

import pytest

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.events import ON
from orders import services
from orders.events import OrderSubmitted
from orders.models import ApprovalRule, Order, OrderApproval
from orders.services import Entered, NewLine, NotDraft, NothingAsked, submitting
from tests.factories import CompanyFactory, CustomerFactory, ProductFactory
from tests.race import meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
WEDNESDAY = date(2026, 11, 25)
ONCE_DECIDED = (submitting, "decide_approval")


@pytest.fixture
def submissions(monkeypatch):
    """The orders that were announced, with nobody else listening."""
    announced = []
    monkeypatch.setitem(ON, OrderSubmitted, [lambda event: announced.append(event.order_id)])
    return announced


@pytest.fixture
def asked(transactional_db, person, now):
    """An order of 550.00 that waits for approval, and its author."""
    CompanyFactory.create()
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=500)
    rep = person(roles.SALES_REP)
    order = services.place_order(
        customer_id=CustomerFactory.create().pk,
        lines=[NewLine(ProductFactory.create().pk, Decimal(11))],
        channel="rep",
        requested_on=WEDNESDAY,
        at=now,
        actor=Actor.user(rep),
    )
    return order, rep


@pytest.fixture
def decide(asked, person, now):
    """Two leads: one approves, one refuses."""
    order, _rep = asked
    first, second = person(roles.FINANCE_MANAGER), person(roles.FINANCE_MANAGER)
    return (
        lambda: services.approve_order(order.pk, by=first, at=now),
        lambda: services.refuse_approval(order.pk, note="Too cheap", by=second, at=now),
    )


@pytest.fixture
def approve_and_change(asked, person, now):
    """A lead approves while the author makes the order larger."""
    order, rep = asked
    lead, product = person(roles.FINANCE_MANAGER), ProductFactory.create()
    entered = Entered(lines=[NewLine(product.pk, Decimal(99))], requested_on=WEDNESDAY)
    return (
        lambda: services.approve_order(order.pk, by=lead, at=now),
        lambda: services.change_draft(
            order.pk, entered=entered, revision=order.revision, at=now, actor=Actor.user(rep)
        ),
    )


def kinds(results):
    return [type(result).__name__ for result in results]


def test_two_leads_decide_once(decide, submissions, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_DECIDED, *decide)

    assert kinds(results) == [Order.__name__, NothingAsked.__name__]


def test_both_decide_without_the_lock(decide, submissions, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, ONCE_DECIDED, *decide)

    assert kinds(results) == [Order.__name__, Order.__name__]


def test_what_is_submitted_is_what_was_approved(approve_and_change, submissions, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_DECIDED, *approve_and_change)

    assert kinds(results) == [Order.__name__, NotDraft.__name__]
    order, approval = Order.objects.get(), OrderApproval.objects.get()
    assert approval.state == "approved"
    assert (order.state, order.net_amount) == ("submitted", Decimal(550))


def test_something_else_is_submitted_without_the_lock(approve_and_change, submissions, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    meanwhile(monkeypatch, ONCE_DECIDED, *approve_and_change)

    assert submissions == [Order.objects.get().pk]
    assert Order.objects.get().lines.get().ordered == 99
