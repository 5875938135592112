"""How products look to a customer's system."""

from typing import Any

from rest_framework import serializers

from catalog.models import Product
from o2c.kernel.representations import Money, PageQuery, QuantityField


class BreakOut(serializers.Serializer[Any]):
    """The price of one unit from a quantity on, excluding tax."""

    from_quantity = QuantityField()
    price = Money()
    source = serializers.CharField(  # type: ignore[assignment]  # a field of that name
        help_text="The list or contract, and what is taken off."
    )


class PackOut(serializers.Serializer[Any]):
    """A larger unit that the product may be ordered in."""

    unit = serializers.CharField(source="unit_id", help_text="UN/ECE Recommendation 20 or 21.")
    holds = QuantityField(source="factor", help_text="So many of the product's own unit.")
    gtin = serializers.CharField()


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
    price = Money(
        allow_null=True,
        help_text="Of the least quantity. Null: no price in the customer's currency.",
    )
    breaks = BreakOut(many=True, help_text="Every quantity from which your price differs.")
    packs = PackOut(many=True)
    part_numbers = serializers.ListField(
        child=serializers.CharField(),
        source="own_numbers",
        help_text="Your own numbers of the product, as we know them.",
    )


class ProductQuery(PageQuery):
    search = serializers.CharField(
        max_length=100,
        required=False,
        help_text="Words of the name, part of a SKU, a GTIN, or your own number.",
    )
