"""Finishing a pick list: what was found, and all that follows when it is less than expected."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Customer
from fulfillment import selectors
from fulfillment.events import LineShort
from fulfillment.models import PickLine, PickList
from fulfillment.services import stock
from fulfillment.services.allocating import claim_waiting
from fulfillment.services.ending import end_with, hold_list
from fulfillment.services.found import Found, Shorts, account_of, check_sound, take_found
from fulfillment.services.topping import hold_for, top_up
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import cancel_quantities, lines_of, record_progress


@service
def confirm_pick(
    pick_list_id: int,
    *,
    picked: Mapping[int, Decimal],
    short_reasons: Mapping[int, str],
    at: datetime,
    actor: Actor,
) -> PickList:
    """Finish a pick list with what was found of each line.

    What was not found is claimed elsewhere, for another list; its location is to be counted. What
    lies nowhere the customer's policy backorders or cancels: all in this step. With nothing found
    the list is cancelled.
    Within the tolerance of who picks, more is ordered and sent, or the rest of a line cancelled.

    Raises:
        TransitionNotAllowed: it is not being picked.
        NotCounted: a line is left out, short without a reason, or of a lot that may not leave.
        OverTolerance: it is more or less than the role of who picks may send.
        TooMany: so much more does not lie there, or is promised to others.
    """
    order, batch, pick_list = hold_list(pick_list_id)
    lines = selectors.lines_with_claims(pick_list_id)
    for line in lines:
        line.order_line = lines_of(order)[line.order_line_id]
    check_sound(lines, picked, at=at)
    found = take_found(lines, picked, short_reasons, actor=actor)
    pick_list.finish(at=at)  # refused when somebody has done so already, whatever was found
    if not any(line.picked for line in lines):
        pick_list.cancel()
    reason = account_of(found.shorts)
    audit.save(pick_list, at=at, actor=actor, reason=reason, touches=[order.label])
    if found.more and found.shorts.lines:
        hold_for(order, [*found.more, *found.shorts.lines], at=at)
    settle_found(order, pick_list, found, at=at, actor=actor)
    end_with(batch, at=at, actor=actor)
    return pick_list


def settle_found(
    order: Order, pick_list: PickList, found: Found, *, at: datetime, actor: Actor
) -> None:
    """Store what was found, and let all follow that this means: more first, then what is missing.

    Raises: as `top_up`.
    """
    topped = top_up(order.pk, pick_list, found.more, at=at, actor=actor)
    stock.record_found(found.due)
    record_progress(order.pk, changes=_progress(found, topped), at=at, actor=actor)
    if found.shorts.lines:
        _settle_shorts(order, pick_list, found.shorts, at=at, actor=actor)


def _progress(found: Found, topped: Iterable[PickLine]) -> dict[str, dict[int, Decimal]]:
    picked: dict[int, Decimal] = defaultdict(Decimal)
    picking: dict[int, Decimal] = defaultdict(Decimal)
    for line, quantity in found.due.items():
        picked[line.order_line_id] += quantity
    for line in topped:
        picked[line.order_line_id] += line.quantity
        picking[line.order_line_id] += line.quantity
    less = {line_id: -quantity for line_id, quantity in found.shorts.by("order_line_id").items()}
    for line_id, quantity in less.items():
        picking[line_id] += quantity
    return {"picked": picked, "picking": picking, "allocated": less}


def _settle_shorts(
    order: Order, pick_list: PickList, shorts: Shorts, *, at: datetime, actor: Actor
) -> None:
    """Release the claims, send somebody to count, and claim elsewhere; the policy decides about
    the rest, and of that the customer is told.
    """
    missing = shorts.missing.by("order_line_id")
    enough = shorts.enough.by("order_line_id")
    if missing:
        stock.hold(shorts.product_ids)
    stock.reduce_allocations(shorts.by("allocation_id"))
    stock.give_back(shorts.by("level_id"), product_ids=shorts.product_ids)
    if missing:
        have_counted(pick_list, shorts.missing, at=at)
        missing = _claim_elsewhere(order, missing, at=at, actor=actor)
    if missing and order.customer.shortage_policy != Customer.ShortagePolicy.BACKORDER:
        reason = Order.CancelReason.OUT_OF_STOCK
        cancel_quantities(order.pk, quantities=missing, reason=reason, at=at, actor=actor)
    if enough:
        reason = Order.CancelReason.TOLERANCE
        cancel_quantities(order.pk, quantities=enough, reason=reason, at=at, actor=actor)
    if missing:
        short = LineShort(
            order_id=order.pk,
            line_ids=list(missing),
            pick_list_id=pick_list.pk,
            at=at,
            actor=actor,
        )
        publish(short)


def _claim_elsewhere(
    order: Order, missing: Mapping[int, Decimal], *, at: datetime, actor: Actor
) -> dict[int, Decimal]:
    """Claim at other places what was not found, for another list; return what is missing still."""
    lines = lines_of(order)
    short = claim_waiting(order, [lines[pk] for pk in missing], at=at, actor=actor)
    return {pk: min(quantity, short[pk]) for pk, quantity in missing.items() if pk in short}


# Whoever was to count the place in its turn, or because somebody asked, counts it for this now.
# A task is opened and closed by who holds its level: nobody waits for a task, or for who has one.
ASK_FOR_COUNT = """
INSERT INTO fulfillment_counttask (level_id, kind, blocks, reason, state, opened_at)
SELECT level_id, 'short', true, reason, 'open', %(at)s
  FROM unnest(%(levels)s::bigint[], %(reasons)s::text[]) AS found(level_id, reason)
    ON CONFLICT (level_id) WHERE state = 'open'
    DO UPDATE SET kind = EXCLUDED.kind, blocks = true, reason = EXCLUDED.reason
 WHERE NOT fulfillment_counttask.blocks
"""


def have_counted(pick_list: PickList, shorts: Shorts, *, at: datetime) -> None:
    """Open a count where less was found: nothing of it is promised before."""
    found = shorts.by("level_id")
    reasons = [
        _("%(list)s found %(quantity)s fewer")
        % {"list": pick_list, "quantity": f"{quantity.normalize():f}"}
        for quantity in found.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(ASK_FOR_COUNT, {"levels": list(found), "reasons": reasons, "at": at})
