"""For how much we sell: lists, contracts, quantity breaks and discounts."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from catalog.models.products import Product
from catalog.models.validity import RANGE_IN_ORDER, Dated, never_twice
from customers.models import Customer
from o2c.kernel.audited import Audited


class PriceList(Dated, Audited):
    """Prices in one currency: everybody's, or with a customer the contract of that customer.

    Several may hold on one day: `catalog.pricing` says which of them goes first.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="price_lists"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="catalog_pricelist_days_in_order", condition=RANGE_IN_ORDER)
        ]

    def __str__(self) -> str:
        return self.name


class Price(Dated, Audited):
    """What one unit of a product costs on a list from a quantity on, excluding tax."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    # In the product's unit; zero: any quantity.
    min_quantity = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(0), db_default=Decimal(0)
    )
    amount = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            never_twice("catalog_price_once_a_day", "price_list", "product", "min_quantity"),
            models.CheckConstraint(name="catalog_price_days_in_order", condition=RANGE_IN_ORDER),
            models.CheckConstraint(name="catalog_price_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="catalog_price_min_quantity_not_negative", condition=Q(min_quantity__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.amount}"


class Discount(Dated, Audited):
    """A share taken off everybody's list price: for a customer, a product, a product group, or a
    customer together with one of the others. An empty customer, product or group means any.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="discounts"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="discounts"
    )
    group = models.CharField(max_length=60, blank=True)
    # A fraction: 0.05 is 5 %.
    rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            never_twice(
                "catalog_discount_once_a_day",
                Coalesce("customer", Value(0)),
                Coalesce("product", Value(0)),
                "group",
            ),
            models.CheckConstraint(name="catalog_discount_days_in_order", condition=RANGE_IN_ORDER),
            models.CheckConstraint(
                name="catalog_discount_is_fraction", condition=Q(rate__gt=0, rate__lte=1)
            ),
            models.CheckConstraint(
                name="catalog_discount_for_something",
                condition=~Q(customer=None, product=None, group=""),
            ),
            models.CheckConstraint(
                name="catalog_discount_product_or_group",
                condition=Q(product=None) | Q(group=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate * 100:f} %"
