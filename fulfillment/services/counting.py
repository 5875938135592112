"""What is counted and corrected: the shelf is right, and the books follow it."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import ensure_whole
from fulfillment import selectors
from fulfillment.models import CountTask, StockLevel, StockMove
from fulfillment.quantities import is_quantity, is_quantity_or_zero
from fulfillment.services import stock
from fulfillment.services.moves import (
    Move,
    StockPromised,
    ensure_room,
    ensure_takeable,
    make_moves,
)
from fulfillment.services.receiving import announce, backorders_for
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.numbering import public_id
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import quantity as quantity_of

REASON_LENGTH = 200
# A count is asked for twice when it is off by more than half of what the books say, and by more
# than so many: a slip of the hand, like 1 for 35,710. Nobody is asked about a few pieces.
DOUBTED_SHARE = Decimal("0.5")
DOUBTED_FROM = 10
# Where the books say nothing, goods that were never entered are usual, in such numbers not.
DOUBTED_FROM_NOTHING = 1000


class CountAsked(DomainError):
    """Somebody is to count there already."""

    code = "count_asked"


class CountOutdated(InvalidInput):
    """Goods were taken from the place, or put there, since somebody began to count."""

    code = "count_outdated"


class CountDoubted(InvalidInput):
    """It is far from what the books say: it is booked when the same number is confirmed."""

    code = "count_doubted"


@service
def count_level(
    level_id: int,
    *,
    counted: Decimal,
    lying: Decimal | None = None,
    confirmed: Decimal | None = None,
    at: datetime,
    actor: Actor,
) -> CountTask:
    """Take what was counted as the truth; orders that wait are served from it.

    What was picked there and has not left belongs to the place by the books, and is added.

    Args:
        counted: what lies at the place.
        lying: what lay there by the books when it was counted: on hand, less what was picked.
            None: nobody can have come there since.
        confirmed: the number once more, when it was said to be far from what the books say.

    Raises:
        StockLevel.DoesNotExist: no such level.
        InvalidInput: less than nothing was counted, more than fits, a part of what comes whole, or
            a serial number twice.
        CountOutdated: something else lies there by the books now.
        StockPromised: orders are still to take more than was counted: their pickers report it
            short first.
        CountDoubted: it is far from what the books say, and was not confirmed.
    """
    if not is_quantity_or_zero(counted):
        raise InvalidInput(_("Enter what you counted, 0 if nothing is there."), field="counted")
    level, order_ids = _hold(level_id, quantity=counted)
    ensure_whole(level.product_id, counted, field="counted")
    picked = selectors.picked_of(level_id)  # under the lock: what leaves meanwhile is in neither
    _ensure_as_shown(level, picked, lying)
    _ensure_covers(counted, level.allocated - picked)
    _ensure_once(level, counted + picked, field="counted")
    difference = counted + picked - level.on_hand
    ensure_room(level, difference, field="counted")
    if confirmed != counted:
        _ensure_likely(counted, level.on_hand - picked)
    task = _close_task(level, counted, at=at, actor=actor)
    if difference:
        make_moves(
            [Move(level=level, quantity=difference)],
            kind=StockMove.Kind.COUNT,
            source=f"count:{task.pk}",
            reason=task.reason,
            at=at,
            actor=actor,
        )
    announce(level.location, level.product_id, order_ids, at=at, actor=actor)
    return task


def _ensure_likely(counted: Decimal, lying: Decimal) -> None:
    """Refuse what is so far from the books that somebody may have mistyped."""
    off = abs(counted - lying)
    few = DOUBTED_FROM if lying else DOUBTED_FROM_NOTHING
    if off <= few or off <= lying * DOUBTED_SHARE:
        return
    message = _("The books say %(lying)s, you counted %(counted)s. Count again, or confirm.")
    shown = {"lying": quantity_of(lying), "counted": quantity_of(counted)}
    raise CountDoubted(message % shown, field="counted")


def _ensure_covers(counted: Decimal, claimed: Decimal) -> None:
    """Refuse less than what orders are still to take from there."""
    if counted < claimed:
        raise StockPromised(
            _("Orders claim %(claimed)s of these. Pick them first: what is missing is short then.")
            % {"claimed": f"{claimed.normalize():f}"},
            field="counted",
        )


@service
def adjust(
    level_id: int, *, quantity: Decimal, reason: str, at: datetime, actor: Actor
) -> StockLevel:
    """Correct a level by a signed quantity, for a reason.

    Raises:
        StockLevel.DoesNotExist: no such level.
        InvalidInput: nothing would change, no reason is given, more would lie there than fits,
            a part of what comes whole, or a serial number would lie twice.
        NotThere: more is taken away than lies there.
        StockPromised: orders claim more than would be left.
    """
    if not is_quantity(quantity.copy_abs()):
        raise InvalidInput(_("Enter by how much: below zero takes away."), field="quantity")
    ensure_reason(reason, _("Say why the stock is corrected."))
    level, order_ids = _hold(level_id, quantity=quantity)
    # What lies there in parts already may be made whole.
    ensure_whole(level.product_id, level.on_hand + quantity, field="quantity")
    ensure_takeable(level, -quantity)
    _ensure_once(level, level.on_hand + quantity, field="quantity")
    make_moves(
        [Move(level=level, quantity=quantity)],
        kind=StockMove.Kind.ADJUSTMENT,
        source=public_id("adjustment"),
        reason=reason,
        at=at,
        actor=actor,
    )
    if quantity > 0:
        announce(level.location, level.product_id, order_ids, at=at, actor=actor)
    return level


@service
def ask_for_count(
    level_id: int, *, reason: str, blocks: bool, at: datetime, actor: Actor
) -> CountTask:
    """Send somebody to count; with `blocks` nothing there is promised before.

    Raises:
        StockLevel.DoesNotExist: no such level.
        InvalidInput: no reason is given.
        CountAsked: somebody is to count there already.
    """
    ensure_reason(reason, _("Say why it is to be counted."))
    product_id = StockLevel.objects.values_list("product_id", flat=True).get(pk=level_id)
    level = stock.hold_levels([product_id])[level_id]
    if _open_task(level) is not None:
        raise CountAsked(_("Somebody is to count there already."))
    task = CountTask(
        level=level, kind=CountTask.Kind.ASKED, blocks=blocks, reason=reason, opened_at=at
    )
    return audit.create(task, at=at, actor=actor, touches=[f"stocklevel:{level.pk}"])


def ensure_reason(reason: str, message: str) -> None:
    """Refuse an act without a reason, or with one that is too long to keep.

    Raises:
        InvalidInput: it is empty, or longer than 200 characters.
    """
    if not reason.strip():
        raise InvalidInput(message, field="reason")
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(_("Say it in 200 characters."), field="reason")


def _hold(level_id: int, *, quantity: Decimal) -> tuple[StockLevel, list[int]]:
    """Lock the orders that so much more can serve, then all places of the product."""
    seen = StockLevel.objects.select_related("location", "lot").get(pk=level_id)
    order_ids = backorders_for(seen.location, seen.product_id, quantity=quantity)
    level = stock.hold_levels([seen.product_id])[level_id]
    level.location, level.lot = seen.location, seen.lot
    return level, order_ids


def _ensure_as_shown(level: StockLevel, picked: Decimal, lying: Decimal | None) -> None:
    """Refuse a count of what is not as it was any more; goods that leave the house change nothing.

    Otherwise what a picker took after it was counted would be counted a second time.
    """
    if lying is None or level.on_hand - picked == lying:
        return
    message = _(
        "Goods were taken from here or put here since you counted: %(picked)s of %(on_hand)s are"
        " picked now. Count again."
    )
    shown = {"picked": f"{picked.normalize():f}", "on_hand": f"{level.on_hand.normalize():f}"}
    raise CountOutdated(message % shown, field="counted")


def _ensure_once(level: StockLevel, quantity: Decimal, *, field: str) -> None:
    """A serial number stands for one piece, wherever it lies."""
    if level.lot is None or not level.lot.is_serial or not quantity:
        return
    elsewhere = StockLevel.objects.filter(lot=level.lot, on_hand__gt=0).exclude(pk=level.pk)
    if quantity != 1 or elsewhere.exists():
        raise InvalidInput(
            _("%(serial)s is one piece: it lies here once, or not at all.")
            % {"serial": level.lot.code},
            field=field,
        )


def _open_task(level: StockLevel) -> CountTask | None:
    return CountTask.objects.filter(level=level, state=CountTask.State.OPEN).first()


def _close_task(level: StockLevel, counted: Decimal, *, at: datetime, actor: Actor) -> CountTask:
    task = _open_task(level)
    if task is None:
        task = CountTask(
            level=level,
            kind=CountTask.Kind.ASKED,
            reason=_("Counted unasked"),
            opened_at=at,
        )
        audit.create(task, at=at, actor=actor)
    task.state, task.counted, task.counted_at = CountTask.State.COUNTED, counted, at
    return audit.save(task, at=at, actor=actor)
