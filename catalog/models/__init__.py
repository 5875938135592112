"""What we sell, for how much, and how it is taxed."""

from catalog.models.parts import CustomerPartNumber
from catalog.models.prices import Discount, Price, PriceList
from catalog.models.products import Product, UnitOfMeasure
from catalog.models.taxes import TaxCategory, TaxRule

__all__ = [
    "CustomerPartNumber",
    "Discount",
    "Price",
    "PriceList",
    "Product",
    "TaxCategory",
    "TaxRule",
    "UnitOfMeasure",
]
