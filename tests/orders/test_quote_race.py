"""Two people accept one quote at the same moment: one order."""

from datetime import date
from decimal import Decimal

import pytest

from o2c.kernel.events import ON
from orders import services
from orders.events import OrderSubmitted
from orders.models import Order
from orders.services import NewLine, Offered, quote_decisions
from tests.factories import CompanyFactory, CustomerFactory, ProductFactory
from tests.race import meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
ONCE_LOOKED_AT = (quote_decisions, "_open_quote")


@pytest.fixture
def accept(monkeypatch, now, actor):
    """Accept half of a quote."""
    CompanyFactory.create()
    monkeypatch.setitem(ON, OrderSubmitted, [])
    quote = services.create_quote(
        customer_id=CustomerFactory.create().pk,
        offered=Offered(
            lines=[NewLine(ProductFactory.create().pk, Decimal(2))],
            valid_until=date(2026, 11, 20),
            allows_part=True,
        ),
        at=now,
        actor=actor,
    )
    services.send_quote(quote.pk, at=now, actor=actor)
    half = {quote.lines.get().pk: Decimal(1)}

    def accept():
        return services.accept_quote(
            quote.pk, requested_on=date(2026, 11, 25), quantities=half, at=now, actor=actor
        )

    return accept


def kinds(results):
    return [type(result).__name__ for result in results]


def test_one_quote_makes_one_order(accept, monkeypatch):
    results = meanwhile(monkeypatch, ONCE_LOOKED_AT, accept, accept)

    assert kinds(results) == [Order.__name__, services.QuoteNotOpen.__name__]
    assert Order.objects.count() == 1


def test_race_is_real_without_the_lock(accept, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    results = meanwhile(monkeypatch, ONCE_LOOKED_AT, accept, accept)

    assert kinds(results) == [Order.__name__, Order.__name__]
    assert Order.objects.count() == 2
