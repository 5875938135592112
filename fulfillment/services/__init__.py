"""Everything that changes stock, claims on it, and the work on the floor."""

from fulfillment.services.allocating import allocate_backorders, allocate_order
from fulfillment.services.amending import follow_amendment
from fulfillment.services.confirming import NotCounted, confirm_pick
from fulfillment.services.counting import CountAsked, adjust, ask_for_count, count_level
from fulfillment.services.expected import (
    Expectation,
    NotExpected,
    change_expected,
    close_expected,
    expect_receipt,
)
from fulfillment.services.freeing import OnTheFloor, free_lines
from fulfillment.services.lots import Goods
from fulfillment.services.moves import AlreadyRecorded, StockPromised
from fulfillment.services.moving import transfer
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
from fulfillment.services.receiving import receive_goods, receive_return, receive_stock
from fulfillment.services.shelf import hold_shelf
from fulfillment.services.stopping import stop_pick
from fulfillment.services.withdrawing import stop_and_cancel

__all__ = [
    "AlreadyRecorded",
    "CountAsked",
    "Expectation",
    "Goods",
    "NotCounted",
    "NotExpected",
    "NotPicking",
    "NothingToPick",
    "OnTheFloor",
    "StockPromised",
    "TooMany",
    "WrongItem",
    "adjust",
    "allocate_backorders",
    "allocate_order",
    "ask_for_count",
    "change_expected",
    "close_expected",
    "confirm_pick",
    "count_level",
    "expect_receipt",
    "follow_amendment",
    "free_lines",
    "hold_shelf",
    "pack",
    "receive_goods",
    "receive_return",
    "receive_stock",
    "release_pick_lists",
    "scan",
    "ship_stock",
    "start_pick",
    "stop_and_cancel",
    "stop_pick",
    "transfer",
]
