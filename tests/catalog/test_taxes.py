"""Which tax is charged."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.pricing import TaxedAt, tax_for
from tests.factories import TODAY, AddressFactory, CustomerFactory, ProductFactory, TaxRuleFactory


def test_region_goes_before_its_country(db):
    product = ProductFactory.create()
    TaxRuleFactory.create(country="US", region="", rate=Decimal("0.05"))
    TaxRuleFactory.create(country="US", region="Texas", rate=Decimal("0.0625"))
    customer = CustomerFactory.create()

    def rate_in(region):
        ship_to = AddressFactory.build(customer=customer, country="US", region=region)
        return tax_for(customer, ship_to, [product], on=TODAY)[product.pk].rate

    assert (rate_in("Texas"), rate_in("Ohio"), rate_in("")) == (
        Decimal("0.06250"),
        Decimal("0.05000"),
        Decimal("0.05000"),
    )


@pytest.mark.parametrize(("status", "category"), [("exempt", "E"), ("reverse_charge", "AE")])
def test_charges_no_tax_to_those_who_are_not_taxed(db, status, category):
    customer, product = CustomerFactory.create(tax_status=status), ProductFactory.create()

    taxes = tax_for(customer, AddressFactory.build(customer=customer), [product], on=TODAY)

    assert taxes == {product.pk: TaxedAt(category=category, rate=Decimal(0))}


def test_leaves_out_what_nobody_knows_the_rate_of(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    assert tax_for(customer, AddressFactory.build(country="NZ"), [product], on=TODAY) == {}


def test_a_rate_holds_until_the_next_begins(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    address = AddressFactory.build(customer=customer, country="EE")
    TaxRuleFactory.create(country="EE", rate=Decimal("0.22"), valid_until=TODAY)
    TaxRuleFactory.create(country="EE", rate=Decimal("0.24"), valid_from=TODAY + timedelta(days=1))

    rates = [
        tax_for(customer, address, [product], on=TODAY + timedelta(days=days))[product.pk].rate
        for days in (0, 1)
    ]

    assert rates == [Decimal("0.22"), Decimal("0.24")]
