"""Work on the floor: releasing pick lists, and beginning to walk."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.services import ensure_counted, ensure_not_held
from fulfillment import selectors
from fulfillment.models import Allocation, PickLine, PickList
from fulfillment.services.completeness import ensure_complete
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import adopt, lock
from o2c.kernel.transactions import service
from orders.services import lock_order, record_progress


class NothingToPick(DomainError):
    code = "nothing_to_pick"


class InBatch(DomainError):
    """It is walked together with others: the batch is started, not the list."""

    code = "in_batch"


@service
def release_pick_lists(order_id: int, *, at: datetime, actor: Actor) -> list[PickList]:
    """Send what is allocated to the floor: one pick list per warehouse, in walking order.

    Raises:
        OnHold: the customer is on hold; nothing new goes to the floor.
        NotCounted: it is wanted so late that credit does not count it yet.
        NotComplete: the customer takes it only as a whole, and part of it waits for stock.
        NothingToPick: nothing is allocated that is not on a pick list already.
    """
    order = lock_order(order_id)
    ensure_not_held(order.customer_id)
    ensure_counted(order_id)
    ensure_complete(order)
    allocations = selectors.to_pick(order_id)
    if not allocations:
        raise NothingToPick(
            _("%(order)s has nothing to pick: no stock is allocated to it, or all is on the floor.")
            % {"order": order}
        )
    pick_lists = {}
    for warehouse_id in sorted({row.warehouse_id for row in allocations}):  # type: ignore[attr-defined]
        row = PickList(order=order, warehouse_id=warehouse_id, created_at=at)
        row.release(at=at)
        pick_lists[warehouse_id] = adopt(
            audit.create(row, at=at, actor=actor, touches=[order.label])
        )
    rows.insert(_lines_for(pick_lists, allocations))
    picking: dict[int, Decimal] = defaultdict(Decimal)
    for allocation in allocations:
        picking[allocation.line_id] += allocation.quantity
    record_progress(order_id, changes={"picking": picking}, at=at, actor=actor)
    return list(pick_lists.values())


def _lines_for(
    pick_lists: dict[int, PickList], allocations: Iterable[Allocation]
) -> list[PickLine]:
    positions: dict[int, int] = defaultdict(int)
    lines = []
    for allocation in allocations:
        warehouse_id = allocation.warehouse_id  # type: ignore[attr-defined]
        positions[warehouse_id] += 1
        lines.append(
            PickLine(
                pick_list=pick_lists[warehouse_id],
                allocation=allocation,
                order_line_id=allocation.line_id,
                position=positions[warehouse_id],
                quantity=allocation.quantity,
            )
        )
    return lines


@service
def start_pick(pick_list_id: int, *, picker_id: int | None, at: datetime, actor: Actor) -> PickList:
    """Begin to walk.

    Raises:
        TransitionNotAllowed: somebody has begun, or it is over.
        InBatch: it is walked together with others.
    """
    pick_list = lock(PickList, pick_list_id)
    if pick_list.batch_id is not None:
        message = _("%(list)s is walked with others: start batch %(batch)s.")
        raise InBatch(message % {"list": pick_list, "batch": pick_list.batch})
    begin([pick_list], picker_id=picker_id, at=at, actor=actor)
    return pick_list


def begin(
    pick_lists: Iterable[PickList], *, picker_id: int | None, at: datetime, actor: Actor
) -> None:
    """Begin to walk locked pick lists.

    Raises:
        TransitionNotAllowed: somebody has begun one of them, or it is over.
    """
    begun = list(pick_lists)
    for pick_list in begun:
        pick_list.start(picker_id=picker_id)
    audit.save_many(dict.fromkeys(begun, ()), at=at, actor=actor)
