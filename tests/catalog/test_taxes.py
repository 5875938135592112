"""Which tax is charged."""

from datetime import timedelta
from decimal import Decimal

from catalog.pricing import TaxedAt, tax_for
from tests.factories import (
    TODAY,
    AddressFactory,
    CustomerFactory,
    ProductFactory,
    TaxExemptionFactory,
    TaxRuleFactory,
)


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


def test_charges_no_tax_to_an_exempt_customer(db):
    customer, product = CustomerFactory.create(tax_status="exempt"), ProductFactory.create()

    taxes = tax_for(customer, AddressFactory.build(customer=customer), [product], on=TODAY)

    expected = TaxedAt(category="E", rate=Decimal(0), reason="Exempt from tax")
    assert taxes == {product.pk: expected}


def test_a_certificate_spares_its_customer_at_its_place_on_its_days(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    TaxRuleFactory.create(country="US", region="Texas", rate=Decimal("0.0625"))
    TaxRuleFactory.create(country="US", region="Ohio", rate=Decimal("0.0575"))
    TaxExemptionFactory.create(customer=customer, region="Texas", valid_until=TODAY)

    def category_in(region, whose=customer, days=0):
        ship_to = AddressFactory.build(country="US", region=region)
        taxes = tax_for(whose, ship_to, [product], on=TODAY + timedelta(days=days))
        return taxes[product.pk].category

    assert category_in("Texas") == "E"
    assert category_in("Texas", days=1) == "S"
    assert category_in("Ohio") == "S"
    assert category_in("Texas", CustomerFactory.create()) == "S"


def test_is_asked_with_the_customers_own_vat_number(db):
    product = ProductFactory.create()
    ship_to = AddressFactory.build(country="FR")

    categories = [
        tax_for(CustomerFactory.create(vat_number=number), ship_to, [product], on=TODAY)
        for number in ("FR40303265045", "")
    ]

    assert [taxes and taxes[product.pk].category for taxes in categories] == ["K", {}]


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
