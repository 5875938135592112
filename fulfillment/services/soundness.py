"""Nothing of a lot leaves that is recalled or too old."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from fulfillment.models import Allocation, Lot, PickLine, StockLevel
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock_many


class UnsoundLot(DomainError):
    """A pick list has goods of a lot that may not leave."""

    code = "unsound_lot"


def is_sound(lot: Lot, *, on: date) -> bool:
    """Say whether a lot may leave on a day."""
    return not lot.blocked_reason and (lot.expires_on is None or lot.expires_on >= on)


def unsound(*, on: date) -> Q:
    """Return what is true of lots that may not leave on a day."""
    return ~Q(blocked_reason="") | Q(expires_on__lt=on)


def why_unsound(lot: Lot) -> str:
    """Say in words why a lot may not leave, for the page and the API."""
    if lot.blocked_reason:
        return _("it is recalled")
    return _("it has expired")


def may_not_leave(lot: Lot) -> str:
    """Say to who has found some of it what to do."""
    message = _("Lot %(lot)s may not leave: %(why)s. Put it back, and enter 0.")
    return message % {"lot": lot.code, "why": why_unsound(lot)}


def unsound_lots(lines: Iterable[PickLine], *, on: date) -> list[int]:
    """Return the lots of pick lines that may not leave on a day."""
    found = unsound_levels({line.allocation.level_id for line in lines}, on=on)
    return sorted({lot.pk for lot in found.values()})


def unsound_levels(level_ids: Iterable[int], *, on: date) -> dict[int, Lot]:
    """Return the lots at these levels that may not leave on a day, by the level's key."""
    lots = Lot.objects.filter(unsound(on=on), stock_levels__in=list(level_ids))
    found = lots.annotate(level_id=F("stock_levels__pk")).order_by("pk")
    return {lot.level_id: lot for lot in found}


def ensure_sound(pick_list_ids: Sequence[int], *, on: date) -> None:
    """Refuse to let packed lists leave with a lot that may not; locks the places of lots.

    A recall holds the same places: it is either seen here, or comes when the goods have left.

    Raises:
        UnsoundLot: one of them has goods of a lot that is recalled, or has expired by this day.
    """
    claims = PickLine.objects.filter(
        pick_list__in=list(pick_list_ids), allocation__state=Allocation.State.ACTIVE, picked__gt=0
    )
    places = claims.values_list("allocation__level_id", "allocation__level__lot_id")
    levels = dict(places.order_by())
    lot_ids = {lot_id for lot_id in levels.values() if lot_id is not None}
    if not lot_ids:
        return
    lock_many(StockLevel, levels)
    bad = Lot.objects.filter(unsound(on=on), pk__in=lot_ids).order_by("pk").first()
    if bad is None:
        return
    found = claims.filter(allocation__level__lot=bad).select_related("pick_list")
    line = found.order_by("pick_list").first()
    assert line is not None
    message = _(
        "%(list)s has goods of lot %(lot)s, which may not leave: %(why)s. Cancel the shipment,"
        " unpack the list, and release it again."
    )
    shown = {"list": line.pick_list, "lot": bad.code, "why": why_unsound(bad)}
    raise UnsoundLot(message % shown)
