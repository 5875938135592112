from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from credit.models import CreditAccount, ExposureEntry
from fulfillment.models import Allocation, PickList, StockMove
from orders.models import Order, OrderLine
from shipping import services
from shipping.models import Shipment


@pytest.fixture
def labelled(shipment, now, actor):
    return services.label_shipment(shipment.pk, at=now, actor=actor)


def test_moves_stock_lines_and_exposure_together(
    labelled, stock, packed, customer, now, actor, books
):
    services.dispatch_shipment(labelled.pk, at=now, actor=actor)

    stock.refresh_from_db()
    line = OrderLine.objects.get()
    move = StockMove.objects.get(kind="ship")
    amounts = ExposureEntry.objects.filter(source__startswith="shipment:")
    assert (stock.on_hand, stock.allocated) == (95, 0)
    assert (line.allocated, line.picked, line.shipped) == (0, 5, 5)
    assert (move.quantity, move.source) == (-5, f"shipment:{labelled.pk}")
    assert Allocation.objects.get().state == "shipped"
    assert PickList.objects.get().state == "handed_over"
    assert Order.objects.get().state == "shipped"
    assert Shipment.objects.get().state == "dispatched"
    assert dict(amounts.values_list("kind", "amount")) == {
        "open_order": Decimal("-297.50"),
        "shipped_unbilled": Decimal("297.50"),
    }
    assert CreditAccount.objects.get().exposure == Decimal("297.50")
    assert books() == []


def test_refuses_a_second_time_and_moves_nothing(labelled, stock, now, actor):
    services.dispatch_shipment(labelled.pk, at=now, actor=actor)

    with pytest.raises(TransitionNotAllowed):
        services.dispatch_shipment(labelled.pk, at=now, actor=actor)

    stock.refresh_from_db()
    assert (stock.on_hand, StockMove.objects.filter(kind="ship").count()) == (95, 1)


def test_refuses_without_a_label(shipment, stock, now, actor):
    with pytest.raises(TransitionNotAllowed):
        services.dispatch_shipment(shipment.pk, at=now, actor=actor)

    stock.refresh_from_db()
    assert (stock.on_hand, stock.allocated) == (100, 5)
