"""One interface for every way in which a carrier is spoken to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from o2c.kernel.errors import DomainError
from shipping.amounts import Price
from shipping.reports.shapes import Report

REFERENCE_LENGTH, NUMBER_LENGTH = 60, 60
LABEL_BYTES = 2 * 1024 * 1024


class CarrierAway(DomainError):
    """No answer, or not in time. It may have been taken: the same again does no harm."""

    code = "carrier_away"


class CarrierRefused(DomainError):
    """The carrier has answered, and does not want this; the message says what it said."""

    code = "carrier_refused"


class CarrierUnclear(DomainError):
    """The carrier has answered what we cannot read: it may have taken it, or not."""

    code = "carrier_unclear"


TROUBLE = (CarrierAway, CarrierRefused, CarrierUnclear)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a carrier. The same `key` again is the same booking.

    `content` is JSON: see `shipping.carriers.requests`. `attempt` counts from 1.
    With `is_first` the carrier cannot have heard of the key.
    """

    key: str
    content: dict[str, Any]
    attempt: int
    is_first: bool = True


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What a carrier has said. Without a tracking number, ours is on the label.

    `problem` says what else of the answer could not be read: it is booked nevertheless.
    """

    reference: str = ""
    tracking_number: str = ""
    price: Price | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What a carrier has reported, and of which of the numbers it was asked at all.

    `problem` says what of its answer could not be read, or why it was asked for no more; the rest
    is in `reports`. `is_answered`: something was answered that could be read.
    """

    reports: Sequence[Report] = ()
    asked: Sequence[str] = ()
    problem: str = ""
    is_answered: bool = True


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What an adapter needs to know of its carrier; `settings` hold nothing secret."""

    code: str
    name: str
    settings: dict[str, Any]
    token: str = ""
    at: datetime


class CarrierAdapter(Protocol):
    """What each way of speaking to a carrier must be able to do.

    Everything may be asked twice. Each method raises CarrierAway, CarrierRefused or
    CarrierUnclear, and nothing else, when the carrier does not do it.
    """

    def book(self, asked: Asked) -> Booked:
        """Ask the carrier to take a shipment."""

    def label(self, key: str) -> bytes | None:
        """Return the carrier's label of a booking as PDF; None: it gives none, ours is drawn."""

    def cancel(self, key: str, reference: str) -> None:
        """Withdraw a booking, by our key; one that the carrier does not know is withdrawn."""

    def track(self, numbers: Sequence[str]) -> Tracked:
        """Ask what happened to the goods with these tracking numbers, known or not.

        Who does not come to all of them says which it asked for, in vain or not: the others come
        first next time.
        """

    def settle(self) -> None:
        """Note that all that `track` returned is in our books: it need not come again."""

    def greet(self) -> str:
        """Return words of the carrier's system: the connection works."""
