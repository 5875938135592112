"""The debtor's account, locked from the top: customer first, then the orders that money settles."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from customers.models import Customer
from o2c.kernel import locks
from orders.models import Order
from receivables.models import OpenItem


def lock_account(
    customer_id: int, item_ids: Iterable[int], *, order_id: int | None = None
) -> Customer:
    """Lock the customer, and the orders of the items (and this one), which stand above the receipt.

    `order_id` is one of the customer's.
    """
    customer = locks.lock(Customer, customer_id)
    keys = list(item_ids)
    if keys or order_id:
        locks.lock_found_under(customer, _orders_of, keys, order_id or 0)
    return customer


@locks.locking
def _orders_of(item_ids: list[int], order_id: int) -> QuerySet[Order]:
    items = OpenItem.objects.filter(pk__in=item_ids)
    wanted = Q(pk__in=items.values("invoice__order_id")) | Q(pk=order_id)
    return Order.objects.filter(wanted)
