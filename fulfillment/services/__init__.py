"""Everything that changes stock, claims on it, and the work on the floor."""

from fulfillment.services.allocating import allocate_backorders, allocate_order
from fulfillment.services.amending import follow_amendment
from fulfillment.services.confirming import NotCounted, confirm_pick
from fulfillment.services.freeing import OnTheFloor, free_lines
from fulfillment.services.packing import pack, ship_stock
from fulfillment.services.picking import (
    NothingToPick,
    NotPicking,
    TooMany,
    WrongItem,
    release_pick_lists,
    scan,
    start_pick,
)
from fulfillment.services.receiving import (
    AlreadyRecorded,
    StockPromised,
    adjust,
    count_level,
    receive_stock,
)
from fulfillment.services.shelf import hold_shelf
from fulfillment.services.stopping import stop_pick
from fulfillment.services.withdrawing import stop_and_cancel

__all__ = [
    "AlreadyRecorded",
    "NotCounted",
    "NotPicking",
    "NothingToPick",
    "OnTheFloor",
    "StockPromised",
    "TooMany",
    "WrongItem",
    "adjust",
    "allocate_backorders",
    "allocate_order",
    "confirm_pick",
    "count_level",
    "follow_amendment",
    "free_lines",
    "hold_shelf",
    "pack",
    "receive_stock",
    "release_pick_lists",
    "scan",
    "ship_stock",
    "start_pick",
    "stop_and_cancel",
    "stop_pick",
]
