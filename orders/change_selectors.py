"""What the pages about changes of orders show."""

from django.db.models import Prefetch

from orders.models import Amendment, Order, OrderLine, OrderRevision


def order_to_change(number: str) -> Order | None:
    """Return an order with customer and lines, for the screen on which it is changed."""
    lines = Prefetch("lines", OrderLine.objects.order_by("position", "pk"))
    orders = Order.objects.select_related("customer", "ship_to", "payment_terms")
    return orders.prefetch_related(lines).filter(number=number).first()


def amendment_for_page(number: str) -> Amendment | None:
    """Return an amendment with its order and customer."""
    return Amendment.objects.select_related("order__customer").filter(number=number).first()


def revisions_of(order_id: int) -> list[OrderRevision]:
    """Return what was agreed on at each time, the oldest first, with what changed it."""
    kept = OrderRevision.objects.select_related("amendment").filter(order=order_id)
    return list(kept.order_by("number"))
