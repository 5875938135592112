"""Statements of a step do not depend on how many lines an order has."""

from decimal import Decimal

import pytest

from fulfillment import services
from orders import services as orders
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories import PickupScheduleFactory, ProductFactory, StockLevelFactory


@pytest.fixture
def held_order(customer, now, actor):
    """Make an order of that many lines, released by credit, its stock given back."""

    def make(lines):
        products = ProductFactory.create_batch(lines)
        for product in products:
            StockLevelFactory.create(product=product)
        order = orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(product.pk, Decimal(2)) for product in products],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )
        orders.suspend_order(order.pk, reason="wait", at=now, actor=actor)
        return order

    return make


@pytest.fixture
def costs(held_order, pick, statements, now, actor):
    """Count the statements of each step of an order of that many lines."""
    PickupScheduleFactory.create()

    def measure(lines):
        order = held_order(lines)
        lists = []
        who = {"at": now, "actor": actor}
        counted = {
            "release and allocate": statements(lambda: orders.release_order(order.pk, **who)),
            "release pick lists": statements(
                lambda: lists.extend(services.release_pick_lists(order.pk, **who))
            ),
        }
        [pick_list] = lists
        found = {line.pk: line.quantity for line in pick_list.lines.all()}
        short = next(iter(found))
        found[short] -= 1
        counted["confirm"] = statements(
            lambda: services.confirm_pick(
                pick_list.pk, picked=found, short_reasons={short: "missing"}, **who
            )
        )
        counted["pack"] = statements(
            lambda: services.pack(pick_list.pk, weights=[Decimal(2)], **who)
        )
        shipment = Shipment.objects.get(lines__pick_list=pick_list, lines__order_line__position=1)
        counted["label"] = statements(lambda: shipping.label_shipment(shipment.pk, **who))
        counted["dispatch"] = statements(lambda: shipping.dispatch_shipment(shipment.pk, **who))
        return counted

    return measure


def test_50_lines_take_as_many_statements_as_5(costs):
    few, many = costs(5), costs(50)

    assert many == few
