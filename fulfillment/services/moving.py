"""Goods that are put elsewhere: away from the dock, into quarantine, to another house."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import ensure_whole
from fulfillment.models import CountTask, Location, StockLevel, StockMove
from fulfillment.services.counting import REASON_LENGTH
from fulfillment.services.moves import Move, ensure_takeable, hold_places, make_moves
from fulfillment.services.receiving import (
    announce,
    backorders_for,
    ensure_positive,
    is_picked_from,
    usable_location,
)
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.numbering import public_id
from o2c.kernel.transactions import service


class InDoubt(InvalidInput):
    """What the books say of the place is doubted."""

    code = "in_doubt"


@service
def transfer(
    level_id: int,
    *,
    to_location_id: int,
    quantity: Decimal,
    reason: str = "",
    at: datetime,
    actor: Actor,
) -> StockLevel:
    """Put goods that nobody claims somewhere else; return the level that they are at then.

    What comes where it can be picked serves the orders that wait.

    Raises:
        StockLevel.DoesNotExist, Location.DoesNotExist: there is none.
        InvalidInput: the quantity is not above zero, or the place is the same or used no more.
        NotThere: less lies there.
        StockPromised: orders claim more than would be left.
        InDoubt: somebody is to count there before anything of it is promised.
    """
    ensure_positive(quantity)
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(_("Say it in 200 characters."), field="reason")
    seen = StockLevel.objects.select_related("location").get(pk=level_id)
    if quantity != seen.on_hand:  # all that lies there may go, even a part
        ensure_whole(seen.product_id, quantity, field="quantity")
    target = _other_place(seen, to_location_id)
    is_freed = is_picked_from(target) and not is_picked_from(seen.location)
    order_ids = backorders_for(target, seen.product_id, quantity=quantity) if is_freed else []
    [there], held = hold_places(
        product_id=seen.product_id, location_id=target.pk, lot_ids=[seen.lot_id]
    )
    here = next(level for level in held if level.pk == level_id)
    _ensure_free(here, quantity)
    moves = [Move(level=here, quantity=-quantity), Move(level=there, quantity=quantity)]
    why, kind = reason or _way(seen.location, target), StockMove.Kind.TRANSFER
    make_moves(moves, kind=kind, source=public_id("transfer"), reason=why, at=at, actor=actor)
    if is_freed:
        announce(target, seen.product_id, order_ids, at=at, actor=actor)
    return there


def _other_place(seen: StockLevel, location_id: int) -> Location:
    target = usable_location(location_id)
    if target.pk == seen.location_id:
        raise InvalidInput(_("They are there already. Choose another place."), field="location")
    return target


def _ensure_free(here: StockLevel, quantity: Decimal) -> None:
    """Refuse what is not there, or claimed, or doubted; who opens and closes doubts waits."""
    if CountTask.objects.filter(level=here, state=CountTask.State.OPEN, blocks=True).exists():
        raise InDoubt(_("Nobody knows how much lies there: count it first."), field="quantity")
    ensure_takeable(here, quantity)


def _way(start: Location, end: Location) -> str:
    return _("%(start)s to %(end)s") % {"start": start.code, "end": end.code}
