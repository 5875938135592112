"""What carriers and customers report about a shipment on its way."""

from datetime import datetime

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import ShipmentFailed
from shipping.models import Shipment, TrackingEvent
from shipping.services.dispatching import deliver_shipment
from shipping.services.holding import hold

MOVING = frozenset({"picked_up", "in_transit", "out_for_delivery"})
DELIVERED = "delivered"


@service
def record_tracking(
    shipment_id: int,
    *,
    event_id: str,
    code: str,
    note: str,
    happened_at: datetime,
    at: datetime,
    actor: Actor,
) -> Shipment:
    """Keep what a carrier reports, and move the shipment on when it is the latest news.

    The same event twice is one. Events may come in any order, and with codes that we do not
    know: all are kept; only what the shipment's state allows moves it.

    Args:
        code: `picked_up`, `in_transit`, `out_for_delivery`, `delivered`, a kind of exception
            (`late`, `lost`, `damaged`, `refused`), or the carrier's own.
        note: for people; with `delivered`, who received it.
    """
    shipment = hold(shipment_id).shipment
    if shipment.tracking.filter(event_id=event_id).exists():
        return shipment
    is_latest = not shipment.tracking.filter(at__gt=happened_at).exists()
    TrackingEvent.objects.create(
        shipment=shipment,
        event_id=event_id,
        code=code,
        note=note,
        at=happened_at,
        recorded_at=at,
    )
    if code == DELIVERED and can_proceed(shipment.deliver):
        return deliver_shipment(shipment_id, received_by=note, at=happened_at, actor=actor)
    if is_latest:
        _follow(shipment, code, note, at=at, actor=actor)
    return shipment


def _follow(shipment: Shipment, code: str, note: str, *, at: datetime, actor: Actor) -> None:
    if code in MOVING and can_proceed(shipment.move):
        shipment.move()
        audit.save(shipment, at=at, actor=actor)
    elif code in Shipment.ExceptionKind.values and can_proceed(shipment.fail):
        report_exception(shipment.pk, kind=code, note=note, at=at, actor=actor)


@service
def report_exception(
    shipment_id: int, *, kind: str, note: str, at: datetime, actor: Actor
) -> Shipment:
    """Note that a shipment is late, lost, damaged or refused; the customer is told.

    Raises:
        TransitionNotAllowed: it has not left.
        InvalidInput: there is no such kind.
    """
    if kind not in Shipment.ExceptionKind.values:
        raise InvalidInput(_("Choose what went wrong."), field="kind")
    shipment = lock(Shipment, shipment_id)
    shipment.fail(kind=kind, note=note)
    audit.save(shipment, at=at, actor=actor, reason=note)
    publish(ShipmentFailed(shipment_id=shipment_id, at=at, actor=actor))
    return shipment
