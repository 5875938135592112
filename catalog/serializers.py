"""How products look to a customer's system."""

from typing import Any

from rest_framework import serializers

from catalog.models import Product
from o2c.kernel.representations import Money, PageQuery, QuantityField


class ProductOut(serializers.Serializer[Any]):
    """A product and the caller's price for one unit of it, excluding tax."""

    sku = serializers.CharField()
    name = serializers.CharField()
    gtin = serializers.CharField()
    group = serializers.CharField()
    unit = serializers.CharField(source="unit_id", help_text="UN/ECE Recommendation 20: C62 one.")
    pack_multiple = QuantityField()
    minimum_quantity = QuantityField()
    status = serializers.ChoiceField(choices=Product.Status.choices)
    price = Money(allow_null=True, help_text="Null: no price in the customer's currency.")


class ProductQuery(PageQuery):
    search = serializers.CharField(
        max_length=100, required=False, help_text="Words of the name, part of a SKU, or a GTIN."
    )
