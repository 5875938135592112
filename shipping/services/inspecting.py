"""Goods that came back are counted, looked at, and put where they belong."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment import services as fulfillment
from fulfillment.models import Location, Lot
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import ReturnInspected
from shipping.models import Return, ReturnLine
from shipping.return_selectors import lines_for_page, waiting_to_be_stored
from shipping.services.returning import LIMIT, STEP, count_returned, hold_orders_of

Disposition = ReturnLine.Disposition
# By product and code.
Lots = Mapping[tuple[int, str], Lot]


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """So much of an announced line has come, of one lot where the product is kept by lot."""

    line_id: int
    quantity: Decimal
    lot_code: str = ""


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

    Several lots of one line become lines of their own. What is not named has not come.

    Raises:
        Return.DoesNotExist: no such return.
        TransitionNotAllowed: it was received already, or refused.
        InvalidInput: nothing has come, more than announced, or a lot is missing or unknown;
            `field` is `lines.<line id>`.
    """
    found = list(lines_for_page().filter(of=return_id))
    hold_orders_of(line.shipment_line_id for line in found)
    row = lock(Return, return_id)
    row.receive(at=at)
    per_line: dict[int, list[Arrived]] = defaultdict(list)
    for one in goods:
        if one.quantity:
            per_line[one.line_id].append(one)
    if not per_line:
        raise InvalidInput(_("Enter what has come, or refuse the return."))
    lines = {line.pk: line for line in found}
    known = _known_lots(found, goods)
    made: list[ReturnLine] = []
    for line_id, parts in per_line.items():
        if line_id not in lines:
            raise InvalidInput(_("This is no line of the return."), field=f"lines.{line_id}")
        made += _count(lines[line_id], parts, known)
    rows.update_many(found, ["announced", "received", "lot_id"])
    rows.append(made)
    audit.save(row, at=at, actor=actor, touches=_orders(found))
    count_returned(_sums([*found, *made]), at=at, actor=actor)
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


def store_returned(return_id: int, *, at: datetime, actor: Actor) -> int:
    """Put what was looked at to its places, a step each; return how many lines were put now.

    Safe twice: what lies in its place already stays there.
    """
    stored = 0
    for line in waiting_to_be_stored([return_id]).select_related("shipment_line__order_line"):
        try:
            fulfillment.receive_return(
                location_id=line.location_id or 0,
                product_id=line.shipment_line.order_line.product_id,
                lot_id=line.lot_id,
                quantity=line.received,
                source=f"return:{line.pk}",
                reason=line.get_reason_display(),
                at=at,
                actor=actor,
            )
        except fulfillment.AlreadyRecorded:
            continue
        stored += 1
    return stored


def _known_lots(lines: Iterable[ReturnLine], goods: Iterable[Arrived]) -> Lots:
    """Return the lots of these products with these codes, by both; one statement."""
    products = {line.shipment_line.order_line.product_id for line in lines}
    codes = {one.lot_code.strip() for one in goods} - {""}
    found = Lot.objects.filter(product__in=products, code__in=codes)
    return {(lot.product_id, lot.code): lot for lot in found}


def _count(line: ReturnLine, parts: Sequence[Arrived], known: Lots) -> list[ReturnLine]:
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
    lots = _lots(line, parts, known)
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


def _lots(line: ReturnLine, parts: Sequence[Arrived], known: Lots) -> list[int | None]:
    """Return the lot of each part; none where the product is not kept by lot."""
    field, product = f"lines.{line.pk}", line.shipment_line.order_line.product
    codes = [part.lot_code.strip() for part in parts]
    if product.tracking == Product.Tracking.NONE:
        if any(codes) or len(parts) > 1:
            message = _("%(sku)s is not kept by lot.") % {"sku": product.sku}
            raise InvalidInput(message, field=field)
        return [None]
    if len(set(codes)) < len(codes):
        raise InvalidInput(_("The same lot is entered twice."), field=field)
    found = [known.get((product.pk, code)) for code in codes]
    for code, part, lot in zip(codes, parts, found, strict=True):
        if lot is None:
            raise InvalidInput(
                _("We never had lot “%(code)s” of %(sku)s. Read it from the goods again.")
                % {"code": code, "sku": product.sku},
                field=field,
            )
        if lot.is_serial and part.quantity != 1:
            raise InvalidInput(_("A serial number stands for one piece."), field=field)
    return [lot.pk for lot in found if lot]


def _judge(line: ReturnLine, verdict: Verdict | None, places: Mapping[int, Location]) -> None:
    field = f"lines.{line.pk}"
    if verdict is None or verdict.disposition not in Disposition.values:
        raise InvalidInput(_("Say what becomes of it."), field=field)
    if not verdict.accepted.is_finite() or not 0 <= verdict.accepted <= line.received:
        raise InvalidInput(
            _("Credit between 0 and what has come, %(received)s.")
            % {"received": f"{line.received.normalize():f}"},
            field=field,
        )
    place = places.get(verdict.location_id or 0)
    line.disposition, line.accepted = verdict.disposition, verdict.accepted
    line.location = None
    if verdict.disposition == Disposition.SCRAP:
        return
    is_shelf = place is not None and place.kind in Location.PICKED_FROM
    if place is None or is_shelf != (verdict.disposition == Disposition.RESTOCK):
        raise InvalidInput(
            _("Choose a shelf of the house that it came to.")
            if verdict.disposition == Disposition.RESTOCK
            else _("Choose a quarantine place of the house that it came to."),
            field=field,
        )
    line.location = place


def _sums(lines: Iterable[ReturnLine]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.shipment_line_id] += line.received
    return dict(sums)


def _orders(lines: Iterable[ReturnLine]) -> list[str]:
    return sorted({line.shipment_line.order.label for line in lines})
