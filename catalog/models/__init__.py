"""What we sell, for how much, and how it is taxed."""

from catalog.models.parts import CustomerPartNumber
from catalog.models.prices import Discount, Price, PriceList
from catalog.models.products import Product, ProductUnit, UnitOfMeasure
from catalog.models.taxes import TaxCategory, TaxExemption, TaxRule

__all__ = [
    "CustomerPartNumber",
    "Discount",
    "Price",
    "PriceList",
    "Product",
    "ProductUnit",
    "TaxCategory",
    "TaxExemption",
    "TaxRule",
    "UnitOfMeasure",
]
