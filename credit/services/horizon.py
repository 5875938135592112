"""Orders beyond the horizon: left out when they are released, counted in when their day comes."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credit.checks import Outcome
from credit.events import OrderNear
from credit.models import FarOrder
from credit.policy import active_policy
from credit.services import order_holds
from credit.services.exposure import follow_order, include_order
from credit.services.reviews import assess, tell
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders


class NotCounted(DomainError):
    """The order is wanted so late that credit has not compared it with the limit yet."""

    code = "not_counted_yet"


@service
def announce_near(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Have all orders that are within the horizon on a day counted in, oldest first.

    Each is checked and counted in a step of its own. What was counted is left out no more, so a
    second run finds less, and one that overlaps counts nothing twice.
    """
    far = FarOrder.objects.order_by("order__submitted_at", "pk")
    horizon_days = active_policy().horizon_days
    if horizon_days is not None:
        far = far.filter(wanted_on__lte=as_of + timedelta(days=horizon_days))
    near = list(far.values_list("pk", flat=True))
    for order_id in near:
        publish(OrderNear(order_id=order_id, at=at, actor=actor))
    return {"near": len(near)}


@service
def count_in(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Check an order that was left out, and count it; without room for it, it waits again.

    An order that is counted already, or far again, stays as it is.

    Raises:
        Order.DoesNotExist: no such order.
    """
    order = orders.lock_order(order_id)
    if not FarOrder.objects.filter(pk=order_id).exists():
        return
    finding, check = assess(order, counted=ZERO, at=at, actor=actor)
    if check.inputs["is_far"]:
        follow_order(order_id, at=at)
        return
    rows.insert([check])
    if finding.outcome == Outcome.ALLOW:
        include_order(order_id, at=at)
        return
    order_holds.keep(order, finding, at=at, actor=actor)
    orders.suspend_order(order_id, reason=finding.message, at=at, actor=actor)
    tell(order, finding, at=at, actor=actor)


@service
def ensure_counted(order_id: int) -> None:
    """Raise unless the order is counted: what goes to the floor will soon be owed.

    Raises:
        NotCounted: it is left out; the message says until when.
    """
    orders.lock_order(order_id)
    far = FarOrder.objects.filter(pk=order_id).select_related("order").first()
    if far is not None:
        raise NotCounted(
            _(
                "%(order)s is wanted on %(day)s, later than credit looks ahead. Ask for an earlier "
                "date to pick it now."
            )
            % {"order": far.order, "day": date_format(far.wanted_on, "j M Y")}
        )
