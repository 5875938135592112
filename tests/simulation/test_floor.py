"""Chance on the floor goes by what is the same in every house."""

from datetime import timedelta
from decimal import Decimal

import pytest

from o2c.kernel.company import the_company
from o2c.kernel.numbering import public_id
from shipping.models import Shipment
from simulation import floor
from simulation.twin import Twin
from tests.factories import UserFactory
from tests.shipping.conftest import (
    customer,
    gone,
    make_customer,
    packed,
    pick,
    place,
    product,
    release,
    schedule,
    shipment,
    stock,
)

__all__ = [
    "customer",
    "gone",
    "make_customer",
    "packed",
    "pick",
    "place",
    "product",
    "release",
    "schedule",
    "shipment",
    "stock",
]


@pytest.fixture
def twin(now, gone):
    return Twin(
        company=the_company(),
        people={"shipping": UserFactory.create()},
        customer_ids=[],
        product_ids=[],
        seed=7,
        day=now.date() + timedelta(days=1),
    )


@pytest.fixture
def charged(twin, gone):
    """Return what the carrier charges for copies of a shipment that weigh so much each."""

    def charged(weights):
        known = Shipment.objects.get(pk=gone.shipment_id)
        made = []
        for count, weight in enumerate(weights):
            copy = Shipment.objects.get(pk=known.pk)
            copy.pk, copy.public_id, copy.number = None, public_id("shp"), f"SH-C{count}"
            copy.tracking_number, copy.weight_kg = "", Decimal(weight)
            copy.freight_cost, copy.freight_currency = Decimal(100), "EUR"
            made.append(copy)
        for one in Shipment.objects.bulk_create(made):
            floor._note_charge(twin, one)
        return list(
            Shipment.objects.filter(number__startswith="SH-C")
            .order_by("pk")
            .values_list("charged_cost", flat=True)
        )

    return charged


def test_the_carriers_bill_goes_by_the_shipment_and_not_by_its_key(charged):
    alike = charged(["5.000"] * 40)

    assert len(set(alike)) == 1


def test_some_bills_are_dearer_than_their_tariff(charged):
    bills = charged([f"{weight}.000" for weight in range(1, 41)])

    assert set(bills) == {Decimal(100), Decimal(112)}
    assert 2 <= bills.count(Decimal(112)) <= 16
