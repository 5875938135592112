"""Goods that came back are counted and looked at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import is_part
from fulfillment.models import Location
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import ReturnInspected
from shipping.models import Return, ReturnLine
from shipping.return_selectors import lines_for_page
from shipping.services.coming_back import end_returned, hold_undelivered
from shipping.services.returned_lots import Arrived, LotsOut, lots_of, lots_out
from shipping.services.returning import LIMIT, STEP, count_returned, hold_orders_of
from shipping.services.storing import place_for
from shipping.services.whole import broken_lines

Disposition = ReturnLine.Disposition


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of a line that came back, and how much of it is credited."""

    disposition: str
    accepted: Decimal
    location_id: int | None = None


@service
def receive_return_goods(
    return_id: int, *, goods: Sequence[Arrived], at: datetime, actor: Actor
) -> Return:
    """Count what has come of an announced return; the orders' lines count it as returned.

    Several lots of one line become lines of their own. What is not named has not come. Shipments
    that never arrived and are here again as a whole are over.

    Raises:
        Return.DoesNotExist: no such return.
        TransitionNotAllowed: it was received already, or refused.
        InvalidInput: nothing has come, more than announced, or a lot is missing, unknown, or
            did not leave with the line; `field` is `lines.<line id>`.
    """
    found = list(lines_for_page().filter(of=return_id))
    hold_orders_of(line.shipment_line_id for line in found)
    waiting = hold_undelivered(line.shipment_line_id for line in found)
    row = lock(Return, return_id)
    row.receive(at=at)
    per_line: dict[int, list[Arrived]] = defaultdict(list)
    for one in goods:
        if one.quantity:
            per_line[one.line_id].append(one)
    if not per_line:
        raise InvalidInput(_("Enter what has come, or refuse the return."))
    lines = {line.pk: line for line in found}
    out = lots_out(found, goods)
    _ensure_whole(lines, goods)
    made: list[ReturnLine] = []
    for line_id, parts in per_line.items():
        if line_id not in lines:
            raise InvalidInput(_("This is no line of the return."), field=f"lines.{line_id}")
        made += _count(lines[line_id], parts, out)
    rows.update_many(found, ["announced", "received", "lot_id"])
    rows.append(made)
    audit.save(row, at=at, actor=actor, touches=_orders(found))
    count_returned(_sums([*found, *made]), at=at, actor=actor)
    end_returned(waiting, number=row.number, at=at, actor=actor)
    return row


@service
def inspect_return(
    return_id: int, *, verdicts: Mapping[int, Verdict], at: datetime, actor: Actor
) -> Return:
    """Say what becomes of each line that came back; what is good goes to its place by itself.

    Raises:
        Return.DoesNotExist: no such return.
        TransitionNotAllowed: it is not here, or was looked at already.
        InvalidInput: a line without a verdict, or one that cannot be; `field` is `lines.<line id>`.
    """
    row = lock(Return, return_id)
    row.inspect()
    lines = [line for line in lines_for_page().filter(of=row) if line.received]
    wanted = {verdict.location_id for verdict in verdicts.values()} - {None}
    places = Location.objects.filter(warehouse=row.warehouse_id, is_active=True).in_bulk(wanted)
    for line in lines:
        _judge(line, verdicts.get(line.pk), places)
    rows.update_many(lines, ["disposition", "accepted", "location_id"])
    noted = {
        f"{line.shipment_line.order_line.sku} {line.get_disposition_display()}": (
            None,
            line.accepted,
        )
        for line in lines
    }
    audit.save(row, at=at, actor=actor)
    audit.record(row.label, "inspect", at=at, actor=actor, changes=noted)
    publish(ReturnInspected(return_id=return_id, at=at, actor=actor))
    return row


def _ensure_whole(lines: Mapping[int, ReturnLine], goods: Sequence[Arrived]) -> None:
    """Refuse parts of what comes in whole units only, unless just that was announced.

    Raises:
        InvalidInput: a part has come.
    """
    parts = [
        one
        for one in goods
        if one.line_id in lines and one.quantity != lines[one.line_id].announced
    ]
    whole = broken_lines((lines[one.line_id].shipment_line_id, one.quantity) for one in parts)
    for one in parts:
        message = whole.get(lines[one.line_id].shipment_line_id)
        if message and is_part(one.quantity):
            raise InvalidInput(message, field=f"lines.{one.line_id}")


def _count(line: ReturnLine, parts: Sequence[Arrived], out: LotsOut) -> list[ReturnLine]:
    """Count one line's goods; return the lines of its second and further lots, not stored yet."""
    field = f"lines.{line.pk}"
    total = sum((part.quantity for part in parts), ZERO)
    if any(not _is_quantity(part.quantity) for part in parts):
        raise InvalidInput(_("Enter a quantity, with three decimals at most."), field=field)
    if total > line.announced:
        raise InvalidInput(
            _("Only %(announced)s is announced. Announce the rest as a return of its own.")
            % {"announced": f"{line.announced.normalize():f}"},
            field=field,
        )
    lots = lots_of(line, parts, out)
    first, others = parts[0], list(zip(parts, lots, strict=True))[1:]
    line.announced -= total - first.quantity
    line.received, line.lot_id = first.quantity, lots[0]
    return [
        rows.make(
            ReturnLine,
            of_id=line.of_id,
            shipment_line_id=line.shipment_line_id,
            lot_id=lot_id,
            reason=line.reason,
            announced=part.quantity,
            received=part.quantity,
        )
        for part, lot_id in others
    ]


def _is_quantity(quantity: Decimal) -> bool:
    return quantity.is_finite() and 0 < quantity < LIMIT and not quantity % STEP


def _judge(line: ReturnLine, verdict: Verdict | None, places: Mapping[int, Location]) -> None:
    field = f"lines.{line.pk}"
    if verdict is None or verdict.disposition not in Disposition.values:
        raise InvalidInput(_("Say what becomes of it."), field=field)
    accepted = verdict.accepted
    if not accepted.is_finite() or not 0 <= accepted <= line.received or accepted % STEP:
        raise InvalidInput(
            _("Credit between 0 and what has come, %(received)s, with three decimals at most.")
            % {"received": f"{line.received.normalize():f}"},
            field=field,
        )
    place = places.get(verdict.location_id or 0)
    line.location = place_for(line, verdict.disposition, place)
    line.disposition, line.accepted = verdict.disposition, verdict.accepted


def _sums(lines: Iterable[ReturnLine]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.shipment_line_id] += line.received
    return dict(sums)


def _orders(lines: Iterable[ReturnLine]) -> list[str]:
    return sorted({line.shipment_line.order.label for line in lines})
