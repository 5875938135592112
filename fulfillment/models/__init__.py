"""Stock, the part of it that is promised, and the work on the floor."""

from fulfillment.models.picking import Package, PickLine, PickList
from fulfillment.models.places import Location, Warehouse
from fulfillment.models.shops import ShopStock
from fulfillment.models.stock import Allocation, CountTask, StockLevel, StockMove

__all__ = [
    "Allocation",
    "CountTask",
    "Location",
    "Package",
    "PickLine",
    "PickList",
    "ShopStock",
    "StockLevel",
    "StockMove",
    "Warehouse",
]
