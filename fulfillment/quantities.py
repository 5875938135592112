"""What can be a quantity of goods: above zero, with the digits that the columns hold."""

from decimal import Decimal

LIMIT, STEP = Decimal(10) ** 9, Decimal("0.001")


def is_quantity(number: Decimal) -> bool:
    """Say whether so much can lie, come or be wanted: not endless, nor finer than is kept."""
    return number.is_finite() and 0 < number < LIMIT and not number % STEP
