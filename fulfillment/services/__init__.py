"""Everything that changes stock, claims on it, and the work on the floor."""

from fulfillment.services.allocating import allocate_again, allocate_order
from fulfillment.services.amending import follow_amendment
from fulfillment.services.batching import (
    NotBatched,
    confirm_batch,
    make_batch,
    make_batch_of,
    scan_batch,
    split_batch,
    start_batch,
)
from fulfillment.services.boxes import Box, NotPacking, close_package, put_in
from fulfillment.services.completeness import (
    NotComplete,
    ensure_whole,
    lines_not_packed,
    not_packed,
)
from fulfillment.services.confirming import confirm_pick
from fulfillment.services.counting import (
    CountAsked,
    CountDoubted,
    CountOutdated,
    adjust,
    ask_for_count,
    count_level,
)
from fulfillment.services.cycle import open_cycle_counts
from fulfillment.services.ending import hold_list
from fulfillment.services.expected import (
    Expectation,
    NotExpected,
    change_expected,
    close_expected,
    expect_receipt,
)
from fulfillment.services.found import NotCounted
from fulfillment.services.freeing import OnTheFloor, free_lines
from fulfillment.services.items import (
    AlreadyScanned,
    LotNeeded,
    NotPicking,
    PlaceScanned,
    TooMany,
    WrongItem,
)
from fulfillment.services.lots import Goods, LotExpired
from fulfillment.services.moves import AlreadyRecorded, NotThere, StockPromised
from fulfillment.services.moving import InDoubt, transfer
from fulfillment.services.packing import pack, ship_stock
from fulfillment.services.picking import InBatch, NothingToPick, release_pick_lists, start_pick
from fulfillment.services.places import (
    House,
    Place,
    PlaceInUse,
    add_location,
    add_warehouse,
    change_location,
    change_warehouse,
    drop_reorder,
    drop_sourcing,
    set_reorder,
    set_sourcing,
)
from fulfillment.services.quoted import keep_for_quote, let_quote_go
from fulfillment.services.reallocating import allocate_backorders, serve_freed
from fulfillment.services.recalling import (
    LotState,
    free_recalled,
    free_spoiled,
    readmit_lot,
    recall_lot,
    redate_lot,
)
from fulfillment.services.receiving import receive_goods, receive_return, receive_stock
from fulfillment.services.recounting import BACK, correct_count
from fulfillment.services.redating import redate_backorders
from fulfillment.services.reserving import (
    expire_reservations,
    reserve,
    use_reservations,
    withdraw_reservations,
)
from fulfillment.services.reviewing import (
    follow_in_review,
    holder_of_order,
    keep_for_review,
    lower_in_review,
)
from fulfillment.services.scanning import count_line, scan
from fulfillment.services.shelf import hold_shelf
from fulfillment.services.soundness import UnsoundLot
from fulfillment.services.stock import hold as hold_stock
from fulfillment.services.stopping import stop_pick, unpack
from fulfillment.services.tolerating import OverTolerance, set_tolerance
from fulfillment.services.tracking import InStock, ensure_none_in_stock
from fulfillment.services.withdrawing import stop_and_cancel

__all__ = [
    "BACK",
    "AlreadyRecorded",
    "AlreadyScanned",
    "Box",
    "CountAsked",
    "CountDoubted",
    "CountOutdated",
    "Expectation",
    "Goods",
    "House",
    "InBatch",
    "InDoubt",
    "InStock",
    "LotExpired",
    "LotNeeded",
    "LotState",
    "NotBatched",
    "NotComplete",
    "NotCounted",
    "NotExpected",
    "NotPacking",
    "NotPicking",
    "NotThere",
    "NothingToPick",
    "OnTheFloor",
    "OverTolerance",
    "Place",
    "PlaceInUse",
    "PlaceScanned",
    "StockPromised",
    "TooMany",
    "UnsoundLot",
    "WrongItem",
    "add_location",
    "add_warehouse",
    "adjust",
    "allocate_again",
    "allocate_backorders",
    "allocate_order",
    "ask_for_count",
    "change_expected",
    "change_location",
    "change_warehouse",
    "close_expected",
    "close_package",
    "confirm_batch",
    "confirm_pick",
    "correct_count",
    "count_level",
    "count_line",
    "drop_reorder",
    "drop_sourcing",
    "ensure_none_in_stock",
    "ensure_whole",
    "expect_receipt",
    "expire_reservations",
    "follow_amendment",
    "follow_in_review",
    "free_lines",
    "free_recalled",
    "free_spoiled",
    "hold_list",
    "hold_shelf",
    "hold_stock",
    "holder_of_order",
    "keep_for_quote",
    "keep_for_review",
    "let_quote_go",
    "lines_not_packed",
    "lower_in_review",
    "make_batch",
    "make_batch_of",
    "not_packed",
    "open_cycle_counts",
    "pack",
    "put_in",
    "readmit_lot",
    "recall_lot",
    "receive_goods",
    "receive_return",
    "receive_stock",
    "redate_backorders",
    "redate_lot",
    "release_pick_lists",
    "reserve",
    "scan",
    "scan_batch",
    "serve_freed",
    "set_reorder",
    "set_sourcing",
    "set_tolerance",
    "ship_stock",
    "split_batch",
    "start_batch",
    "start_pick",
    "stop_and_cancel",
    "stop_pick",
    "transfer",
    "unpack",
    "use_reservations",
    "withdraw_reservations",
]
