"""Finishing a pick list: what was found, and all that follows when it is less than expected."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Customer
from fulfillment import selectors
from fulfillment.events import LineShort
from fulfillment.models import PickLine, PickList
from fulfillment.services import stock
from fulfillment.services.promising import expected_days
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import cancel_quantities, lines_of, lock_order, record_progress


class NotCounted(InvalidInput):
    """A line's quantity, or the reason why it is short, is missing or cannot be right."""

    code = "not_counted"


@dataclass(frozen=True)
class Shorts:
    """The pick lines of which less was found than was to be taken."""

    lines: list[PickLine]

    def by(self, key: str) -> dict[int, Decimal]:
        """Return what is missing, summed by this column of the pick line or its allocation."""
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            owner = line.allocation if key == "level_id" else line
            missing[getattr(owner, key)] += line.missing
        return missing


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

    What was not found is claimed no more, its location is to be counted, and the customer's
    policy backorders or cancels it: all in this step. With nothing found the list is cancelled.

    Raises:
        TransitionNotAllowed: it is not being picked.
        NotCounted: a line is left out, more than asked, or short without a reason.
    """
    order_id = selectors.order_of(pick_list_id)
    order = lock_order(order_id)
    pick_list = lock(PickList, pick_list_id)
    lines = selectors.lines_with_claims(pick_list_id)
    for line in lines:
        line.order_line = lines_of(order)[line.order_line_id]
    _take(lines, picked, short_reasons)
    shorts = Shorts([line for line in lines if line.missing])
    if any(line.picked for line in lines):
        pick_list.finish(at=at)
    else:
        pick_list.cancel()
    stock.record_found(lines)
    audit.save(pick_list, at=at, actor=actor, reason=_account_of(shorts), touches=[order.label])
    record_progress(order_id, changes=_progress(lines, shorts), at=at, actor=actor)
    if shorts.lines:
        _settle_shorts(order, pick_list, shorts, at=at, actor=actor)
    return pick_list


def _take(
    lines: Iterable[PickLine], picked: Mapping[int, Decimal], reasons: Mapping[int, str]
) -> None:
    for line in lines:
        found = picked.get(line.pk)
        reason = reasons.get(line.pk, "")
        where = f"lines.{line.pk}.picked"
        if found is None:
            raise NotCounted(_("Enter how many you found, 0 if none."), field=where)
        if not 0 <= found <= line.quantity:
            raise NotCounted(
                _("Enter 0 to %(most)s.") % {"most": f"{line.quantity.normalize():f}"}, field=where
            )
        if found < line.quantity and reason not in PickLine.ShortReason.values:
            raise NotCounted(_("Say why some are missing."), field=f"lines.{line.pk}.reason")
        line.picked = found
        line.short_reason = reason if found < line.quantity else ""


def _progress(lines: Iterable[PickLine], shorts: Shorts) -> dict[str, dict[int, Decimal]]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.order_line_id] += line.picked or ZERO
    if not shorts.lines:
        return {"picked": found}
    less = {line_id: -quantity for line_id, quantity in shorts.by("order_line_id").items()}
    return {"picked": found, "picking": less, "allocated": less}


def _account_of(shorts: Shorts) -> str:
    return ", ".join(
        f"{line.order_line.description}: {line.picked} / {line.quantity},"
        f" {line.get_short_reason_display()}"
        for line in shorts.lines
    )


def _settle_shorts(
    order: Order, pick_list: PickList, shorts: Shorts, *, at: datetime, actor: Actor
) -> None:
    """Release the claims, apply the policy, send somebody to count, and tell."""
    missing = shorts.by("order_line_id")
    stock.reduce_allocations(shorts.by("allocation_id"))
    _have_counted(pick_list, shorts, at=at)
    if order.customer.shortage_policy == Customer.ShortagePolicy.BACKORDER:
        lines = lines_of(order)
        days = expected_days([lines[pk] for pk in missing], short=missing, at=at)
        record_progress(order.pk, changes={}, expected=days, at=at, actor=actor)
    else:
        cancel_quantities(
            order.pk,
            quantities=missing,
            reason=Order.CancelReason.OUT_OF_STOCK,
            at=at,
            actor=actor,
        )
    stock.give_back(shorts.by("level_id"))
    publish(LineShort(order_id=order.pk, line_ids=list(missing), at=at, actor=actor))


# Whoever was to count the place in its turn, or because somebody asked, counts it for this now.
ASK_FOR_COUNT = """
INSERT INTO fulfillment_counttask (level_id, kind, blocks, reason, state, opened_at)
SELECT level_id, 'short', true, reason, 'open', %(at)s
  FROM unnest(%(levels)s::bigint[], %(reasons)s::text[]) AS found(level_id, reason)
    ON CONFLICT (level_id) WHERE state = 'open'
    DO UPDATE SET kind = EXCLUDED.kind, blocks = true, reason = EXCLUDED.reason
 WHERE NOT fulfillment_counttask.blocks
"""


def _have_counted(pick_list: PickList, shorts: Shorts, *, at: datetime) -> None:
    """Open a count where less was found: nothing of it is promised before."""
    found = shorts.by("level_id")
    reasons = [
        _("%(list)s found %(quantity)s fewer")
        % {"list": pick_list, "quantity": f"{quantity.normalize():f}"}
        for quantity in found.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(ASK_FOR_COUNT, {"levels": list(found), "reasons": reasons, "at": at})
