"""How goods go with a pickup: by which service, at what cost, and when they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shipping.freight import Quote
from shipping.pickups import Pickup


@dataclass(frozen=True)
class Way:
    """Going with a pickup by a service; without quote no tariff says which, and at what cost."""

    pickup: Pickup
    quote: Quote | None
    expected_on: date

    @property
    def service_id(self) -> int | None:
        return self.quote.service_id if self.quote else self.pickup.service_id

    def days_late(self, promised_on: date | None) -> int:
        """Return how many days after the promised one it arrives; 0: in time."""
        return 0 if promised_on is None else max((self.expected_on - promised_on).days, 0)


def best_way(pickup: Pickup, quotes: Sequence[Quote], promised_on: date | None) -> Way:
    """Return the cheapest way that keeps the promise; where none does, the least late one."""
    ways = [Way(pickup, quote, _arrival(pickup, quote)) for quote in quotes]
    if len(ways) <= 1:
        return ways[0] if ways else Way(pickup, None, pickup.expected_on)
    return min(
        ways,
        key=lambda way: (
            way.days_late(promised_on),
            way.quote.amount if way.quote else 0,
            way.service_id,
        ),
    )


def _arrival(pickup: Pickup, quote: Quote) -> date:
    """Return when it arrives: a pickup for one service has its own days on the road."""
    if pickup.service_id is not None:
        return pickup.expected_on
    return pickup.arrives_on(quote.transit_days)
