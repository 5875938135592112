"""What the pages about changes of orders show."""

from django.db.models import Prefetch

from orders.models import Amendment, Order, OrderLine, OrderRevision

State = Amendment.State
MOST_CHANGES = 20


def order_to_change(number: str) -> Order | None:
    """Return an order with customer and lines, for the screen on which it is changed."""
    lines = Prefetch("lines", OrderLine.objects.order_by("position", "pk"))
    orders = Order.objects.select_related("customer", "ship_to", "payment_terms")
    return orders.prefetch_related(lines).filter(number=number).first()


def amendment_for_page(number: str) -> Amendment | None:
    """Return an amendment with its order and customer."""
    found = Amendment.objects.select_related("order__customer", "asker", "decided_by")
    return found.filter(number=number).first()


def changes_not_made(number: str) -> list[Amendment]:
    """Return the last changes of an order that wait, or were refused, newest first."""
    states = [State.DRAFT, State.CHECKED, State.ASKED, State.REFUSED]
    found = Amendment.objects.filter(order__number=number, state__in=states)
    return list(found.select_related("decided_by").order_by("-pk")[:MOST_CHANGES])


def revisions_of(order_id: int) -> list[OrderRevision]:
    """Return what was agreed on at each time, the oldest first, with what changed it."""
    kept = OrderRevision.objects.select_related("amendment").filter(order=order_id)
    return list(kept.order_by("number"))
