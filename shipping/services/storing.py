"""Goods that came back are put to their places; what cannot be put waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fulfillment import services as fulfillment
from fulfillment.models import Location, StockMove
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import ReturnInspected, ReturnStuck
from shipping.models import Return, ReturnLine
from shipping.return_selectors import lines_for_page, waiting_to_be_stored

Disposition = ReturnLine.Disposition
PROBLEM_LENGTH = 200


class NothingStuck(DomainError):
    """All that came back lies in its place, or is on its way there."""

    code = "nothing_stuck"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What becomes of a line that came back, and where it goes; scrapped goods go nowhere."""

    disposition: str
    location_id: int | None = None


def store_returned(return_id: int, *, at: datetime, actor: Actor) -> int:
    """Put what was looked at to its places, a step each; return how many lines were put now.

    Safe twice: what lies in its place already stays there. A line that cannot be put stops no
    other: why is noted with it, people are told, and `store_elsewhere` goes on with it.
    """
    stored = 0
    problems: dict[int, str] = {}
    waiting = waiting_to_be_stored([return_id]).select_related("shipment_line__order_line")
    for line in waiting:
        try:
            _store(line, at=at, actor=actor)
        except fulfillment.AlreadyRecorded:
            continue
        except InvalidInput as refusal:
            problems[line.pk] = str(refusal)[:PROBLEM_LENGTH]
        else:
            stored += 1
    if problems:
        _note_problems(return_id, problems, at=at, actor=actor)
    return stored


@service
def store_elsewhere(
    return_id: int, *, targets: Mapping[int, Target], at: datetime, actor: Actor
) -> Return:
    """Say anew where lines go that could not be put to their places; they follow by themselves.

    Raises:
        Return.DoesNotExist: no such return.
        NothingStuck: no line of it waits for that.
        InvalidInput: a line without a target, or a place that cannot be; `field` is
            `lines.<line id>`.
    """
    row = lock(Return, return_id)
    lines = list(lines_for_page().filter(of=row).exclude(problem=""))
    if not lines:
        raise NothingStuck(_("Nothing of this return waits to be put away."))
    wanted = {target.location_id for target in targets.values()} - {None}
    places = Location.objects.filter(warehouse=row.warehouse_id, is_active=True).in_bulk(wanted)
    noted = {}
    for line in lines:
        target, before = targets.get(line.pk), _words(line)
        disposition = target.disposition if target else ""
        if disposition not in Disposition.values:
            raise InvalidInput(_("Say what becomes of it."), field=f"lines.{line.pk}")
        place = places.get(target.location_id or 0) if target else None
        line.disposition = disposition
        line.location = place_for(line, disposition, place)
        line.problem = ""
        name = f"{line.shipment_line.order_line.sku} {line.lot or ''}".strip()
        noted[name] = (before, _words(line))
    rows.update_many(lines, ["disposition", "location_id", "problem"])
    audit.record(row.label, "put elsewhere", at=at, actor=actor, changes=noted)
    publish(ReturnInspected(return_id=return_id, at=at, actor=actor))
    return row


def place_for(line: ReturnLine, disposition: str, place: Location | None) -> Location | None:
    """Return where a line goes: to a shelf or to quarantine; scrap goes nowhere.

    Raises:
        InvalidInput: the place is missing, or none for that; `field` is `lines.<line id>`.
    """
    if disposition == Disposition.SCRAP:
        return None
    is_shelf = place is not None and place.kind in Location.PICKED_FROM
    if place is None or is_shelf != (disposition == Disposition.RESTOCK):
        raise InvalidInput(
            _("Choose a shelf of the house that it came to.")
            if disposition == Disposition.RESTOCK
            else _("Choose a quarantine place of the house that it came to."),
            field=f"lines.{line.pk}",
        )
    return place


@service
def _store(line: ReturnLine, *, at: datetime, actor: Actor) -> None:
    """Put one line to its place.

    Raises:
        InvalidInput: the place is used no more, or the piece is on a shelf already.
        AlreadyRecorded: it lies in a place, this one or another.
    """
    source = f"return:{line.pk}"
    fulfillment.receive_return(
        location_id=line.location_id or 0,
        product_id=line.shipment_line.order_line.product_id,
        lot_id=line.lot_id,
        quantity=line.received,
        source=source,
        reason=line.get_reason_display(),
        at=at,
        actor=actor,
    )
    # All places of the product are locked now: who put it elsewhere meanwhile has committed.
    if StockMove.objects.filter(kind=StockMove.Kind.RETURN, source=source).count() > 1:
        raise fulfillment.AlreadyRecorded(_("This line lies in another place already."))
    if line.problem:
        line.problem = ""
        rows.update_many([line], ["problem"])


@service
def _note_problems(
    return_id: int, problems: Mapping[int, str], *, at: datetime, actor: Actor
) -> None:
    """Note why lines could not be put away; nothing of those that have been put since.

    People are told of what is new: the message that asked for it may come twice.
    """
    row = lock(Return, return_id)
    waiting = waiting_to_be_stored([return_id]).filter(pk__in=list(problems))
    lines = [line for line in waiting if line.problem != problems[line.pk]]
    for line in lines:
        line.problem = problems[line.pk]
    rows.update_many(lines, ["problem"])
    if lines:
        words = " ".join(dict.fromkeys(line.problem for line in lines))
        audit.record(row.label, "not put away", at=at, actor=actor, reason=words)
        publish(ReturnStuck(return_id=return_id, at=at, actor=actor))


def _words(line: ReturnLine) -> str:
    return f"{line.get_disposition_display()} {line.location or ''}".strip()
