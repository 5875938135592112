"""Orders, their lines, what is wrong with them, and the documents that they came in."""

from orders.models.findings import OrderFinding
from orders.models.intake import IntakeDocument
from orders.models.orders import Channel, Order, OrderLine

__all__ = [
    "Channel",
    "IntakeDocument",
    "Order",
    "OrderFinding",
    "OrderLine",
]
