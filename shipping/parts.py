"""An order line may leave in parts: what somebody says of the whole is shared out among them."""

from collections.abc import Mapping
from decimal import Decimal


def share_out(quantity: Decimal, room: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return how much of a quantity falls to each part, the first ones filled first.

    `room` is how much each part can take, by its key; together they can take all of it.
    """
    shares: dict[int, Decimal] = {}
    for key, most in room.items():
        share = min(quantity, most)
        quantity -= share
        if share > 0:
            shares[key] = share
    return shares
