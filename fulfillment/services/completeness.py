"""Customers who take an order only as a whole: nothing of it is sent before all can go."""

from collections.abc import Collection

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from fulfillment.models import Allocation, PickLine, PickList
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
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


def ensure_whole(order: Order) -> None:
    """Refuse to let part of a locked order leave whose customer wants all of it at once.

    Raises:
        NotComplete: something of it is not packed, in whatever house.
    """
    if not order.customer.ships_complete:
        return
    lacking = not_packed([order.pk])
    if lacking:
        message = _(
            "%(customer)s takes %(order)s only as a whole, and %(skus)s is not packed yet."
            " Who may both dispatch and release pick lists may send part of it, for a reason."
        )
        shown = {"customer": order.customer, "order": order, "skus": ", ".join(lacking)}
        raise NotComplete(message % shown)


def not_packed(order_ids: Collection[int]) -> list[str]:
    """Return the SKUs of which orders are to get more than what is packed for them."""
    lines = lines_not_packed().filter(order__in=order_ids)
    return list(
        dict.fromkeys(lines.order_by("order", "position").values_list("product__sku", flat=True))
    )


def lines_not_packed() -> QuerySet[OrderLine]:
    """Return the order lines that are to get more than what is packed for them."""
    packed = (
        PickLine.objects.filter(
            order_line=OuterRef("pk"),
            pick_list__state=PickList.State.PACKED,
            allocation__state=Allocation.State.ACTIVE,
        )
        .order_by()
        .values("order_line")
        .annotate(summed=Sum("picked"))
    )
    in_packages = Coalesce(
        Subquery(packed.values("summed"), output_field=DecimalField()),
        Value(ZERO, output_field=DecimalField()),
    )
    return OrderLine.objects.filter(ordered__gt=F("cancelled") + F("shipped") + in_packages)
