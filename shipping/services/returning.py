"""Goods come back: announced, received, looked at, and credited or not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.services import lock_order, record_progress
from shipping.events import ReturnAnnounced, ReturnRefused, ReturnSettled
from shipping.models import ProofLine, Return, ReturnLine, Shipment, ShipmentLine
from shipping.return_selectors import not_credited, refused_and_announced, returnable
from shipping.services.whole import broken_lines

# One more digit than the columns hold, and their smallest step.
LIMIT, STEP = Decimal(10) ** 9, Decimal("0.001")


class NothingToReturn(DomainError):
    """Nothing of it is left that could come back."""

    code = "nothing_to_return"


@dataclass(frozen=True, kw_only=True)
class Coming:
    """So much of a shipment's line is to come back, and why."""

    shipment_line_id: int
    quantity: Decimal
    reason: str


@service
def announce_return(
    customer_id: int,
    *,
    goods: Sequence[Coming],
    note: str = "",
    at: datetime,
    actor: Actor,
) -> Return:
    """Note that a customer sends goods back, of one or many of their shipments.

    They come to the house that the first of them left. What is announced already counts as
    returned, so that nothing comes back twice.

    Raises:
        InvalidInput: nothing is named, a line twice or that is not the customer's, a quantity that
            is none, or more than was shipped and has not come back; `field` is `lines.<line id>`.
    """
    if not goods:
        raise InvalidInput(_("Say what comes back: enter a quantity for one line at least."))
    lines = _hold_lines(customer_id, [one.shipment_line_id for one in goods])
    left = returnable(lines)
    whole = broken_lines((one.shipment_line_id, one.quantity) for one in goods)
    for one in goods:
        _ensure_fits(one, left.get(one.shipment_line_id), whole)
    first = lines[goods[0].shipment_line_id]
    made = Return(
        public_id=public_id("rma"),
        customer_id=customer_id,
        warehouse_id=first.shipment.warehouse_id,
        note=note,
        announced_at=at,
    )
    touched = {lines[one.shipment_line_id].order.label for one in goods}
    touched |= {lines[one.shipment_line_id].shipment.label for one in goods}
    audit.create(made, at=at, actor=actor, touches=sorted(touched))
    rows.append([_line_of(made, one) for one in goods])
    publish(ReturnAnnounced(return_id=made.pk, at=at, actor=actor))
    return made


def _line_of(made: Return, one: Coming) -> ReturnLine:
    return rows.make(
        ReturnLine,
        of_id=made.pk,
        shipment_line_id=one.shipment_line_id,
        reason=one.reason,
        announced=one.quantity,
    )


@service
def announce_refused(shipment_id: int, *, at: datetime, actor: Actor) -> Return:
    """Announce what was refused at the door of a shipment and is not announced yet: one step.

    Where no proof of delivery says what was refused, nothing of it was taken.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NothingToReturn: nothing was refused, or all of that is announced already.
    """
    shipment = Shipment.objects.get(pk=shipment_id)
    lines = {line.pk: line for line in shipment.lines.order_by("pk")}
    held = _hold_lines(shipment.customer_id, lines)
    left, refused = returnable(held), _refused(shipment, lines)
    coming = refused_and_announced(lines)
    missing = {
        key: min(quantity - coming.get(key, ZERO), left[key]) for key, quantity in refused.items()
    }
    goods = [
        Coming(shipment_line_id=key, quantity=quantity, reason=ReturnLine.Reason.REFUSED)
        for key, quantity in missing.items()
        if quantity > 0
    ]
    if not goods:
        raise NothingToReturn(
            _("Nothing of %(shipment)s was refused that is not on its way back already.")
            % {"shipment": shipment.number}
        )
    note = _("Refused at the door: %(shipment)s") % {"shipment": shipment.number}
    return announce_return(shipment.customer_id, goods=goods, note=note, at=at, actor=actor)


