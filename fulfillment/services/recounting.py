"""The packer counts again: what of a picked list is more or fewer than said is put right."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import Package, PickLine, PickList
from fulfillment.services.boxes import ensure_picked
from fulfillment.services.confirming import have_counted, settle_found
from fulfillment.services.ending import hold_list
from fulfillment.services.found import (
    ENOUGH,
    NotCounted,
    Shorts,
    account_of,
    counted_of,
    take_found,
)
from fulfillment.services.items import TooMany
from fulfillment.services.stopping import let_go_of
from fulfillment.services.topping import hold_for, is_on_top, take_back
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Order
from orders.services import lines_of, record_progress

# Why fewer are packed than were picked, beside what is said at picking.
BACK = "back"
NOT_DOUBTFUL = {None, "", BACK, ENOUGH}
Counts = Mapping[int, Decimal]
Reasons = Mapping[int, str]


@service
def correct_count(
    pick_list_id: int, *, counted: Counts, reasons: Reasons, at: datetime, actor: Actor
) -> PickList:
    """Put right what was picked of each line of a list that is not packed yet.

    Fewer, for a reason: `back` keeps the rest claimed, for another list; for any other all follows
    that follows at picking. More is ordered and sent within the tolerance of who packs; what was
    sent on top and is not is not ordered any more. With nothing left the list is cancelled.

    Raises:
        NotPacking: the list is not picked, or packed already.
        NotCounted: a line is left out, or fewer without a reason, or settled as short.
        OverTolerance: it is more or less than the role of who packs may send.
        TooMany: more does not lie there, or is promised to others; fewer are in packages already.
    """
    order, _batch, pick_list = hold_list(pick_list_id)
    ensure_picked(pick_list)
    lines = selectors.lines_with_packed(pick_list_id)
    for line in lines:
        line.order_line = lines_of(order)[line.order_line_id]
    now = {line: counted_of(line, counted) for line in lines}
    changes = _changes(now)
    back = _ensure_possible(now, reasons)
    hold_for(order, [line for line, found in now.items() if found != line.due], at=at)
    _put_back(order, pick_list, back, reasons, at=at, actor=actor)
    found = take_found([line for line in lines if line.quantity], counted, reasons, actor=actor)
    settle_found(order, pick_list, found, at=at, actor=actor)
    if not any(line.picked for line in lines):
        _end(pick_list, order, at=at, actor=actor)
    audit.record(
        pick_list.label,
        "correct count",
        at=at,
        actor=actor,
        changes=changes,
        reason=_account(found.shorts, back, reasons),
        touches=[order.label],
    )
    return pick_list


def _end(pick_list: PickList, order: Order, *, at: datetime, actor: Actor) -> None:
    """Cancel a list of which nothing is left; a package that is open yet has nothing in it."""
    pick_list.cancel()
    Package.objects.filter(pick_list=pick_list).delete()
    audit.save(pick_list, at=at, actor=actor, touches=[order.label])


def _account(shorts: Shorts, back: Mapping[PickLine, Decimal], reasons: Reasons) -> str:
    """Say in the trail what of which line is short or went back, and why."""
    words = {BACK: _("put back"), **dict(PickLine.ShortReason.choices)}
    said = [account_of(shorts)] if shorts.lines else []
    for line, quantity in back.items():
        reason = reasons.get(line.pk) or BACK
        less = f"{line.order_line.description}: -{quantity.normalize():f}"
        said.append(f"{less}, {words.get(reason, reason)}")
    return ", ".join(said)


def _changes(now: Mapping[PickLine, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what was said of a line and what is, where it differs, by position and SKU."""
    return {
        f"{line.position} {line.order_line.sku}": (line.due, here)
        for line, here in now.items()
        if here != line.due
    }


def _ensure_possible(now: Mapping[PickLine, Decimal], reasons: Reasons) -> dict[PickLine, Decimal]:
    """Refuse what cannot be put right here; return what goes back to its place."""
    for line, here in now.items():
        _ensure_fits(line, here, reasons.get(line.pk, ""))
    back = _back(now, reasons)
    if any(map(is_on_top, back)) and any(here > line.due for line, here in now.items()):
        raise NotCounted(_("Put back first what was sent on top; then say what is more."))
    return back


def _ensure_fits(line: PickLine, found: Decimal, reason: str) -> None:
    """Refuse what cannot be put right here; the rest is looked at as at picking."""
    shown = {
        "sku": line.order_line.sku,
        "missing": f"{line.missing.normalize():f}",
        "packed": f"{line.in_boxes.normalize():f}",  # type: ignore[attr-defined]
    }
    if found < line.in_boxes:  # type: ignore[attr-defined]
        message = _("%(packed)s of %(sku)s are in packages already: take them out first.")
        raise TooMany(message % shown, field=f"lines.{line.pk}.picked")
    if not line.missing or found == line.due:
        return
    if found > line.due:
        message = _("That %(missing)s of %(sku)s were missing is settled: put the rest back.")
        raise NotCounted(message % shown, field=f"lines.{line.pk}.picked")
    if reason not in (BACK, line.short_reason) and ENOUGH in (reason, line.short_reason):
        message = _("%(sku)s is short already, and why: choose the same reason.")
        raise NotCounted(message % shown, field=f"lines.{line.pk}.reason")


def _back(now: Mapping[PickLine, Decimal], reasons: Reasons) -> dict[PickLine, Decimal]:
    """Return what goes back to its place, claimed as it was: what may be picked again, or was
    sent on top.
    """
    return {
        line: line.due - found
        for line, found in now.items()
        if found < line.due and (reasons.get(line.pk) == BACK or is_on_top(line))
    }


# What of a line goes back is on its list no more.
SHORTEN = """
WITH back AS (
    SELECT * FROM unnest(%s::bigint[], %s::numeric[]) AS d(id, less)
), gone AS (
    DELETE FROM fulfillment_pickline p USING back d WHERE p.id = d.id AND p.quantity = d.less
)
UPDATE fulfillment_pickline p
   SET quantity = p.quantity - d.less, picked = p.picked - d.less,
       scanned = least(p.scanned, p.quantity - d.less)
  FROM back d WHERE p.id = d.id AND p.quantity > d.less
"""


def _put_back(
    order: Order,
    pick_list: PickList,
    back: Mapping[PickLine, Decimal],
    reasons: Reasons,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Take so much off lines of the list; what was sent on top is not wanted any more."""
    if not back:
        return
    for line, quantity in back.items():
        line.quantity -= quantity
        line.picked = line.due - quantity
    less = {key: -quantity for key, quantity in Shorts(back).by("order_line_id").items()}
    record_progress(order.pk, changes={"picking": less, "picked": less}, at=at, actor=actor)
    let_go_of(back)
    columns: list[Any] = [[line.pk for line in back], list(back.values())]
    with connection.cursor() as cursor:
        cursor.execute(SHORTEN, columns)
    take_back(order.pk, pick_list, back, at=at, actor=actor)
    doubtful = {line: back[line] for line in back if reasons.get(line.pk) not in NOT_DOUBTFUL}
    if doubtful:
        have_counted(pick_list, Shorts(doubtful), at=at)
