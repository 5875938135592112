"""What is kept back of the goods on the shelf, and what of them that leaves to others.

Who keeps goods back may need them later than others do: what lasts as long as they need it is left
to them. `taking.TAKE` says the same in the database; a test compares them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fulfillment.leaving import NEEDED_ON
from fulfillment.services.sourcing import Claimant
from o2c.kernel.money import ZERO

KEPT = f"""
SELECT r.id, r.product_id, r.quantity, r.holder, r.customer_id, r.expires_at > %(at)s, q.order_id,
       greatest({NEEDED_ON}, %(on)s::date)
  FROM fulfillment_reservation r
  LEFT JOIN orders_quote q ON r.holder = 'quote:' || q.id
 WHERE r.product_id = ANY(%(products)s) AND r.state = 'live'
"""  # noqa: S608  an expression of our own


@dataclass
class Place:
    """A locked level; `free` is what nobody claims, the claims of this step included."""

    level_id: int
    product_id: int
    warehouse_id: int
    free: Decimal
    expires_on: date | None
    is_usable: bool

    def lasts_until(self, day: date) -> bool:
        return self.expires_on is None or self.expires_on >= day


@dataclass(frozen=True)
class Kept:
    """What is kept back of a product; `order_id` is that of the quote that it is kept for.

    It must be fit until `needed_on`.
    """

    reservation_id: int
    product_id: int
    quantity: Decimal
    holder: str
    customer_id: int | None
    is_live: bool
    order_id: int | None
    needed_on: date

    def is_for(self, claimant: Claimant) -> bool:
        return (
            self.holder == f"order:{claimant.order_id}"
            or self.order_id == claimant.order_id
            or (self.customer_id == claimant.customer_id and self.holder.startswith("entry:"))
        )


def room_for(places: Collection[Place], kept: Collection[Kept], *, day: date) -> Decimal:
    """Return how much of a product may be taken that leaves on a day, what is kept left alone.

    For each day until then, what lasts until it must suffice for what is needed from it on.
    """
    days = {day, *(row.needed_on for row in kept if row.needed_on < day)}
    return min(
        sum((place.free for place in places if place.lasts_until(each)), ZERO)
        - sum((row.quantity for row in kept if row.needed_on >= each), ZERO)
        for each in days
    )


def spare_of(in_turn: Sequence[Place], kept: Collection[Kept], *, day: date) -> dict[int, Decimal]:
    """Return by level what may be taken of it that leaves on a day; the places stand in their turn.

    As much as others need after that day stays of what expires last.
    """
    later = sum((row.quantity for row in kept if row.needed_on > day), ZERO)
    by_expiry = sorted(in_turn, key=lambda each: each.expires_on or date.max)
    spare = {}
    for place in by_expiry[::-1]:
        left_alone = min(place.free, later)
        later -= left_alone
        spare[place.level_id] = place.free - left_alone
    return spare
