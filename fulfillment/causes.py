"""What caused a move of stock, in words for people, and where to read on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment.models import StockMove
from o2c.kernel.ui.dates import day_text

Kind = StockMove.Kind
# Later stages are known by their addresses only.
PAGES = {Kind.SHIP: "shipping:shipment-by-key", Kind.RETURN: "shipping:return-of-line"}


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Words, and the page that they lead to; empty: there is none."""

    text: str
    href: str = ""


def give_causes(moves: Sequence[StockMove]) -> Sequence[StockMove]:
    """Give each move of a level its `cause`; one statement where goods were put elsewhere."""
    others = _other_ends(moves)
    for move in moves:
        other = others.get(move.source)
        move.cause = _transfer(move, other) if other else _cause(move)  # type: ignore[attr-defined]
    return moves


def _other_ends(moves: Sequence[StockMove]) -> Mapping[str, StockMove]:
    """Return what left or came at the other place of each transfer, by its source."""
    asked = [move for move in moves if move.kind == Kind.TRANSFER]
    if not asked:
        return {}
    ends = StockMove.objects.filter(kind=Kind.TRANSFER, source__in={move.source for move in asked})
    ends = ends.exclude(level=asked[0].level_id).select_related("level__location")
    return {move.source: move for move in ends.order_by("pk")}


def _transfer(move: StockMove, other: StockMove) -> Cause:
    words = _("From %(place)s") if move.quantity > 0 else _("To %(place)s")
    return Cause(
        text=words % {"place": other.level.location.code},
        href=reverse("fulfillment:level", args=[other.level_id]),
    )


def _cause(move: StockMove) -> Cause:
    kind, _colon, key = move.source.partition(":")
    day = {"day": day_text(move.at)}
    if move.kind in PAGES and key.isdigit():
        words = _("Shipment") if move.kind == Kind.SHIP else _("Return")
        return Cause(text=words, href=reverse(PAGES[Kind(move.kind)], args=[int(key)]))
    if move.kind == Kind.COUNT:
        return Cause(text=_("Count of %(day)s") % day)
    if move.kind == Kind.ADJUSTMENT:
        return Cause(text=_("Correction of %(day)s") % day)
    if kind == "opening":
        return Cause(text=_("Opening stock"))
    if kind == "receipt":
        return Cause(text=_("Delivery note %(number)s") % {"number": key})
    return Cause(text=move.source)
