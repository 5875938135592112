"""Two people call the rest of a blanket order off at the same moment."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from o2c.kernel.events import ON
from orders import handlers, services
from orders.events import OrderSubmitted
from orders.models import BlanketLine, Order
from orders.services import Agreed, AgreedLine, calling
from tests.factories import CompanyFactory, CustomerFactory, ProductFactory
from tests.race import meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
ONCE_COUNTED = (calling, "_taken")


@pytest.fixture
def call(monkeypatch, now, actor):
    """Call 6 of 10 off."""
    CompanyFactory.create()
    monkeypatch.setitem(ON, OrderSubmitted, [handlers.call_off])
    agreed = Agreed(
        lines=[AgreedLine(ProductFactory.create().pk, Decimal(10))],
        valid_from=date(2026, 11, 1),
        valid_until=date(2026, 11, 30),
    )
    blanket = services.create_blanket(
        customer_id=CustomerFactory.create().pk, agreed=agreed, at=now, actor=actor
    )
    services.activate_blanket(blanket.pk, at=now, actor=actor)
    wanted = {blanket.lines.get().pk: Decimal(6)}

    def call():
        return services.call_off_blanket(
            blanket.pk, quantities=wanted, requested_on=date(2026, 11, 25), at=now, actor=actor
        )

    return call


def kinds(results):
    return [type(result).__name__ for result in results]


def test_never_takes_more_than_is_agreed(call, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_COUNTED, call, call)

    assert kinds(results) == [Order.__name__, services.CallOffRefused.__name__]
    assert BlanketLine.objects.get().called == Decimal(6)


def test_constraint_takes_over_without_the_lock(call, monkeypatch):
    """Guards the test above: without the lock both pass the check, and the database refuses."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, ONCE_COUNTED, call, call)

    assert kinds(results) == [IntegrityError.__name__, Order.__name__]
    assert Order.objects.count() == 1
    assert BlanketLine.objects.get().called == Decimal(6)
