"""Billing a shipment: it makes one right invoice per order, and never a second."""

from decimal import Decimal

import pytest

from invoicing import services
from invoicing.models import Invoice
from orders.models import Order
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company):
    return customer_with_credit()


def test_bills_each_line_at_the_agreed_price_and_issues_at_once(customer, now, actor):
    shipment = ship(customer, ("2", "50.00"), ("3", "10.00"))

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == (Invoice.State.ISSUED, "INV-00001")
    assert [str(day) for day in (invoice.issued_on, invoice.due_on)] == ["2026-11-18", "2026-12-18"]
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount) == (
        Decimal("130.000"),
        Decimal("24.700"),
        Decimal("154.700"),
    )
    assert [(line.position, line.quantity) for line in invoice.lines.order_by("position")] == [
        (1, Decimal(2)),
        (2, Decimal(3)),
    ]
    assert Order.objects.get().state == Order.State.INVOICED
