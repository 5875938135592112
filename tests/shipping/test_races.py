"""Two at once: a shipment leaves once."""

import pytest

from fulfillment.models import StockMove
from orders.models import OrderLine
from shipping import services
from shipping.models import Shipment
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatch(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return lambda: services.dispatch_shipment(shipment.pk, at=now, actor=actor)


def names(results):
    return [type(result).__name__ for result in results]


def test_shipment_leaves_once(dispatch, stock, books):
    results = in_line(dispatch, dispatch)

    stock.refresh_from_db()
    assert names(results) == ["Shipment", "TransitionNotAllowed"]
    assert (stock.on_hand, OrderLine.objects.get().shipped) == (95, 5)
    assert books() == []


def test_race_is_real_without_the_locks(dispatch, stock, monkeypatch):
    """Guards the test above: then only the database's own rules stop the second."""
    without_locks(monkeypatch)

    results = in_line(dispatch, dispatch)

    assert names(results) == ["Shipment", "IntegrityError"]
    assert StockMove.objects.filter(kind="ship").count() == 1


@pytest.mark.parametrize(("ordered", "state"), [(tuple, "dispatched"), (reversed, "cancelled")])
def test_dispatch_and_cancel_at_once_agree(dispatch, shipment, now, actor, books, ordered, state):
    def cancel():
        return services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)

    results = in_line(*ordered((dispatch, cancel)))

    assert names(results) == ["Shipment", "TransitionNotAllowed"]
    assert Shipment.objects.get().state == state
    assert books() == []
