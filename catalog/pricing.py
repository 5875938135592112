"""What a customer pays for a product, and which tax is charged: each in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from catalog.models import Price, Product, TaxCategory, TaxRule
from customers.models import Address, Customer
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO

# Customers who are not charged tax, and the category that their documents show instead.
UNTAXED = {
    Customer.TaxStatus.EXEMPT.value: TaxCategory.EXEMPT.value,
    Customer.TaxStatus.REVERSE_CHARGE.value: TaxCategory.REVERSE_CHARGE.value,
}


@dataclass(frozen=True, kw_only=True)
class PricedAt:
    """The price of one unit, excluding tax, and where it comes from, for people."""

    amount: Decimal
    source: str


@dataclass(frozen=True, kw_only=True)
class TaxedAt:
    """An EN 16931 tax category with its rate as a fraction: 0.19 is 19 %."""

    category: str
    rate: Decimal


def prices_for(customer: Customer, product_ids: Iterable[int]) -> dict[int, PricedAt]:
    """Return prices in the customer's currency by product; products without one are left out.

    The customer's own list goes before everybody's.
    """
    prices = _prices_for(customer.pk, customer.currency, list(set(product_ids)))
    return {
        product_id: PricedAt(amount=amount, source=source) for product_id, amount, source in prices
    }


@compiled
def _prices_for(
    customer_id: int, currency: str, product_ids: list[int]
) -> QuerySet[Price, tuple[int, Decimal, str]]:
    return (
        Price.objects.filter(product_id__in=product_ids, price_list__currency=currency)
        .filter(Q(price_list__customer=None) | Q(price_list__customer=customer_id))
        .order_by(F("price_list__customer").asc(nulls_first=True), "pk")
        .values_list("product_id", "amount", "price_list__name")
    )


def tax_for(
    customer: Customer, ship_to: Address, products: Iterable[Product]
) -> dict[int, TaxedAt]:
    """Return each product's tax where the goods are delivered; a region goes before its country.

    Products for whose category no rate is kept there are left out: nobody knows their tax.
    """
    untaxed = UNTAXED.get(customer.tax_status)
    if untaxed is not None:
        return {product.pk: TaxedAt(category=untaxed, rate=ZERO) for product in products}
    rates = {
        TaxCategory.ZERO.value: ZERO,
        TaxCategory.EXEMPT.value: ZERO,
        **dict(_rates_at(ship_to.country, ship_to.region)),
    }
    return {
        product.pk: TaxedAt(category=product.tax_category, rate=rates[product.tax_category])
        for product in products
        if product.tax_category in rates
    }


@compiled
def _rates_at(country: str, region: str) -> QuerySet[TaxRule, tuple[str, Decimal]]:
    """Return the rate of each category; the country's are overwritten by the region's."""
    rules = TaxRule.objects.filter(Q(region="") | Q(region=region), country=country)
    return rules.order_by("region").values_list("category", "rate")
