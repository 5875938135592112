"""The tax on what is sold: what is kept of a place and a customer, asked in one statement."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Value

from catalog.models import Product, TaxExemption, TaxRule
from catalog.models.validity import holds_on
from catalog.taxation import PART_OF, Buyer, Place, TaxedAt, decide
from customers.models import Address, Customer
from o2c.kernel.company import the_company
from o2c.kernel.compiled import compiled


def tax_for(
    customer: Customer, ship_to: Address, products: Iterable[Product], *, on: date
) -> dict[int, TaxedAt]:
    """Return each product's tax where the goods are delivered, on a day.

    Products for whose category no rate is kept there are left out: nobody knows their tax.
    """
    country = PART_OF.get(ship_to.country, ship_to.country)
    rates, certificate = _kept_at(customer.pk, country, ship_to.region, on)
    place = Place(country=country, region=ship_to.region, postal_code=ship_to.postal_code)
    buyer = Buyer(
        status=customer.tax_status, vat_number=customer.vat_number, certificate=certificate
    )
    seller = the_company().country
    known: dict[str, TaxedAt | None] = {}
    taxes: dict[int, TaxedAt] = {}
    for product in products:
        category = product.tax_category
        if category not in known:
            known[category] = decide(
                category, seller=seller, ship_to=place, buyer=buyer, rates=rates
            )
        tax = known[category]
        if tax is not None:
            taxes[product.pk] = tax
    return taxes


def _kept_at(
    customer_id: int, country: str, region: str, on: date
) -> tuple[dict[str, Decimal], str]:
    """Return the rate of each category, and the customer's certificate; a region goes first."""
    rates: dict[str, Decimal] = {}
    certificate = ""
    rows = _rows_at(customer_id, country, region, on)
    for _region, category, rate, number in sorted(rows, key=itemgetter(0)):
        if rate is None:
            certificate = number
        else:
            rates[category] = rate
    return rates, certificate


@compiled
def _rows_at(
    customer_id: int, country: str, region: str, on: date
) -> QuerySet[TaxRule, tuple[Any, ...]]:
    """Return (region or empty, category, rate, "") and (region or empty, "", None, certificate)."""
    here = Q(region="") | Q(region=region)
    rules = TaxRule.objects.filter(holds_on(on), here, country=country).values_list(
        F("region"), F("category"), F("rate"), Value("")
    )
    certificates = TaxExemption.objects.filter(
        holds_on(on), here, country=country, customer=customer_id
    ).values_list(
        F("region"), Value(""), Value(None, output_field=DecimalField()), F("certificate")
    )
    return rules.union(certificates, all=True)
