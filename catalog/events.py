"""What happens to products."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class TrackingChosen(Event):
    """A product is told apart by lots or serial numbers from now on, or not any more.

    Who objects raises.
    """

    product_id: int
