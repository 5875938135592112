"""The goods arrive: who took them, how much of each line, and the paper that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.services import record_progress
from shipping.events import GoodsRefused, LostHasArrived, ShipmentDelivered
from shipping.models import ProofLine, ProofOfDelivery, Shipment, ShipmentLine
from shipping.services.cases import end_by_arrival, open_case
from shipping.services.holding import Held, hold
from shipping.services.whole import broken_lines

Kind = Shipment.ExceptionKind
REASON_LENGTH, NOTE_LENGTH = 200, 300


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """How much of a shipment's line was not taken at the door, and why."""

    quantity: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Who took a shipment, when, and the paper or picture that shows it."""

    received_by: str
    received_at: datetime
    note: str = ""
    file: StoredFile | None = None


@service
def deliver_shipment(shipment_id: int, *, received_by: str, at: datetime, actor: Actor) -> Shipment:
    """Record that all of it has arrived and was taken.

    Raises:
        TransitionNotAllowed: it has not left, or was delivered already.
    """
    delivery = Delivery(received_by=received_by, received_at=at)
    return _arrive(hold(shipment_id), delivery, at=at, actor=actor)


@service
def arrive(
    shipment_id: int, *, received_by: str, received_at: datetime, at: datetime, actor: Actor
) -> Shipment:
    """Like `deliver_shipment`, told by a carrier and known only later.

    What was proved before stays as it is, also that nothing was taken: a driver's scan says
    less than a proof of delivery.

    Raises:
        TransitionNotAllowed: it has not left, or was delivered already.
    """
    held = hold(shipment_id)
    shipment = held.shipment
    if shipment.delivered_at is None and _proof_of(shipment):
        return shipment
    delivery = Delivery(received_by=received_by, received_at=received_at)
    return _arrive(held, delivery, at=at, actor=actor)


@service
def record_proof(
    shipment_id: int,
    *,
    delivery: Delivery,
    refused: Mapping[int, Refusal],
    at: datetime,
    actor: Actor,
) -> ProofOfDelivery:
    """Record who took a shipment and what of it: all that is not in `refused`, `{line: …}`.

    What was refused becomes a case to take it back; of what nothing was taken has not been
    delivered. A later proof, such as the signed paper after the driver's scan, takes the place
    of what was recorded before; a file that is there stays unless another comes. Of what is
    settled as lost it is kept, and who settled it is told: it is credited, so nothing moves.

    Raises:
        TransitionNotAllowed: it has not left, or never arrived and is here again.
        InvalidInput: a time that cannot be, more refused than was sent, or without a reason.
    """
    held = hold(shipment_id)
    dispatched_at = held.shipment.dispatched_at
    if dispatched_at is None:
        raise TransitionNotAllowed(object=held.shipment, method=Shipment.deliver)
    if not delivery.received_by.strip():
        raise InvalidInput(_("Say who received it."), field="received_by")
    if delivery.received_at > at:
        raise InvalidInput(_("This lies in the future."), field="received_at")
    if delivery.received_at < dispatched_at:
        raise InvalidInput(_("This is before the shipment left."), field="received_at")
    _check(held, refused)
    if held.shipment.state == Shipment.State.LOST:
        return _keep(held, delivery, refused, at=at, actor=actor)
    return _prove(held, delivery, refused, at=at, actor=actor)


def _keep(
    held: Held, delivery: Delivery, refused: Mapping[int, Refusal], *, at: datetime, actor: Actor
) -> ProofOfDelivery:
    """Keep what is told of goods that are credited as lost, for whoever claims them back."""
    shipment = held.shipment
    proof = _proof_of(shipment) or ProofOfDelivery(shipment=shipment, recorded_at=at)
    lines = [_line(line, refused.get(line.pk)) for line in held.lines]
    touches = [shipment.label, *held.labels]
    _save(_write(proof, delivery), lines, at=at, actor=actor, touches=touches)
    publish(LostHasArrived(shipment_id=shipment.pk, at=at, actor=actor))
    return proof


def _arrive(held: Held, delivery: Delivery, *, at: datetime, actor: Actor) -> Shipment:
    shipment = held.shipment
    if shipment.delivered_at is None:
        _prove(held, delivery, {}, at=at, actor=actor)
    else:
        shipment.deliver(at=shipment.delivered_at, received_by=delivery.received_by)
        audit.save(shipment, at=at, actor=actor, touches=held.labels)
        end_by_arrival(shipment, at=at, actor=actor)
    return shipment


def _check(held: Held, refused: Mapping[int, Refusal]) -> None:
    sent = {line.pk: line.quantity for line in held.lines}
    whole = broken_lines((key, refusal.quantity) for key, refusal in refused.items())
    for line_id, refusal in refused.items():
        field = f"lines.{line_id}.refused"
        if line_id not in sent:
            raise InvalidInput(_("The shipment has no such line."), field=field)
        if refusal.quantity < 0:
            raise InvalidInput(_("Less than nothing cannot be refused."), field=field)
        if refusal.quantity > sent[line_id]:
            message = _("Only %(sent)s were sent.") % {"sent": f"{sent[line_id].normalize():f}"}
            raise InvalidInput(message, field=field)
        if line_id in whole and refusal.quantity != sent[line_id]:
            raise InvalidInput(whole[line_id], field=field)
        if refusal.quantity and not refusal.reason.strip():
            message = _("Say why it was refused.")
            raise InvalidInput(message, field=f"lines.{line_id}.reason")


def _prove(
    held: Held, delivery: Delivery, refused: Mapping[int, Refusal], *, at: datetime, actor: Actor
) -> ProofOfDelivery:
    shipment = held.shipment
    proof = _proof_of(shipment)
    is_first = shipment.delivered_at is None
    before = {} if is_first else _accepted(held, proof)
    lines = [_line(line, refused.get(line.pk)) for line in held.lines]
    _move(shipment, lines, delivery)
    audit.save(shipment, at=at, actor=actor, touches=held.labels)
    proof = _write(proof or ProofOfDelivery(shipment=shipment, recorded_at=at), delivery)
    _save(proof, lines, at=at, actor=actor, touches=[shipment.label, *held.labels])
    after = {line.shipment_line_id: line.accepted for line in lines}
    _count(held, before, after, at=at, actor=actor)
    if shipment.delivered_at is not None:
        end_by_arrival(shipment, at=at, actor=actor)
    if any(line.refused for line in lines):
        _refuse(shipment, _reasons(lines), at=at, actor=actor)
    if is_first and shipment.delivered_at is not None:
        publish(ShipmentDelivered(shipment_id=shipment.pk, at=at, actor=actor))
    return proof


def _proof_of(shipment: Shipment) -> ProofOfDelivery | None:
    return ProofOfDelivery.objects.filter(shipment=shipment).first()


def _refuse(shipment: Shipment, reasons: str, *, at: datetime, actor: Actor) -> None:
    """Open a case to take it back; one that is open hears of what is refused now, too."""
    case = open_case(shipment, kind=Kind.REFUSED, note=reasons, at=at, actor=actor)
    if case is None:
        publish(GoodsRefused(shipment_id=shipment.pk, at=at, actor=actor))


def _write(proof: ProofOfDelivery, delivery: Delivery) -> ProofOfDelivery:
    proof.received_by, proof.received_at = delivery.received_by.strip(), delivery.received_at
    proof.note = delivery.note or proof.note
    proof.file = delivery.file or proof.file
    return proof


def _line(line: ShipmentLine, refusal: Refusal | None) -> ProofLine:
    refused = refusal.quantity if refusal else ZERO
    reason = refusal.reason.strip() if refusal and refused else ""
    return ProofLine(
        shipment_line=line, accepted=line.quantity - refused, refused=refused, reason=reason
    )


def _move(shipment: Shipment, lines: list[ProofLine], delivery: Delivery) -> None:
    """Of what nothing was taken has not been delivered."""
    at, received_by = delivery.received_at, delivery.received_by
    if any(line.accepted for line in lines):
        if shipment.state == Shipment.State.DELIVERED:
            shipment.delivered_at, shipment.received_by = at, received_by
        else:
            shipment.deliver(at=at, received_by=received_by)
    else:
        shipment.fail(kind=Kind.REFUSED, note=_reasons(lines))


def _save(
    proof: ProofOfDelivery,
    lines: list[ProofLine],
    *,
    at: datetime,
    actor: Actor,
    touches: list[str],
) -> None:
    if proof.pk is None:
        audit.create(proof, at=at, actor=actor, touches=touches)
    else:
        audit.save(proof, at=at, actor=actor, touches=touches)
        proof.lines.all().delete()
    for line in lines:
        line.proof = proof
    rows.append(lines)


def _count(
    held: Held,
    before: Mapping[int, Decimal],
    after: Mapping[int, Decimal],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Move the order lines by what is accepted now and was not before."""
    for order in held.orders:
        deltas: dict[int, Decimal] = {}
        for line in held.lines:
            if line.order_id == order.pk:
                delta = after.get(line.pk, ZERO) - before.get(line.pk, ZERO)
                deltas[line.order_line_id] = deltas.get(line.order_line_id, ZERO) + delta
        record_progress(order.pk, changes={"delivered": deltas}, at=at, actor=actor)


def _reasons(lines: list[ProofLine]) -> str:
    """Say what was refused and why, as far as it fits."""
    texts = [f"{line.refused.normalize():f}: {line.reason}" for line in lines if line.refused]
    return "; ".join(texts)[:NOTE_LENGTH]


def _accepted(held: Held, proof: ProofOfDelivery | None) -> dict[int, Decimal]:
    """Return what counts as delivered: by the proof, or all where none tells."""
    if proof is None:
        return {line.pk: line.quantity for line in held.lines}
    return dict(proof.lines.values_list("shipment_line", "accepted"))
