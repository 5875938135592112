"""What a customer pays for a product, and which tax is charged."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.pricing import PricedAt, TaxedAt, prices_for, tax_for
from tests.factories import (
    AddressFactory,
    CustomerFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    TaxRuleFactory,
)


def own_list(customer, product, amount):
    own = PriceListFactory.create(code="KC-118", name="Contract KC-118", customer=customer)
    PriceFactory.create(price_list=own, product=product, amount=Decimal(amount))


def test_takes_the_customers_own_price_first(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(customer, product, "45.5")

    prices = prices_for(customer, [product.pk])

    assert prices == {product.pk: PricedAt(amount=Decimal("45.5000"), source="Contract KC-118")}


def test_gives_nobody_the_price_of_another(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(CustomerFactory.create(), product, "45.5")

    prices = prices_for(customer, [product.pk])

    assert prices == {product.pk: PricedAt(amount=Decimal("50.0000"), source="Price list EUR")}


def test_knows_no_price_in_another_currency(db):
    assert prices_for(CustomerFactory.create(currency="USD"), [ProductFactory.create().pk]) == {}


def test_asks_once_for_twenty_products(db):
    customer, products = CustomerFactory.create(), ProductFactory.create_batch(20)

    with CaptureQueriesContext(connection) as captured:
        prices = prices_for(customer, [product.pk for product in products])
        taxes = tax_for(customer, AddressFactory.build(customer=customer), products)

    assert (len(prices), len(taxes), len(captured)) == (20, 20, 2)


def test_region_goes_before_its_country(db):
    product = ProductFactory.create()
    TaxRuleFactory.create(country="US", region="", rate=Decimal("0.05"))
    TaxRuleFactory.create(country="US", region="Texas", rate=Decimal("0.0625"))
    customer = CustomerFactory.create()

    def rate_in(region):
        ship_to = AddressFactory.build(customer=customer, country="US", region=region)
        return tax_for(customer, ship_to, [product])[product.pk].rate

    assert (rate_in("Texas"), rate_in("Ohio"), rate_in("")) == (
        Decimal("0.06250"),
        Decimal("0.05000"),
        Decimal("0.05000"),
    )


@pytest.mark.parametrize(("status", "category"), [("exempt", "E"), ("reverse_charge", "AE")])
def test_charges_no_tax_to_those_who_are_not_taxed(db, status, category):
    customer, product = CustomerFactory.create(tax_status=status), ProductFactory.create()

    taxes = tax_for(customer, AddressFactory.build(customer=customer), [product])

    assert taxes == {product.pk: TaxedAt(category=category, rate=Decimal(0))}


def test_leaves_out_what_nobody_knows_the_rate_of(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    assert tax_for(customer, AddressFactory.build(country="NZ"), [product]) == {}
