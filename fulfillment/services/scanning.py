"""Scanning on the floor: what is in hand is counted on the lines that still need it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import broken_pieces
from fulfillment import selectors
from fulfillment.models import Lot, PickLine, PickList
from fulfillment.services.items import (
    AlreadyScanned,
    Item,
    NotPicking,
    TooMany,
    WrongItem,
    item_of,
)
from fulfillment.services.swapping import ensure_may_leave, swap_lot
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service

CODE_SHOWN = 60


@service
def scan(
    pick_list_id: int, *, code: str, quantity: Decimal, at: datetime, actor: Actor
) -> list[PickLine]:
    """Count a scanned item on the first lines that still need it; return those lines.

    `code` is a SKU, a GTIN of the piece or of a pack, a lot or serial number, or GS1 data. When
    another lot than the claimed one is in hand, and is free, the claim moves to it.

    Raises:
        NotPicking: the list is not being picked.
        BadBarcode: GS1 data that is damaged.
        WrongItem: it is not on the list, or of a lot that may not leave.
        LotNeeded: the product is kept by lot or serial number, and the code names none.
        TooMany: the list asks for less, or so many to put back were not counted.
    """
    pick_list = lock(PickList, pick_list_id)
    _ensure_walking(pick_list)
    lines = selectors.lines_with_items(pick_list_id)
    item = item_of(code, lines, where=pick_list)
    pieces = counted_at_all(quantity) * item.pieces
    return count_item(pick_list, lines, item, pieces, code=code, at=at, actor=actor)


def count_item(
    pick_list: PickList,
    lines: Sequence[PickLine],
    item: Item,
    pieces: Decimal,
    *,
    code: str,
    at: datetime,
    actor: Actor,
) -> list[PickLine]:
    """Count pieces of an item on the lines of a locked list; return those that took some.

    Raises:
        WrongItem: it is of a lot that may not leave.
        TooMany: the list asks for less, or so many to put back were not counted.
    """
    left = pieces
    fitting = [line for line in lines if item.is_on(line)]
    _ensure_sound(fitting, item, at=at)
    counted = spread(fitting, left)
    left -= sum(counted.values(), Decimal(0))
    if left > 0 and item.lot_code:
        ensure_not_scanned(item, fitting)
        others = [
            line
            for line in lines
            if line.order_line.product_id == item.product.pk and line not in fitting
        ]
        counted |= swap_lot(pick_list, others, item, quantity=left, at=at, actor=actor)
    else:
        ensure_none_left(left)
    return _note(pick_list, counted, code=code, at=at, actor=actor)


@service
def count_line(
    pick_list_id: int, *, line_id: int, quantity: Decimal, at: datetime, actor: Actor
) -> list[PickLine]:
    """Count one line by hand, without a scanner: so many more, or less below zero.

    Raises:
        NotPicking: the list is not being picked.
        WrongItem: the line is not on the list.
        TooMany: the line asks for less, or so many were not counted.
    """
    pick_list = lock(PickList, pick_list_id)
    _ensure_walking(pick_list)
    lines = [line for line in selectors.lines_with_items(pick_list_id) if line.pk == line_id]
    if not lines:
        raise WrongItem(_("The line is not on this list any more: look again."), field="code")
    counted = spread(lines, counted_at_all(quantity))
    ensure_none_left(quantity - sum(counted.values(), Decimal(0)))
    sku = lines[0].order_line.product.sku
    return _note(pick_list, counted, code=sku, at=at, actor=actor)


def spread(lines: Sequence[PickLine], quantity: Decimal) -> dict[PickLine, Decimal]:
    """Return how much of a quantity each line takes, in walking order, or gives back."""
    left, counted = quantity, {}
    for line in lines if quantity > 0 else reversed(lines):
        step = min(left, line.quantity - line.scanned) if left > 0 else max(left, -line.scanned)
        if step:
            counted[line] = step
            left -= step
    return counted


def ensure_none_left(left: Decimal) -> None:
    """Refuse what no line takes.

    Raises:
        TooMany: more than the lines ask for, or less than was counted.
    """
    if left > 0:
        message = _("That is %(left)s too many: put them back.")
        raise TooMany(message % {"left": f"{left.normalize():f}"}, field="quantity")
    if left < 0:
        raise TooMany(_("So many have not been counted."), field="quantity")


def _ensure_walking(pick_list: PickList) -> None:
    if pick_list.state != PickList.State.PICKING:
        raise NotPicking(
            _("%(list)s is %(state)s: start it before you scan.")
            % {"list": pick_list, "state": pick_list.get_state_display().lower()}
        )


def counted_at_all(quantity: Decimal) -> Decimal:
    """Refuse to count nothing.

    Raises:
        InvalidInput: it is zero, or no number.
    """
    if not quantity.is_finite() or not quantity:
        raise InvalidInput(_("Count at least one."), field="quantity")
    return quantity


def _ensure_sound(fitting: Sequence[PickLine], item: Item, *, at: datetime) -> None:
    """Look at the claimed lot again: it may have been recalled, or its label may say otherwise."""
    lots: list[Lot] = [line.allocation.level.lot for line in fitting if line.allocation.level.lot]
    for lot in lots[:1]:
        ensure_may_leave(lot, item, today=selectors.today_of(at))


def ensure_not_scanned(item: Item, fitting: Sequence[PickLine]) -> None:
    """Refuse a second scan of one piece. `fitting` are the lines that ask for it.

    Raises:
        AlreadyScanned: it is a serial number that these lines have counted.
    """
    if item.is_serial and fitting:
        message = _("Serial number %(code)s has been counted already.")
        raise AlreadyScanned(message % {"code": item.lot_code}, field="code")


def _ensure_whole(counted: Mapping[PickLine, Decimal]) -> None:
    """Refuse to have counted parts of what comes whole, unless the line asks for just that.

    Raises:
        InvalidInput: it is a part.
    """
    after = [(line, line.scanned + more) for line, more in counted.items()]
    parts = [(line.order_line.product_id, n) for line, n in after if n != line.quantity]
    for message in broken_pieces(parts).values():
        raise InvalidInput(message, field="quantity")


def _note(
    pick_list: PickList,
    counted: dict[PickLine, Decimal],
    *,
    code: str,
    at: datetime,
    actor: Actor,
) -> list[PickLine]:
    _ensure_whole(counted)
    add_to(PickLine, {"scanned": {line.pk: more for line, more in counted.items()}})
    changes = {code[:CODE_SHOWN]: (None, sum(counted.values(), Decimal(0)))}
    audit.record(pick_list.label, "scan", at=at, actor=actor, changes=changes)
    for line, more in counted.items():
        line.scanned += more
    return list(counted)
