"""Moves: every change of what lies somewhere, written with the level that it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment.models import StockLevel, StockMove
from fulfillment.quantities import LIMIT
from fulfillment.services import stock
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.sql import add_to


class AlreadyRecorded(DomainError):
    """This delivery is in the books."""

    code = "already_recorded"


class StockPromised(DomainError):
    """More is claimed by orders than would be left."""

    code = "stock_promised"


class NotThere(InvalidInput):
    """Less lies there than is to be taken away."""

    code = "not_there"


@dataclass(frozen=True, kw_only=True)
class Move:
    """So much more (below zero: less) of a level."""

    level: StockLevel
    quantity: Decimal


MAKE = """
INSERT INTO fulfillment_stocklevel (product_id, location_id, lot_id, on_hand, allocated)
SELECT %s, %s, lot_id, 0, 0 FROM unnest(%s::bigint[]) AS wanted(lot_id) ORDER BY lot_id
    ON CONFLICT ON CONSTRAINT fulfillment_stocklevel_lot_once DO NOTHING
"""


def hold_places(
    *, product_id: int, location_id: int, lot_ids: Sequence[int | None]
) -> tuple[list[StockLevel], list[StockLevel]]:
    """Lock all places of a product; return those of these lots here, and all of them.

    A place that there was not yet is made.
    """
    values: list[Any] = [product_id, location_id, list(lot_ids)]
    with connection.cursor() as cursor:
        cursor.execute(MAKE, values)
    held = list(stock.hold_levels([product_id]).values())
    here = {level.lot_id: level for level in held if level.location_id == location_id}
    return [here[lot_id] for lot_id in lot_ids], held


def make_moves(
    moves: Sequence[Move], *, kind: str, source: str, reason: str, at: datetime, actor: Actor
) -> None:
    """Write moves of locked levels, and what is on hand after them; two statements in all.

    Raises:
        InvalidInput: more would lie at a place than the books can say.
    """
    for move in moves:
        ensure_room(move.level, move.quantity, field="quantity")
    rows.append(
        [
            rows.make(
                StockMove,
                level_id=move.level.pk,
                kind=kind,
                quantity=move.quantity,
                source=source,
                reason=reason,
                at=at,
                actor=actor.name,
            )
            for move in moves
        ]
    )
    add_to(StockLevel, {"on_hand": {move.level.pk: move.quantity for move in moves}})
    for move in moves:
        before = move.level.on_hand
        move.level.on_hand += move.quantity
        audit.record(
            f"stocklevel:{move.level.pk}",
            kind,
            at=at,
            actor=actor,
            changes={"on_hand": (before, move.level.on_hand)},
            reason=reason,
            touches=[f"lot:{move.level.lot_id}"] if move.level.lot_id else (),
        )


def ensure_room(level: StockLevel, quantity: Decimal, *, field: str) -> None:
    """Refuse what a locked level cannot take.

    Raises:
        InvalidInput: more would lie there than the books can say.
    """
    if level.on_hand + quantity < LIMIT:
        return
    message = _("%(on_hand)s lie there already: a place holds less than %(limit)s of a product.")
    shown = {"on_hand": f"{level.on_hand.normalize():f}", "limit": f"{LIMIT:f}"}
    raise InvalidInput(message % shown, field=field)


def ensure_takeable(level: StockLevel, quantity: Decimal) -> None:
    """Refuse to take away from a locked level what is not there, or is claimed.

    Raises:
        NotThere: nobody claims any of it, and less lies there.
        StockPromised: orders claim more than would be left.
    """
    if quantity <= level.available:
        return
    shown = {
        "free": f"{level.available.normalize():f}",
        "claimed": f"{level.allocated.normalize():f}",
        "on_hand": f"{level.on_hand.normalize():f}",
    }
    if not level.allocated:
        raise NotThere(_("Only %(on_hand)s lie there.") % shown, field="quantity")
    message = _(
        "Only %(free)s can be taken away: orders claim %(claimed)s of the %(on_hand)s there."
    )
    raise StockPromised(message % shown, field="quantity")


def ensure_new(levels: Iterable[StockLevel], *, kind: str, source: str) -> None:
    """Refuse what the same cause has moved here before.

    Raises:
        AlreadyRecorded: it has.
    """
    moves = StockMove.objects.filter(level__in=list(levels), kind=kind, source=source)
    if moves.exists():
        raise AlreadyRecorded(
            _("%(source)s was received here already.")
            % {"source": source.rsplit(":", maxsplit=1)[-1]}
        )
