"""What customers call our products."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from catalog.models.products import Product, UnitOfMeasure
from customers.models import Customer
from o2c.kernel.audited import Audited


class CustomerPartNumber(Audited):
    """A customer's own number of a product, and in which unit they count it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="part_numbers")
    number = models.CharField(max_length=60)
    # In lower case, without accents: what is looked up.
    folded_number = models.CharField(max_length=60)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="part_numbers")
    description = models.CharField(max_length=200, blank=True)
    # The unit that the customer means, and how many of ours it holds; empty: our own.
    unit = models.ForeignKey(
        UnitOfMeasure, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    factor = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(1), db_default=Decimal(1)
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "folded_number"], name="catalog_customerpartnumber_once"
            ),
            models.CheckConstraint(
                name="catalog_customerpartnumber_named", condition=~Q(folded_number="")
            ),
            models.CheckConstraint(
                name="catalog_customerpartnumber_factor_positive", condition=Q(factor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.number
