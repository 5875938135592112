"""The goods leave."""

from datetime import datetime

from credit.models import ExposureEntry
from credit.services import record_exposure
from fulfillment.services import ensure_whole, ship_stock
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order
from orders.selectors import gross_of, open_gross
from orders.services import lines_of, record_progress
from shipping.events import ShipmentDispatched
from shipping.models import Shipment
from shipping.services.holding import Held, hold

Kind = ExposureEntry.Kind


@service
def dispatch_shipment(
    shipment_id: int, *, in_part: str = "", at: datetime, actor: Actor
) -> Shipment:
    """Hand a labelled shipment to its carrier: stock, order lines and exposure move together.

    Args:
        in_part: why part of an order leaves whose customer takes it only as a whole.

    Raises:
        TransitionNotAllowed: it has no label, or has left already.
        NotComplete: part of such an order is not packed yet, and no reason is given.
        UnsoundLot: goods of a lot are in it that may not leave.
    """
    held = hold(shipment_id)
    held.shipment.dispatch(at=at)
    if not in_part.strip():
        for order in held.orders:
            ensure_whole(order)
    audit.save(held.shipment, at=at, actor=actor, reason=in_part, touches=held.labels)
    for order in held.orders:
        _ship_order(held, order, at=at, actor=actor)
    ship_stock(pick_list_ids=held.pick_list_ids, source=held.shipment.label, at=at, actor=actor)
    publish(ShipmentDispatched(shipment_id=shipment_id, at=at, actor=actor))
    return held.shipment


def _ship_order(held: Held, order: Order, *, at: datetime, actor: Actor) -> None:
    """Move the order's lines on, and what they cost from ordered to shipped but unbilled."""
    lines, shipped = lines_of(order), held.quantities(order)
    before = open_gross(order, lines)
    changes = {
        "shipped": shipped,
        "allocated": {line_id: -quantity for line_id, quantity in shipped.items()},
    }
    record_progress(order.pk, changes=changes, at=at, actor=actor)
    record_exposure(
        order.customer_id,
        source=f"{held.shipment.label}:{order.pk}",
        amounts={
            Kind.OPEN_ORDER: open_gross(order, lines) - before,
            Kind.SHIPPED_UNBILLED: gross_of(order, lines, shipped),
        },
        at=at,
    )
