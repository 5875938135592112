"""Shipments that carry several orders, or an order line in several parts."""

from decimal import Decimal

import pytest

from invoicing import services
from invoicing.drafting import draft
from invoicing.models import Invoice
from o2c.kernel.invariants import check_all
from orders.models import Order, OrderLine
from shipping.models import ShipmentLine
from shipping.services import join_shipment
from tests.invoicing.shipped import leave, pack, place, ready

pytestmark = pytest.mark.django_db


def test_makes_one_invoice_per_order_with_numbers_in_a_row(customer, now, actor):
    ready()
    shipment, other = (pack(place(customer, ("1", net))) for net in ("10.00", "20.00"))
    shipment = join_shipment(other.pk, with_id=shipment.pk, at=now, actor=actor)
    leave(shipment)

    invoices = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert [(row.number, row.net_amount) for row in invoices] == [
        ("INV-00001", Decimal("10.00")),
        ("INV-00002", Decimal("20.00")),
    ]
    assert {order.state for order in Order.objects.all()} == {Order.State.INVOICED}
    assert check_all() == []


def test_rounds_a_line_that_comes_in_parts_as_a_whole():
    agreed = OrderLine(
        pk=1,
        sku="SKU-1",
        unit_price=Decimal("0.335"),
        tax_category="S",
        tax_rate=Decimal("0.19"),
    )
    parts = [ShipmentLine(order_line_id=1, quantity=Decimal(1)) for _part in range(2)]
    for part in parts:
        part.left = part.quantity

    made = draft(Invoice(currency="EUR"), parts, {1: agreed})

    assert [line.net_amount for line in made.lines] == [Decimal("0.34"), Decimal("0.33")]
    assert made.invoice.gross_amount == Decimal("0.80")
