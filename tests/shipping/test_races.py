"""Two at once: a shipment leaves once."""

import pytest

from fulfillment.models import StockMove
from orders.models import OrderLine
from shipping import services
from shipping.models import Shipment
from shipping.services import dispatching
from tests.race import read_by_both, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatch(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return lambda: services.dispatch_shipment(shipment.pk, at=now, actor=actor)


def test_shipment_leaves_once(dispatch, stock, books):
    results = run_together(dispatch, dispatch)

    stock.refresh_from_db()
    names = sorted(type(result).__name__ for result in results)
    assert names == ["Shipment", "TransitionNotAllowed"]
    assert (stock.on_hand, OrderLine.objects.get().shipped) == (95, 5)
    assert books() == []


def test_race_is_real_without_the_locks(dispatch, stock, monkeypatch):
    """Guards the test above: then only the database's own rules stop the second."""
    without_locks(monkeypatch)
    monkeypatch.setattr(dispatching, "hold", read_by_both(dispatching.hold))

    results = run_together(dispatch, dispatch)

    assert [type(result).__name__ for result in results if isinstance(result, Exception)] == [
        "IntegrityError"
    ]
    assert StockMove.objects.filter(kind="ship").count() == 1


def test_dispatch_and_cancel_at_once_agree(dispatch, shipment, now, actor, books):
    def cancel():
        return services.cancel_shipment(shipment.pk, reason="Stop", at=now, actor=actor)

    results = run_together(dispatch, cancel)

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(result).__name__ for result in refused] == ["TransitionNotAllowed"]
    assert Shipment.objects.get().state in {"dispatched", "cancelled"}
    assert books() == []
