"""Everything that changes what we sell, and for how much."""

from catalog.services.parts import forget_part_number, remember_part_number
from catalog.services.prices import OverlappingPrice, end_price, set_price
from catalog.services.products import ProductDetails, change_product, create_product

__all__ = [
    "OverlappingPrice",
    "ProductDetails",
    "change_product",
    "create_product",
    "end_price",
    "forget_part_number",
    "remember_part_number",
    "set_price",
]
