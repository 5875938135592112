"""How far an order has come: a function of its line quantities, and of nothing else."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from orders.models import Order


class Quantities(Protocol):
    """The quantities of a line that say how far it has come."""

    ordered: Decimal
    cancelled: Decimal
    picking: Decimal
    shipped: Decimal
    delivered: Decimal
    invoiced: Decimal


def state_of(lines: Iterable[Quantities], settled: bool) -> str:  # noqa: FBT001  two facts, no switch
    """Return the header's state past `released`; `settled`: nothing of it is owed any more.

    What was cancelled counts as nothing: an order of which nothing else is left is cancelled.
    """
    held = list(lines)
    if any(line.ordered - line.cancelled > line.shipped for line in held):
        begun = any(line.picking or line.shipped for line in held)
        return Order.State.FULFILLING if begun else Order.State.RELEASED
    if not any(line.shipped for line in held):
        return Order.State.CANCELLED
    if all(line.invoiced >= line.shipped for line in held):
        return Order.State.CLOSED if settled else Order.State.INVOICED
    if all(line.delivered >= line.shipped for line in held):
        return Order.State.DELIVERED
    return Order.State.SHIPPED
