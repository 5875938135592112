"""Taking another lot than the one that was claimed: the claim moves to the lot that is in hand."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import Allocation, Lot, PickLine, PickList, StockLevel
from fulfillment.services import stock
from fulfillment.services.items import Item, TooMany, WrongItem, lot_code_of
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.sql import add_to
from o2c.kernel.ui.dates import day_text


def swap_lot(
    pick_list: PickList,
    donors: Sequence[PickLine],
    item: Item,
    *,
    quantity: Decimal,
    at: datetime,
    actor: Actor,
) -> dict[PickLine, Decimal]:
    """Move claims of `donors`, lines of the product's other lots, to the lot that is in hand.

    Return the lines that ask for the lot now, and how much of it; nothing is counted yet. A line
    of which a part stays with its lot is split. The list is locked.

    Raises:
        WrongItem: there is no such lot here, or it may not leave.
        TooMany: the list asks for less of the product, or the lot is promised to others.
    """
    taken = _needed(donors, quantity)
    # Before it is looked at: nobody recalls it, or sends somebody to count there, from now on.
    stock.hold_levels([item.product.pk])
    level = _level_in_hand(pick_list, item, donors, at=at)
    free = lock_many(StockLevel, [level.pk])[level.pk].available
    if free < quantity:
        message = _("Of %(lot)s only %(free)s are free: the rest is promised to other orders.")
        shown = {"lot": item.lot_code, "free": f"{free.normalize():f}"}
        raise TooMany(message % shown, field="code")
    _move_claims(taken, level.pk)
    moved = _point_at(level, pick_list, taken)
    audit.record(
        pick_list.label,
        "other lot",
        at=at,
        actor=actor,
        changes={
            item.product.sku: (", ".join(dict.fromkeys(map(lot_code_of, taken))), item.lot_code)
        },
    )
    return moved


def _needed(donors: Sequence[PickLine], quantity: Decimal) -> dict[PickLine, Decimal]:
    """Choose of which lines to take, in walking order."""
    left, taken = quantity, {}
    for line in donors:
        step = min(left, line.quantity - line.scanned)
        if step > 0:
            taken[line] = step
            left -= step
    if left > 0:
        message = _("That is %(left)s too many: put them back.")
        raise TooMany(message % {"left": f"{left.normalize():f}"}, field="quantity")
    return taken


def _level_in_hand(
    pick_list: PickList, item: Item, donors: Sequence[PickLine], *, at: datetime
) -> StockLevel:
    """Return where the lot lies: at a place of these lines rather than elsewhere in the house."""
    lot = Lot.objects.filter(product=item.product, code=item.lot_code).first()
    if lot is None:
        message = _("Lot %(lot)s of %(sku)s is not in the books: it was never received.")
        raise _refused(message, item)
    today = selectors.today_of(at)
    ensure_may_leave(lot, item, today=today)
    levels = selectors.usable_levels(on=today).filter(
        lot=lot, location__warehouse=pick_list.warehouse_id, on_hand__gt=0
    )
    here = {line.allocation.level.location_id for line in donors}
    found = sorted(
        levels.select_related("location"),
        key=lambda level: (level.location_id not in here, -level.available, level.pk),
    )
    if not found:
        message = _(
            "By the books nothing of %(lot)s lies where %(sku)s is picked. Have it counted."
        )
        raise _refused(message, item)
    level = found[0]
    level.lot = lot
    return level


def ensure_may_leave(lot: Lot, item: Item, *, today: object) -> None:
    """Refuse a lot that is recalled or too old, or whose label says another day than the books.

    Raises:
        WrongItem: it may not leave.
    """
    if lot.blocked_reason:
        message = _("%(lot)s may not leave: %(why)s. Put it aside.")
        raise _refused(message, item, why=lot.blocked_reason)
    if lot.expires_on and lot.expires_on < today:  # type: ignore[operator]
        message = _("%(lot)s expired on %(day)s. Put it aside.")
        raise _refused(message, item, day=day_text(lot.expires_on))
    if item.expires_on and item.expires_on != lot.expires_on:
        message = _("The label says that %(lot)s expires on %(said)s, the books say %(day)s.")
        raise _refused(message, item, said=day_text(item.expires_on), day=day_text(lot.expires_on))


def _refused(message: str, item: Item, **shown: str) -> WrongItem:
    named = {"lot": item.lot_code, "sku": item.product.sku} | shown
    return WrongItem(message % named, field="code")


def _move_claims(taken: dict[PickLine, Decimal], level_id: int) -> None:
    """Move them in the books and in the rows that this step holds: it may take of them again."""
    moved: dict[int, Decimal] = defaultdict(Decimal)
    for line, step in taken.items():
        moved[line.allocation.level_id] -= step
        moved[level_id] += step
    add_to(StockLevel, {"allocated": moved})
    for key, level in lock_many(StockLevel, moved).items():
        level.allocated += moved[key]


def _point_at(
    level: StockLevel, pick_list: PickList, taken: dict[PickLine, Decimal]
) -> dict[PickLine, Decimal]:
    """Let whole lines ask for the level; split off what is part of a line."""
    whole = [line for line, step in taken.items() if step == line.quantity]
    part = {line: step for line, step in taken.items() if step < line.quantity}
    claims = [line.allocation_id for line in whole]
    Allocation.objects.filter(pk__in=claims).update(level=level, reason=Allocation.Reason.SWAPPED)
    for line in whole:
        line.allocation.level = level
    less = {line.pk: -step for line, step in part.items()}
    add_to(PickLine, {"quantity": less})
    add_to(Allocation, {"quantity": {line.allocation_id: -step for line, step in part.items()}})
    split = _split_off(level, pick_list, part)
    return {line: taken[line] for line in whole} | {line: line.quantity for line in split}


def _split_off(
    level: StockLevel, pick_list: PickList, part: dict[PickLine, Decimal]
) -> list[PickLine]:
    if not part:
        return []
    last = PickLine.objects.filter(pick_list=pick_list).aggregate(last=Max("position"))["last"]
    claims = Allocation.objects.bulk_create(
        Allocation(
            line_id=line.order_line_id,
            level=level,
            quantity=step,
            reason=Allocation.Reason.SWAPPED,
            allocated_at=line.allocation.allocated_at,
        )
        for line, step in part.items()
    )
    lines = [
        PickLine(
            pick_list=pick_list,
            allocation=claim,
            order_line=line.order_line,
            position=last + number,
            quantity=claim.quantity,
        )
        for number, (line, claim) in enumerate(zip(part, claims, strict=True), start=1)
    ]
    return PickLine.objects.bulk_create(lines)
