"""Pick lists of one house that are walked once, together: each line goes into its list's tote."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import PickBatch, PickLine, PickList
from fulfillment.services import stock
from fulfillment.services.confirming import confirm_pick
from fulfillment.services.ending import WALKED
from fulfillment.services.found import check_found, check_sound
from fulfillment.services.items import Item, NotPicking, item_of
from fulfillment.services.picking import begin
from fulfillment.services.scanning import count_item, counted_at_all, ensure_not_scanned
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import REFUSALS, DomainError
from o2c.kernel.locks import adopt, lock, lock_many
from o2c.kernel.transactions import service

# As many totes as a trolley holds.
FEWEST_LISTS, MOST_LISTS = 2, 12


class NotBatched(DomainError):
    """These pick lists are not walked together."""

    code = "not_batched"


@service
def make_batch(pick_list_ids: Iterable[int], *, at: datetime, actor: Actor) -> PickBatch:
    """Put released pick lists of one house into a batch, to be walked together.

    Raises:
        NotBatched: too few or too many, of several houses, begun, or in a batch already.
    """
    wanted = set(pick_list_ids)
    if not FEWEST_LISTS <= len(wanted) <= MOST_LISTS:
        message = _("A batch has %(fewest)s to %(most)s pick lists: choose so many.")
        raise NotBatched(message % {"fewest": FEWEST_LISTS, "most": MOST_LISTS})
    held = list(lock_many(PickList, wanted).values())
    _ensure_together(held, wanted)
    return _together(held, at=at, actor=actor)


@service
def make_batch_of(candidates: Sequence[int], *, at: datetime, actor: Actor) -> PickBatch:
    """Put those of some waiting pick lists of one house into a batch that still wait.

    Raises:
        NotBatched: fewer than two are left.
    """
    held = [row for row in lock_many(PickList, candidates[:MOST_LISTS]).values() if _waits(row)]
    if len(held) < FEWEST_LISTS:
        message = _("Fewer than %(fewest)s pick lists wait there: walk with a single one.")
        raise NotBatched(message % {"fewest": FEWEST_LISTS})
    return _together(held, at=at, actor=actor)


def _ensure_together(held: Sequence[PickList], wanted: set[int]) -> None:
    if len(held) < len(wanted):
        raise NotBatched(_("One of these pick lists is not there any more: look again."))
    for pick_list in held:
        if not _waits(pick_list):
            message = _("%(list)s does not wait any more: it is %(state)s, or in a batch.")
            shown = {"list": pick_list, "state": str(pick_list.get_state_display()).lower()}
            raise NotBatched(message % shown)
    if len({pick_list.warehouse_id for pick_list in held}) > 1:
        raise NotBatched(_("These pick lists are of several warehouses: choose those of one."))


def _waits(pick_list: PickList) -> bool:
    return pick_list.state == PickList.State.RELEASED and pick_list.batch_id is None


def _together(held: Sequence[PickList], *, at: datetime, actor: Actor) -> PickBatch:
    made = PickBatch(warehouse_id=held[0].warehouse_id, created_at=at)
    batch = adopt(audit.create(made, at=at, actor=actor, touches=[row.label for row in held]))
    for pick_list in held:
        pick_list.batch = batch
    audit.save_many({row: [batch.label] for row in held}, at=at, actor=actor)
    return batch


@service
def start_batch(batch_id: int, *, picker_id: int | None, at: datetime, actor: Actor) -> PickBatch:
    """Begin to walk with all its lists.

    Raises:
        TransitionNotAllowed: somebody has begun, or it is over.
    """
    batch = lock(PickBatch, batch_id)
    batch.start(picker_id=picker_id)
    held = _lock_lists(batch, PickList.State.RELEASED)
    begin(held, picker_id=picker_id, at=at, actor=actor)
    return audit.save(batch, at=at, actor=actor)


@service
def split_batch(batch_id: int, *, at: datetime, actor: Actor) -> PickBatch:
    """Let the lists of a batch that are not finished be walked one by one.

    Raises:
        TransitionNotAllowed: it is over.
    """
    batch = lock(PickBatch, batch_id)
    batch.cancel()
    freed = _lock_lists(batch, *WALKED)
    for pick_list in freed:
        pick_list.batch = None
    audit.save_many({row: [batch.label] for row in freed}, at=at, actor=actor)
    return audit.save(batch, at=at, actor=actor)


def _lock_lists(batch: PickBatch, *states: str) -> list[PickList]:
    keys = batch.pick_lists.filter(state__in=states).values_list("pk", flat=True)
    return [row for row in lock_many(PickList, keys).values() if row.state in states]


@service
def scan_batch(
    batch_id: int, *, code: str, quantity: Decimal, at: datetime, actor: Actor
) -> list[PickLine]:
    """Count a scanned item on the first lines of the walk that still need it; return those lines.

    Raises:
        NotPicking: the batch is not being picked.
        BadBarcode, WrongItem, LotNeeded, TooMany: see `scan`.
    """
    batch = lock(PickBatch, batch_id)
    held = {row.pk: row for row in _lock_lists(batch, PickList.State.PICKING)}
    if not held:
        message = _("%(batch)s is %(state)s: start it before you scan.")
        shown = {"batch": batch, "state": str(batch.get_state_display()).lower()}
        raise NotPicking(message % shown)
    lines = selectors.lines_walked_together(held)
    item = item_of(code, lines, where=batch)
    pieces = counted_at_all(quantity) * item.pieces
    shares = _share_out(lines, item, pieces)
    if item.lot_code and len(shares) > 1:
        # Each list may take another lot, from places in any order.
        stock.hold_levels([item.product.pk])
    counted: list[PickLine] = []
    for pick_list_id, part in shares.items():
        own = [line for line in lines if line.pick_list_id == pick_list_id]
        counted += count_item(held[pick_list_id], own, item, part, code=code, at=at, actor=actor)
    return counted


def _share_out(lines: Sequence[PickLine], item: Item, pieces: Decimal) -> dict[int, Decimal]:
    """Say how much of what was scanned goes to which list, in the order of the walk.

    What asks for this lot comes first, then what asks for another lot of the product. What
    nobody asks for is left with the last list, which refuses it in words.
    """
    fitting = [line for line in lines if item.is_on(line)]
    others = [line for line in lines if line.order_line.product_id == item.product.pk]
    shares: dict[int, Decimal] = defaultdict(Decimal)
    left = pieces
    for line in fitting if pieces > 0 else reversed(fitting):
        room = line.quantity - line.scanned if pieces > 0 else -line.scanned
        step = min(left, room) if pieces > 0 else max(left, room)
        shares[line.pick_list_id] += step
        left -= step
    if left > 0 and item.lot_code:
        ensure_not_scanned(item, fitting)
        for line in (line for line in others if line not in fitting):
            step = min(left, line.quantity - line.scanned)
            shares[line.pick_list_id] += step
            left -= step
    shares[others[-1].pick_list_id] += left
    return {key: share for key, share in shares.items() if share}


def confirm_batch(
    batch_id: int,
    *,
    picked: Mapping[int, Decimal],
    short_reasons: Mapping[int, str],
    at: datetime,
    actor: Actor,
) -> list[tuple[PickList, Exception]]:
    """Finish the lists of a batch that are being walked, each for itself as `confirm_pick` does.

    All is looked at before anything is done. Return the lists that were refused all the same:
    somebody has changed them meanwhile.

    Raises:
        NotPicking: none of its lists is being picked.
        NotCounted: a line is left out, more than may be sent, short without a reason, or of a lot
            that may not leave.
    """
    lists = list(
        PickList.objects.filter(batch=batch_id, state=PickList.State.PICKING).order_by("pk")
    )
    if not lists:
        raise NotPicking(_("Nothing of this batch is being picked: look at it again."))
    lines = selectors.lines_walked_together([row.pk for row in lists])
    check_found(lines, picked, short_reasons, actor=actor)
    check_sound(lines, picked, at=at)
    refused: list[tuple[PickList, Exception]] = []
    for row in lists:
        own = [line.pk for line in lines if line.pick_list_id == row.pk]
        try:
            confirm_pick(
                row.pk,
                picked={key: picked[key] for key in own},
                short_reasons={key: short_reasons.get(key, "") for key in own},
                at=at,
                actor=actor,
            )
        except REFUSALS as refusal:
            refused.append((row, refusal))
    return refused
