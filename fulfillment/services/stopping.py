"""Calling a pick list back from the floor; what it was to take stays allocated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.events import LotRecalled, PickUnpacked
from fulfillment.models import Allocation, Package, PickLine, PickList
from fulfillment.services import stock
from fulfillment.services.ending import end_with, hold_list
from fulfillment.services.soundness import unsound_lots
from fulfillment.services.topping import is_on_top, take_back
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.services import record_progress


@service
def stop_pick(pick_list_id: int, *, reason: str, at: datetime, actor: Actor) -> PickList:
    """Cancel a pick list before it is packed; what was taken goes back to its place.

    Its claims go on as new ones, free for another pick list, for cancelling or for a hold.

    Raises:
        TransitionNotAllowed: it is packed, or over.
        InvalidInput: no reason is given.
    """
    return _take_off(pick_list_id, reason, at=at, actor=actor)


@service
def unpack(pick_list_id: int, *, reason: str, at: datetime, actor: Actor) -> PickList:
    """Cancel a packed pick list that no shipment takes; what is in its packages goes back.

    Its claims go on as those of a stopped list; those of a lot that may not leave are given back.

    Raises:
        TransitionNotAllowed: it is not packed, or has left.
        InvalidInput: no reason is given.
        DomainError: a shipment is to take it.
    """
    return _take_off(pick_list_id, reason, at=at, actor=actor, is_packed=True)


def _take_off(
    pick_list_id: int, reason: str, *, at: datetime, actor: Actor, is_packed: bool = False
) -> PickList:
    if not reason.strip():
        raise InvalidInput(_("Say why the pick list is stopped."), field="reason")
    order, batch, pick_list = hold_list(pick_list_id)
    if is_packed:
        pick_list.unpack()
    else:
        pick_list.cancel()
    lines = selectors.lines_with_claims(pick_list_id)
    record_progress(order.pk, changes=_progress(lines), at=at, actor=actor)
    Package.objects.filter(pick_list=pick_list).delete()
    back = {line: line.allocation.quantity for line in lines}
    let_go_of(back)
    audit.save(pick_list, at=at, actor=actor, reason=reason, touches=[order.label])
    take_back(order.pk, pick_list, back, at=at, actor=actor)
    end_with(batch, at=at, actor=actor)
    if is_packed:
        publish(PickUnpacked(pick_list_id=pick_list_id, at=at, actor=actor))
        for lot_id in unsound_lots(lines, on=selectors.today_of(at)):
            publish(LotRecalled(lot_id=lot_id, at=at, actor=actor))
    return pick_list


def let_go_of(back: Mapping[PickLine, Decimal]) -> None:
    """Let so much of what lines of a list claim be claimed by no list, free for another one.

    What was on top of the order is given back first. What of it is wanted all the same, as
    another list found less, is no more than was ordered from now on.
    """
    stock.reduce_allocations({line.allocation_id: quantity for line, quantity in back.items()})
    Allocation.objects.bulk_create(
        Allocation(
            line_id=line.allocation.line_id,
            level_id=line.allocation.level_id,
            quantity=back[line],
            reason="" if is_on_top(line) else line.allocation.reason,
            allocated_at=line.allocation.allocated_at,
        )
        for line in sorted(back, key=is_on_top)  # what is given back first comes last
    )


def _progress(lines: Iterable[PickLine]) -> dict[str, dict[int, Decimal]]:
    picking: dict[int, Decimal] = defaultdict(Decimal)
    picked: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        picking[line.order_line_id] -= line.allocation.quantity
        picked[line.order_line_id] -= line.picked or ZERO
    return {"picking": picking, "picked": picked}
