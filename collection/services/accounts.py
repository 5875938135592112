"""The debtor's account, locked from the top: customer first, then the orders that money settles."""

from collections.abc import Iterable

from django.db.models import QuerySet

from customers.models import Customer
from o2c.kernel import locks
from orders.models import Order
from receivables.models import OpenItem


def lock_account(customer_id: int, item_ids: Iterable[int]) -> Customer:
    """Lock the customer, and the orders of the items, which stand above the receipt."""
    customer = locks.lock(Customer, customer_id)
    keys = list(item_ids)
    if keys:
        locks.lock_found_under(customer, _orders_of, keys)
    return customer


@locks.locking
def _orders_of(item_ids: list[int]) -> QuerySet[Order]:
    items = OpenItem.objects.filter(pk__in=item_ids)
    return Order.objects.filter(pk__in=items.values("invoice__order_id"))
