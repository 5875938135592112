"""Finishing a pick list: what was found, and all that follows when it is less than expected."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from catalog.units import broken_pieces, is_part
from customers.models import Customer
from fulfillment import selectors
from fulfillment.events import LineShort
from fulfillment.models import PickLine, PickList
from fulfillment.services import stock
from fulfillment.services.allocating import claim_waiting
from fulfillment.services.ending import end_with, hold_list
from fulfillment.services.soundness import may_not_leave, unsound_levels
from fulfillment.services.tolerating import Difference, ensure_tolerated
from fulfillment.services.topping import hold_for, top_up
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import cancel_quantities, lines_of, record_progress

ENOUGH = PickLine.ShortReason.ENOUGH


class NotCounted(InvalidInput):
    """A line's quantity, or the reason why it is short, is missing or cannot be right."""

    code = "not_counted"


@dataclass(frozen=True)
class Shorts:
    """The pick lines of which less was found than was due, and how much less of each."""

    lines: Mapping[PickLine, Decimal]

    @property
    def enough(self) -> "Shorts":
        """Those of which the rest is not sent at all, within the tolerance."""
        return self._of(lambda line: line.short_reason == ENOUGH)

    @property
    def missing(self) -> "Shorts":
        """Those of which the rest was not there."""
        return self._of(lambda line: line.short_reason != ENOUGH)

    def by(self, key: str) -> dict[int, Decimal]:
        """Return what is missing, summed by this column of the pick line or its allocation."""
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for line, quantity in self.lines.items():
            owner = line.allocation if key == "level_id" else line
            missing[getattr(owner, key)] += quantity
        return missing

    @property
    def product_ids(self) -> set[int]:
        return {line.order_line.product_id for line in self.lines}

    def _of(self, is_wanted: Callable[[PickLine], bool]) -> "Shorts":
        return Shorts({line: left for line, left in self.lines.items() if is_wanted(line)})


@dataclass(frozen=True)
class Found:
    """What was found of pick lines: so much that was due of each, `more` on top, `shorts`."""

    due: Mapping[PickLine, Decimal]
    more: Mapping[PickLine, Decimal]
    shorts: Shorts


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


def check_found(
    lines: Iterable[PickLine],
    picked: Mapping[int, Decimal],
    reasons: Mapping[int, str],
    *,
    actor: Actor,
) -> list[Difference]:
    """Look at what was found of lines; return what of it the tolerance has to allow, and does.

    Raises: as `confirm_pick`.
    """
    differences = []
    lines = list(lines)
    ensure_whole_found(lines, picked)
    _ensure_explained(lines, picked, reasons)
    for line in lines:
        found = counted_of(line, picked)
        reason = reasons.get(line.pk, "")
        if found > line.due or (found < line.due and reason == ENOUGH):
            differences.append(Difference(line, found - line.due))
    ensure_tolerated(differences, actor=actor)
    return differences


def _ensure_explained(
    lines: Iterable[PickLine], picked: Mapping[int, Decimal], reasons: Mapping[int, str]
) -> None:
    """Refuse lines of which some are missing without a reason, all of them at once.

    Raises:
        NotCounted: `findings` names each.
    """
    message = _("Say why some are missing.")
    findings = [
        (NotCounted.code, f"lines.{line.pk}.reason", message)
        for line in lines
        if counted_of(line, picked) < line.due
        and reasons.get(line.pk, "") not in PickLine.ShortReason.values
    ]
    if findings:
        refusal = NotCounted(message, field=findings[0][1])
        refusal.findings = findings
        raise refusal


def ensure_whole_found(lines: Sequence[PickLine], picked: Mapping[int, Decimal]) -> None:
    """Refuse parts of what comes in whole units only, unless the line asks for just that.

    Raises:
        NotCounted: a part was found; or a line is left out.
    """
    counted = [(line, counted_of(line, picked)) for line in lines]
    other = [(line, found) for line, found in counted if found not in {ZERO, line.due}]
    words = broken_pieces((line.order_line.product_id, found) for line, found in other)
    for line, found in other:
        message = words.get(line.order_line.product_id)
        if message and is_part(found):
            raise NotCounted(message, field=f"lines.{line.pk}.picked")


def check_sound(lines: Iterable[PickLine], picked: Mapping[int, Decimal], *, at: datetime) -> None:
    """Refuse what was found of lots that may not leave since the list was released.

    Raises:
        NotCounted: some of such a lot was found.
    """
    taken = [line for line in lines if picked.get(line.pk)]
    bad = unsound_levels({line.allocation.level_id for line in taken}, on=selectors.today_of(at))
    for line in taken:
        lot = bad.get(line.allocation.level_id)
        if lot is not None:
            raise NotCounted(may_not_leave(lot), field=f"lines.{line.pk}.picked")


def counted_of(line: PickLine, counted: Mapping[int, Decimal]) -> Decimal:
    """Return how many are said to be found of a line.

    Raises:
        NotCounted: it is left out, or that is no quantity.
    """
    found, where = counted.get(line.pk), f"lines.{line.pk}.picked"
    if found is None:
        raise NotCounted(_("Enter how many you found, 0 if none."), field=where)
    if not found.is_finite() or found < 0:
        most = f"{line.due.normalize():f}"
        raise NotCounted(_("Enter 0 to %(most)s.") % {"most": most}, field=where)
    return found


def take_found(
    lines: Iterable[PickLine],
    picked: Mapping[int, Decimal],
    reasons: Mapping[int, str],
    *,
    actor: Actor,
) -> Found:
    """Note what was found of lines on the lines; nothing is stored yet.

    Raises: as `confirm_pick`.
    """
    lines = list(lines)
    differences = check_found(lines, picked, reasons, actor=actor)
    due, shorts = {}, {}
    for line in lines:
        before, asked = line.picked or ZERO, line.due
        line.picked = min(picked[line.pk], asked)
        due[line] = line.picked - before
        if line.picked < asked:
            shorts[line] = asked - line.picked
            line.short_reason = reasons[line.pk]
    more = {each.line: each.quantity for each in differences if each.quantity > 0}
    return Found(due=due, more=more, shorts=Shorts(shorts))


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


def account_of(shorts: Shorts) -> str:
    """Say in the trail what of which line is missing, and why."""
    return ", ".join(
        f"{line.order_line.description}: {line.picked} / {line.quantity},"
        f" {line.get_short_reason_display()}"
        for line in shorts.lines
    )


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
