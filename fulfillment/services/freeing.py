"""Giving claims back when lines are cancelled or an order is held."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import Allocation
from fulfillment.services import stock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import lines_of, lock_order, record_progress


class OnTheFloor(DomainError):
    """It is on a pick list: the list must be stopped first."""

    code = "on_the_floor"


@service
def free_lines(order_id: int, *, line_ids: Sequence[int], at: datetime, actor: Actor) -> None:
    """Give back what the lines may no longer claim: what was cancelled, or all of a held order.

    Raises:
        OnTheFloor: a pick list has it.
    """
    order = lock_order(order_id)
    surplus = surplus_of(order, line_ids)
    if not surplus:
        return
    freed = _choose(selectors.unpicked_claims(surplus), surplus)
    if sum(freed.values()) < sum(surplus.values()):
        raise OnTheFloor(
            _("Part of %(order)s is on a pick list. Stop the pick list first.") % {"order": order}
        )
    less = {line_id: -quantity for line_id, quantity in surplus.items()}
    record_progress(order_id, changes={"allocated": less}, at=at, actor=actor)
    stock.reduce_allocations({claim.pk: quantity for claim, quantity in freed.items()})
    per_level: dict[int, Decimal] = defaultdict(Decimal)
    for claim, quantity in freed.items():
        per_level[claim.level_id] += quantity
    lines = lines_of(order)
    stock.give_back(per_level, product_ids={lines[line_id].product_id for line_id in surplus})


def surplus_of(order: Order, line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return how much more each line of a locked order has allocated than it may keep."""
    lines = lines_of(order)
    is_confirmed = order.state in Order.CONFIRMED
    over = {
        pk: lines[pk].allocated - (lines[pk].open_quantity if is_confirmed else ZERO)
        for pk in line_ids
    }
    return {pk: quantity for pk, quantity in over.items() if quantity > 0}


def _choose(
    claims: Iterable[Allocation], surplus: Mapping[int, Decimal]
) -> dict[Allocation, Decimal]:
    """Take the surplus off the newest claims first."""
    left, freed = dict(surplus), {}
    for claim in claims:
        quantity = min(claim.quantity, left[claim.line_id])
        if quantity:
            freed[claim] = quantity
            left[claim.line_id] -= quantity
    return freed
