"""Who is looked at again when a rule, a limit or a group has changed."""

from datetime import datetime

from django.db.models import Min, QuerySet

from credit.events import RoomMade
from credit.selectors.together import members_of
from credit.services.reviews import recheck_waiting
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order

WAITING = [Order.State.IN_REVIEW, Order.State.ON_HOLD]


@service
def look_again(*, at: datetime, actor: Actor) -> int:
    """Have every customer's waiting orders looked at again, each customer in a step of its own.

    Return how many customers have some; who waits longest comes first.
    """
    customer_ids = _longest_first(Order.objects.filter(state__in=WAITING))
    for customer_id in customer_ids:
        publish(RoomMade(customer_id=customer_id, at=at, actor=actor))
    return len(customer_ids)


def recheck_group(parent_id: int, *, at: datetime, actor: Actor) -> int:
    """Check what waits of a group's members, who waits longest first; return how many went on.

    One step for each member: a step that holds the group never asks for another customer.
    """
    waiting = Order.objects.filter(state__in=WAITING, customer__in=members_of(parent_id))
    return sum(recheck_waiting(pk, at=at, actor=actor) for pk in _longest_first(waiting))


def _longest_first(waiting: "QuerySet[Order]") -> list[int]:
    since = waiting.values("customer").annotate(since=Min("submitted_at"))
    return list(since.order_by("since", "customer").values_list("customer", flat=True))
