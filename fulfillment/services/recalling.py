"""Lots that may not leave: recalled, or too old. What is claimed of them is served elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from fulfillment.events import LotRecalled, StockReceived
from fulfillment.models import Allocation, Lot, PickList
from fulfillment.selectors import in_rank, today_of
from fulfillment.services import stock
from fulfillment.services.allocating import claim_lines
from fulfillment.services.counting import ensure_reason
from fulfillment.services.ending import hold_lists
from fulfillment.services.reallocating import hold_backorders, hold_orders
from fulfillment.services.soundness import is_sound, unsound
from fulfillment.services.stopping import stop_pick
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import OrderLine
from orders.services import lines_of, lock_order, record_progress

# What is on such a list can still be put back.
STOPPABLE = (PickList.State.RELEASED, PickList.State.PICKING, PickList.State.PICKED)


class LotState(DomainError):
    """The lot is recalled already, or is not."""

    code = "lot_state"


@service
def recall_lot(lot_id: int, *, reason: str, at: datetime, actor: Actor) -> Lot:
    """Let nothing of a lot leave any more: pick lists with it are stopped, other stock is claimed.

    What is packed has to be looked for; `selectors` of the lot name it, and who got some before.

    Raises:
        Lot.DoesNotExist: no such lot.
        InvalidInput: no reason is given.
        LotState: it is recalled already.
    """
    ensure_reason(reason, _("Say why the lot is recalled."))
    lot = lock(Lot, lot_id)
    if lot.blocked_reason:
        raise LotState(_("Lot %(lot)s is recalled already.") % {"lot": lot.code})
    lot.blocked_reason = reason
    audit.save(lot, at=at, actor=actor, reason=reason, touches=[f"product:{lot.product_id}"])
    free_lots([lot_id], reason=_reason_of(lot), at=at, actor=actor)
    publish(LotRecalled(lot_id=lot_id, at=at, actor=actor))
    return lot


@service
def readmit_lot(lot_id: int, *, reason: str, at: datetime, actor: Actor) -> Lot:
    """Let a recalled lot leave again; orders that wait are served from it.

    Raises:
        Lot.DoesNotExist: no such lot.
        InvalidInput: no reason is given.
        LotState: it is not recalled.
    """
    ensure_reason(reason, _("Say why the lot may leave again."))
    lot = lock(Lot, lot_id)
    if not lot.blocked_reason:
        raise LotState(_("Lot %(lot)s is not recalled.") % {"lot": lot.code})
    lot.blocked_reason = ""
    return _serve_from(lot, reason, at=at, actor=actor)


@service
def redate_lot(
    lot_id: int, *, expires_on: date | None, reason: str, at: datetime, actor: Actor
) -> Lot:
    """Correct the last day on which a lot may leave; orders that wait are served from it.

    One that is past its day then is taken off pick lists and orders as a recalled one is.

    Raises:
        Lot.DoesNotExist: no such lot.
        InvalidInput: no reason is given.
        LotState: its product expires, and no day is given.
    """
    ensure_reason(reason, _("Say why the day is corrected."))
    lot = lock(Lot, lot_id)
    if expires_on is None and lot.product.expires:
        raise LotState(_("Lots of %(sku)s expire: enter a day.") % {"sku": lot.product.sku})
    lot.expires_on = expires_on
    if is_sound(lot, on=today_of(at)):
        return _serve_from(lot, reason, at=at, actor=actor)
    audit.save(lot, at=at, actor=actor, reason=reason, touches=[f"product:{lot.product_id}"])
    free_lots([lot_id], reason=_reason_of(lot), at=at, actor=actor)
    publish(LotRecalled(lot_id=lot_id, at=at, actor=actor))
    return lot


@service
def free_recalled(lot_id: int, *, at: datetime, actor: Actor) -> int:
    """Give back what is claimed of a lot that may not leave any more. Safe to repeat."""
    lot = Lot.objects.get(pk=lot_id)
    if is_sound(lot, on=today_of(at)):
        return 0
    return free_lots([lot_id], reason=_reason_of(lot), at=at, actor=actor)


@service
def free_spoiled(*, as_of: date, at: datetime, actor: Actor) -> int:
    """Give back what is claimed of lots that may not leave on this day; return how many orders."""
    spoiled = Lot.objects.filter(unsound(on=as_of))
    lot_ids = _claims_on(spoiled.values("pk")).values_list("level__lot", flat=True)
    reason = _("Recalled or expired: put it back.")
    return free_lots(sorted(set(lot_ids)), reason=reason, at=at, actor=actor)


def free_lots(lot_ids: Sequence[int], *, reason: str, at: datetime, actor: Actor) -> int:
    """Stop the pick lists with these lots, give back their claims, claim other stock for them.

    Orders come in the order in which they would be served. Whoever is served no more is told; the
    customer's policy backorders or cancels. Returns how many orders had claims.
    """
    order_ids = _orders_with(lot_ids)
    hold_orders(order_ids)
    held = hold_lists(_lists_with(lot_ids, order_ids))
    # Whoever is claiming such a lot now is done before this step is, and `free_recalled` finds the
    # claim; who comes later waits, and sees that the lot is recalled.
    stock.hold(_products_of(lot_ids, held))
    for pick_list in held.values():
        if pick_list.state in STOPPABLE:
            stop_pick(pick_list.pk, reason=reason, at=at, actor=actor)
    claims = [
        claim
        for claim in _claims_on(lot_ids).filter(pick_line=None).select_related("line")
        if claim.line.order_id in set(order_ids)
    ]
    by_order: dict[int, list[Allocation]] = defaultdict(list)
    for claim in claims:
        by_order[claim.line.order_id].append(claim)
    for order_id, freed in by_order.items():
        less = {line_id: -quantity for line_id, quantity in _summed(freed, "line_id").items()}
        record_progress(order_id, changes={"allocated": less}, at=at, actor=actor)
    stock.reduce_allocations({claim.pk: claim.quantity for claim in claims})
    stock.give_back(
        _summed(claims, "level_id"), product_ids={claim.line.product_id for claim in claims}
    )
    for order_id in order_ids:
        order = lock_order(order_id)
        line_ids = {claim.line_id for claim in by_order[order_id]}
        waiting = [lines_of(order)[line_id] for line_id in sorted(line_ids)]
        claim_lines(order, [line for line in waiting if line.backordered > 0], at=at, actor=actor)
    return len(order_ids)


def _serve_from(lot: Lot, reason: str, *, at: datetime, actor: Actor) -> Lot:
    touches = [f"product:{lot.product_id}"]
    audit.save(lot, at=at, actor=actor, reason=reason, touches=touches)
    free = sum((level.available for level in lot.stock_levels.all()), ZERO)
    order_ids = hold_backorders({lot.product_id: free})
    publish(StockReceived(product_ids=[lot.product_id], order_ids=order_ids, at=at, actor=actor))
    return lot


def _claims_on(lots: Any) -> QuerySet[Allocation]:
    """Return the active claims on these lots whose goods can still be put back."""
    on_floor = Q(pick_line=None) | Q(pick_line__pick_list__state__in=STOPPABLE)
    return Allocation.objects.filter(
        on_floor, level__lot__in=lots, state=Allocation.State.ACTIVE
    ).order_by("pk")


def _orders_with(lot_ids: Sequence[int]) -> list[int]:
    lines = OrderLine.objects.filter(pk__in=_claims_on(lot_ids).order_by().values("line"))
    return list(dict.fromkeys(in_rank(lines).values_list("order_id", flat=True)))


def _lists_with(lot_ids: Sequence[int], order_ids: Sequence[int]) -> list[int]:
    """Return the lists of these orders, which are locked; `free_recalled` finds what is newer."""
    lists = _claims_on(lot_ids).filter(line__order__in=order_ids).exclude(pick_line=None)
    return sorted(set(lists.values_list("pick_line__pick_list", flat=True)))


def _products_of(lot_ids: Sequence[int], pick_list_ids: Iterable[int]) -> set[int]:
    """Return the products of lots, and those that lists give back when they are stopped."""
    lots = Lot.objects.filter(pk__in=lot_ids).values_list("product_id")
    over = Allocation.objects.filter(
        pick_line__pick_list__in=list(pick_list_ids), reason=Allocation.Reason.OVER
    )
    return {product_id for (product_id,) in lots.union(over.values_list("line__product_id"))}


def _summed(claims: Iterable[Allocation], key: str) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for claim in claims:
        sums[getattr(claim, key)] += claim.quantity
    return sums


def _reason_of(lot: Lot) -> str:
    message = (
        _("Lot %(lot)s is recalled: put it back.")
        if lot.blocked_reason
        else _("Lot %(lot)s has expired: put it back.")
    )
    return (message % {"lot": lot.code})[:200]
