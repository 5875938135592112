"""Cancelling what waits on a pick list that nobody has begun: stopped and cancelled in one step."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.models import PickLine, PickList
from fulfillment.services.ending import hold_lists
from fulfillment.services.freeing import OnTheFloor
from fulfillment.services.stopping import stop_pick
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import cancel_order, cancel_quantities, lock_order

NOT_BEGUN = (PickList.State.RELEASED, PickList.State.PICKING)


@service
def stop_and_cancel(
    order_id: int,
    *,
    quantities: Mapping[int, Decimal] | None,
    stopped: Sequence[int] = (),
    reason: str,
    note: str = "",
    at: datetime,
    actor: Actor,
) -> Order:
    """Stop these pick lists of the order, then cancel `{line id: quantity}`, or all of it (None).

    What the lists were to take and is not cancelled stays allocated, for another list.

    Raises:
        OnTheFloor: something of a list has been taken already: it is stopped by the floor.
        TransitionNotAllowed: a list is packed or over, or the order is past cancelling.
        InvalidInput: the reason is none of `Order.CancelReason`, or a quantity cannot be.
        AlreadyPicked: part of it is on another pick list, or gone.
    """
    lock_order(order_id)
    lists = PickList.objects.filter(pk__in=stopped, order=order_id).values_list("pk", flat=True)
    held = hold_lists(lists).values()
    for pick_list in held:
        _ensure_not_begun(pick_list)
    for pick_list in held:
        why = note or str(dict(Order.CancelReason.choices).get(reason, reason))
        stop_pick(pick_list.pk, reason=why or "?", at=at, actor=actor)
    if quantities is None:
        return cancel_order(order_id, reason=reason, note=note, at=at, actor=actor)
    return cancel_quantities(order_id, quantities=quantities, reason=reason, at=at, actor=actor)


def _ensure_not_begun(pick_list: PickList) -> None:
    taken = PickLine.objects.filter(pick_list=pick_list, scanned__gt=0).exists()
    if taken or pick_list.state not in NOT_BEGUN:
        raise OnTheFloor(
            _("%(list)s is %(state)s and something of it is taken: stop it on its own page first.")
            % {"list": pick_list, "state": str(pick_list.get_state_display()).lower()}
        )
