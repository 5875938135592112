"""The order and its lines, read once a step under the customer's and the order's lock."""

from customers.models import Customer
from o2c.kernel.locks import lock, lock_by
from o2c.kernel.transactions import current_step, service
from orders.models import Order, OrderLine


@service
def lock_order(order_id: int) -> Order:
    """Lock the customer, then the order; two statements, none when this step holds them.

    Raises:
        Customer.DoesNotExist: no such order.
    """
    if not any(model is Customer for model, _pk in current_step().locked):
        lock_by(Customer, orders=order_id)
    order = lock(Order, order_id)
    order.customer = lock(Customer, order.customer_id)
    return order


def lines_of(order: Order) -> dict[int, OrderLine]:
    """Return the lines of an order that this step has locked, with their products, by key."""
    if order.held_lines is None:
        lines = order.lines.select_related("product").order_by("position", "pk")
        order.held_lines = {line.pk: line for line in lines}
    return order.held_lines
