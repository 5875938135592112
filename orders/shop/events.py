"""What web shops announce, and what they are to hear."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ShopMessageKept(Event):
    """A web shop has sent something; it is kept and waits to be taken in."""

    shop_event_id: int


@dataclass(frozen=True, kw_only=True)
class ShopStatusDue(Event):
    """A web shop is to be told how far one of its orders has come."""

    order_id: int
