"""Stock, the part of it that is promised, and the work on the floor."""

from fulfillment.models.packing import Package, PackageLine, ShipTolerance
from fulfillment.models.picking import PickBatch, PickLine, PickList
from fulfillment.models.places import Location, ReorderLevel, SourcingRule, Warehouse
from fulfillment.models.shops import ShopStock
from fulfillment.models.stock import Allocation, CountTask, Lot, StockLevel, StockMove
from fulfillment.models.supply import ExpectedReceipt, Reservation

__all__ = [
    "Allocation",
    "CountTask",
    "ExpectedReceipt",
    "Location",
    "Lot",
    "Package",
    "PackageLine",
    "PickBatch",
    "PickLine",
    "PickList",
    "ReorderLevel",
    "Reservation",
    "ShipTolerance",
    "ShopStock",
    "SourcingRule",
    "StockLevel",
    "StockMove",
    "Warehouse",
]
