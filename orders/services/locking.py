"""The order and its lines, read once a step under the customer's and the order's lock."""

from collections.abc import Iterable
from operator import attrgetter

from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.locks import lock, lock_with
from o2c.kernel.transactions import current_step, service
from orders.models import Order, OrderLine


@service
def lock_order(order_id: int) -> Order:
    """Lock the customer, then the order; one statement, none when this step holds them.

    Raises:
        Order.DoesNotExist: no such order.
    """
    held = current_step().locked
    if any(model is Customer for model, _pk in held):
        order = lock(Order, order_id)
    else:
        _customer, order = lock_with(Order, order_id, owner=Customer, column="customer_id")
    order.customer = lock(Customer, order.customer_id)
    return order


def lines_of(order: Order) -> dict[int, OrderLine]:
    """Return the lines of an order that this step has locked, by key, in their order."""
    if order.held_lines is None:
        read_lines([order])
    assert order.held_lines is not None  # just read
    return order.held_lines


def read_lines(orders: Iterable[Order]) -> None:
    """Read the lines of locked orders for `lines_of`, of all of them in one statement."""
    unread = {order.pk: order for order in orders if order.held_lines is None}
    for order in unread.values():
        order.held_lines = {}
    lines = rows.fetch(OrderLine, "order_id", unread) if unread else []
    for line in sorted(lines, key=attrgetter("position")):
        held = unread[line.order_id].held_lines
        assert held is not None
        held[line.pk] = line
