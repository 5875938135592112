"""What the fulfilment stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StockReceived(Event):
    """There is more of these products. `order_ids` wait for them, oldest first, and are locked."""

    product_ids: list[int]
    order_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class OrderShort(Event):
    """Stock did not reach when the order was released: backordered or cancelled by policy."""

    order_id: int
    line_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class LineShort(Event):
    """A picker found less than was allocated: the lines are backordered or cancelled by policy."""

    order_id: int
    line_ids: list[int]
    # Two lists of an order that are finished together are two messages. None: not known.
    pick_list_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PickPacked(Event):
    pick_list_id: int


@dataclass(frozen=True, kw_only=True)
class PickUnpacked(Event):
    """What was packed goes back to its place, unless a shipment is still to take it."""

    pick_list_id: int


@dataclass(frozen=True, kw_only=True)
class LotRecalled(Event):
    """Nothing of this lot may leave any more."""

    lot_id: int
