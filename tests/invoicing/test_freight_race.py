"""Billing at the same moment: freight is charged once."""

import pytest

from invoicing import services
from invoicing.models import InvoiceCharge
from tests.factories import NOW
from tests.invoicing.freighted import charged_customer, ship_together, tariff
from tests.invoicing.shipped import ACTOR, ship
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def bill(shipment):
    return lambda: services.bill_shipment(shipment.pk, at=NOW, actor=ACTOR)


@pytest.fixture
def shipment(company):
    tariff("20")
    return ship(charged_customer(), ("2", "50.00"))


def test_two_who_bill_at_once_charge_freight_once(shipment):
    answers = in_line(bill(shipment), bill(shipment))

    assert [len(invoices) for invoices in answers] == [1, 0]
    assert [charge.net_amount for charge in InvoiceCharge.objects.all()] == [20]


def test_race_is_real_without_the_locks(shipment, monkeypatch):
    """Guards the test above: without locks both bill, and only a constraint stops one."""
    without_locks(monkeypatch)

    answers = in_line(bill(shipment), bill(shipment))

    assert [type(answer).__name__ for answer in answers] == ["list", "IntegrityError"]


def test_orders_that_share_a_delivery_are_charged_all_of_it_once(company):
    tariff("20")
    shipment = ship_together(charged_customer(), "10.00", "20.00", "30.00")

    in_line(bill(shipment), bill(shipment))

    assert sum(charge.net_amount for charge in InvoiceCharge.objects.all()) == 20
    assert InvoiceCharge.objects.count() == 3
