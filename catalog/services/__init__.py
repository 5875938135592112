"""Everything that changes what we sell, and for how much."""

from catalog.services.agreements import (
    Overlapping,
    create_price_list,
    end_discount,
    grant_discount,
    record_exemption,
)
from catalog.services.parts import (
    Meaning,
    change_part_number,
    forget_part_number,
    remember_part_number,
)
from catalog.services.prices import end_price, set_price
from catalog.services.products import (
    ChangedMeanwhile,
    ProductDetails,
    change_product,
    create_product,
    discontinue_product,
    remove_pack_unit,
    set_pack_unit,
)
from catalog.timeline import OverlappingPrice

__all__ = [
    "ChangedMeanwhile",
    "Meaning",
    "Overlapping",
    "OverlappingPrice",
    "ProductDetails",
    "change_part_number",
    "change_product",
    "create_price_list",
    "create_product",
    "discontinue_product",
    "end_discount",
    "end_price",
    "forget_part_number",
    "grant_discount",
    "record_exemption",
    "remember_part_number",
    "remove_pack_unit",
    "set_pack_unit",
    "set_price",
]
