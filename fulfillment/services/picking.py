"""Work on the floor: releasing pick lists, walking, and scanning what is taken."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.services import ensure_counted, ensure_not_held
from fulfillment import selectors
from fulfillment.models import Allocation, PickLine, PickList
from fulfillment.services.completeness import ensure_complete
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders.services import lock_order, record_progress


class NothingToPick(DomainError):
    code = "nothing_to_pick"


class NotPicking(DomainError):
    """Only a pick list that somebody is walking with is scanned."""

    code = "not_picking"


class WrongItem(InvalidInput):
    code = "wrong_item"


class TooMany(InvalidInput):
    code = "too_many"


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
    """
    pick_list = lock(PickList, pick_list_id)
    pick_list.start(picker_id=picker_id)
    return audit.save(pick_list, at=at, actor=actor)


@service
def scan(
    pick_list_id: int, *, code: str, quantity: Decimal, at: datetime, actor: Actor
) -> list[PickLine]:
    """Count a scanned item on the first lines that still need it; return those lines.

    Raises:
        NotPicking: the list is not being picked.
        WrongItem: this SKU or GTIN is not on the list.
        TooMany: the list asks for less, or so many to put back were not counted.
    """
    pick_list = lock(PickList, pick_list_id)
    if pick_list.state != PickList.State.PICKING:
        raise NotPicking(
            _("%(list)s is %(state)s: start it before you scan.")
            % {"list": pick_list, "state": pick_list.get_state_display().lower()}
        )
    lines = selectors.lines_with_code(pick_list_id, code)
    if not lines:
        raise WrongItem(
            _("%(code)s is not on %(list)s: put it back.") % {"code": code, "list": pick_list},
            field="code",
        )
    counted = _count(lines, quantity)
    add_to(PickLine, {"scanned": {line.pk: more for line, more in counted.items()}})
    audit.record(
        pick_list.label,
        "scan",
        at=at,
        actor=actor,
        changes={code: (None, quantity)},
    )
    for line, more in counted.items():
        line.scanned += more
    return list(counted)


def _count(lines: Sequence[PickLine], quantity: Decimal) -> dict[PickLine, Decimal]:
    """Spread a scanned quantity over lines of the same item in walking order, or take it back."""
    if not quantity.is_finite() or not quantity:
        raise InvalidInput(_("Count at least one."), field="quantity")
    left, counted = quantity, {}
    for line in lines if quantity > 0 else reversed(lines):
        step = min(left, line.quantity - line.scanned) if left > 0 else max(left, -line.scanned)
        if step:
            counted[line] = step
            left -= step
    if left > 0:
        raise TooMany(
            _("That is %(left)s too many: put them back.") % {"left": f"{left.normalize():f}"},
            field="quantity",
        )
    if left < 0:
        raise TooMany(_("So many have not been counted."), field="quantity")
    return counted
