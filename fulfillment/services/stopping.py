"""Calling a pick list back from the floor; what it was to take stays allocated."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import Allocation, Package, PickLine, PickList
from fulfillment.services.ending import end_with, ensure_still_in, lock_batch_of
from fulfillment.services.topping import take_back
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders.services import lock_order, record_progress


@service
def stop_pick(pick_list_id: int, *, reason: str, at: datetime, actor: Actor) -> PickList:
    """Cancel a pick list before it is packed; what was taken goes back to its place.

    Its claims go on as new ones, free for another pick list, for cancelling or for a hold.

    Raises:
        TransitionNotAllowed: it is packed, or over.
        InvalidInput: no reason is given.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why the pick list is stopped."), field="reason")
    order_id, batch_id = selectors.owners_of(pick_list_id)
    order = lock_order(order_id)
    batch = lock_batch_of(batch_id)
    pick_list = lock(PickList, pick_list_id)
    ensure_still_in(batch, pick_list)
    pick_list.cancel()
    lines = selectors.lines_with_claims(pick_list_id)
    record_progress(order_id, changes=_progress(lines), at=at, actor=actor)
    Package.objects.filter(pick_list=pick_list).delete()
    claims = [line.allocation for line in lines]
    Allocation.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        state=Allocation.State.RELEASED
    )
    Allocation.objects.bulk_create(
        Allocation(
            line_id=claim.line_id,
            level_id=claim.level_id,
            quantity=claim.quantity,
            reason=claim.reason,
            allocated_at=claim.allocated_at,
        )
        for claim in sorted(claims, key=_is_over)  # what is given back first comes last
    )
    audit.save(pick_list, at=at, actor=actor, reason=reason, touches=[order.label])
    take_back(order_id, pick_list, lines, at=at, actor=actor)
    end_with(batch, at=at, actor=actor)
    return pick_list


def _is_over(claim: Allocation) -> bool:
    return claim.reason == Allocation.Reason.OVER


def _progress(lines: Iterable[PickLine]) -> dict[str, dict[int, Decimal]]:
    picking: dict[int, Decimal] = defaultdict(Decimal)
    picked: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        picking[line.order_line_id] -= line.allocation.quantity
        picked[line.order_line_id] -= line.picked or ZERO
    return {"picking": picking, "picked": picked}
