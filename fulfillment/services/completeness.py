"""Customers who take an order only as a whole: nothing of it is sent before all can go."""

from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError
from orders.models import Order
from orders.services import lines_of


class NotComplete(DomainError):
    """Part of the order waits for stock, and its customer takes it only as a whole."""

    code = "not_complete"


def ensure_complete(order: Order) -> None:
    """Refuse to send part of a locked order whose customer wants all of it at once.

    Raises:
        NotComplete: something of it waits for stock.
    """
    if not order.customer.ships_complete:
        return
    waiting = [line.sku for line in lines_of(order).values() if line.backordered > 0]
    if waiting:
        raise NotComplete(
            _(
                "%(customer)s takes %(order)s only as a whole, and %(skus)s waits for stock."
                " It goes to the floor when all of it is there."
            )
            % {
                "customer": order.customer,
                "order": order,
                "skus": ", ".join(dict.fromkeys(waiting)),
            }
        )