@service
def settle_return(return_id: int, *, answer: str = "", at: datetime, actor: Actor) -> Return:
    """Agree to credit what was accepted; invoicing hears that a credit memo is due.

    Raises:
        Return.DoesNotExist: no such return.
        TransitionNotAllowed: it was not looked at, or is settled or refused already.
        InvalidInput: something was not accepted, and no word to the customer says why.
    """
    row = lock(Return, return_id)
    row.settle(at=at)
    row.answer = answer.strip()
    if not row.answer and not_credited([return_id]).exists():
        raise InvalidInput(
            _("Not all that came back is credited. Say why: the customer reads it."),
            field="answer",
        )
    audit.save(row, at=at, actor=actor, reason=row.answer)
    publish(ReturnSettled(return_id=return_id, at=at, actor=actor))
    return row


@service
def refuse_return(return_id: int, *, answer: str, at: datetime, actor: Actor) -> Return:
    """Credit nothing: before the goods have come, or after they were looked at.

    Raises:
        Return.DoesNotExist: no such return.
        TransitionNotAllowed: the goods are here and nobody has looked at them, or it is over.
        InvalidInput: without a word to the customer why.
    """
    if not answer.strip():
        raise InvalidInput(_("Say why: the customer reads it."), field="answer")
    row = lock(Return, return_id)
    row.refuse(answer=answer.strip())
    audit.save(row, at=at, actor=actor, reason=row.answer)
    publish(ReturnRefused(return_id=return_id, at=at, actor=actor))
    return row


def count_returned(quantities: Mapping[int, Decimal], *, at: datetime, actor: Actor) -> None:
    """Add what came back, `{shipment line: quantity}`, to the lines of its locked orders."""
    changes: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in ShipmentLine.objects.filter(pk__in=quantities).order_by("order", "pk"):
        changes[line.order_id][line.order_line_id] += quantities[line.pk]
    for order_id, returned in changes.items():
        record_progress(order_id, changes={"returned": returned}, at=at, actor=actor)


def hold_orders_of(line_ids: Iterable[int]) -> None:
    """Lock the orders of shipment lines, so that nobody else counts their returns meanwhile."""
    lines = ShipmentLine.objects.filter(pk__in=line_ids)
    for order_id in sorted(set(lines.values_list("order_id", flat=True))):
        lock_order(order_id)


def _hold_lines(customer_id: int, line_ids: Iterable[int]) -> dict[int, ShipmentLine]:
    """Lock the orders of a customer's shipped lines; return those lines."""
    found = ShipmentLine.objects.filter(
        pk__in=list(line_ids),
        shipment__customer=customer_id,
        shipment__dispatched_at__isnull=False,
    ).select_related("shipment", "order")
    lines = {line.pk: line for line in found}
    hold_orders_of(lines)
    return lines


def _ensure_fits(one: Coming, left: Decimal | None, whole: Mapping[int, str]) -> None:
    field = f"lines.{one.shipment_line_id}"
    if left is None:
        raise InvalidInput(_("This is no line of a shipment that has left."), field=field)
    if one.reason not in ReturnLine.COMING_BACK:
        raise InvalidInput(_("Choose why it comes back."), field=field)
    if not one.quantity.is_finite() or not 0 < one.quantity < LIMIT or one.quantity % STEP:
        raise InvalidInput(
            _("Enter a quantity above zero, with three decimals at most."), field=field
        )
    if one.quantity > left:
        raise too_much(left, field=field)
    if one.quantity != left and one.shipment_line_id in whole:
        raise InvalidInput(whole[one.shipment_line_id], field=field)


def too_much(left: Decimal, *, field: str) -> InvalidInput:
    """Return the refusal of more than can still come back."""
    message = _("Only %(left)s can come back: the rest is returned or announced already.")
    return InvalidInput(message % {"left": f"{left.normalize():f}"}, field=field)


def _refused(shipment: Shipment, lines: Mapping[int, ShipmentLine]) -> dict[int, Decimal]:
    proofs = ProofLine.objects.filter(shipment_line__shipment=shipment)
    told = dict(proofs.values_list("shipment_line", "refused"))
    if told:
        return {key: told.get(key, ZERO) for key in lines}
    if shipment.cases.filter(kind=Shipment.ExceptionKind.REFUSED).exists():
        return {key: line.quantity for key, line in lines.items()}
    return {}
