"""What can be a quantity of goods: with the digits that the columns hold."""

from decimal import Decimal

LIMIT, STEP = Decimal(10) ** 9, Decimal("0.001")


def is_quantity(number: Decimal) -> bool:
    """Say whether so much can come, be moved or be wanted: above zero, no finer than is kept."""
    return is_quantity_or_zero(number) and number != 0


def is_quantity_or_zero(number: Decimal) -> bool:
    """Say whether so much can lie somewhere: not endless, nor finer than is kept."""
    return number.is_finite() and 0 <= number < LIMIT and not number % STEP
