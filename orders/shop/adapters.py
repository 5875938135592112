"""One interface for every kind of web shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from orders.intake.documents import ReadOrder


class Status(StrEnum):
    """What a shop is told about an order, in our words; an adapter has the shop's."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Topic(StrEnum):
    """What a message is about."""

    ORDER = "order"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A webhook's envelope. `is_ping`: the shop only asks whether somebody is there."""

    event_id: str
    topic: str
    signature: str
    is_ping: bool = False


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """Who ordered, as the shop knows them."""

    names: list[str] = field(default_factory=list)
    changed_at: datetime | None = None


class ShopAdapter(Protocol):
    """What a kind of web shop must be able to do. Everything pushed may be pushed twice."""

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Message:
        """Return the envelope of a webhook."""

    def signature_of(self, body: bytes, secret: str) -> str:
        """Return what the shop must have signed the body with."""

    def topic_of(self, topic: str) -> Topic:
        """Say what a message is about."""

    def read_order(self, content: bytes) -> ReadOrder:
        """Read an order's JSON.

        Raises:
            Unreadable: it is none of this shop.
        """

    def read_buyer(self, content: bytes) -> Buyer:
        """Return who ordered: e-mail address first, then company.

        Raises:
            Unreadable: it is no order of this shop.
        """

    def greet(self) -> str:
        """Ask the shop for its name: the connection works.

        Raises:
            ShopAway: it cannot be reached.
            ShopRefused: it does not let us in.
        """

    def push_stock(self, levels: Mapping[str, Decimal]) -> None:
        """Tell what can be sold of each SKU; SKUs that the shop does not know are passed over.

        Raises:
            ShopAway: it cannot be reached; nothing or a part is told.
            ShopRefused: it does not take the levels.
        """

    def push_status(self, reference: str, status: Status) -> None:
        """Tell how far the order with the shop's own key has come.

        Raises:
            ShopAway: it cannot be reached.
            ShopRefused: it does not take the status.
        """
