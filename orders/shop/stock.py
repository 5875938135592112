"""Stock levels as shops take them."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal


def whole(quantity: Decimal) -> int:
    """Return the whole units that can be sold: shops count in these."""
    return max(int(quantity.to_integral_value(ROUND_FLOOR)), 0)


def parts_of(levels: Mapping[str, Decimal], size: int) -> Iterator[dict[str, Decimal]]:
    """Yield the levels in parts of so many SKUs at most, in the order of the SKUs."""
    skus = sorted(levels)
    for start in range(0, len(skus), size):
        yield {sku: levels[sku] for sku in skus[start : start + size]}
