"""From a packed pick list to a shipment that its carrier can take."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.models import PickList, Warehouse
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id
from o2c.kernel.transactions import service
from shipping import pickups, selectors, tariffs
from shipping.labels import tracking_number
from shipping.models import Carrier, PickupSchedule, Shipment, ShipmentLine
from shipping.services.booking import alive_of, ask_carrier, move_booking, withdraw


class NoPickup(DomainError):
    """No carrier is planned to take it."""

    code = "no_pickup"


class AlreadyLabelled(DomainError):
    """Its label is another carrier's."""

    code = "already_labelled"


@service
def plan_shipment(pick_list_id: int, *, at: datetime, actor: Actor) -> Shipment:
    """Put a packed pick list on the next pickup; planned without one when no carrier comes.

    Planned again, it is the same shipment.
    """
    pick_list = lock(PickList, pick_list_id)
    planned = selectors.live_shipment_of(pick_list_id)
    if planned is not None:
        return planned
    coming = selectors.coming_to(pick_list.warehouse_id)
    [(customer_id, ship_to_id, weight, package_count, promised_on)] = selectors.packed(pick_list_id)
    pickup, must_leave_by = None, None
    if coming:
        warehouse = coming[0].warehouse
        must_leave_by = pickups.must_leave_by(coming, warehouse, promised_on)
        pickup = _with_room(coming, warehouse, package_count, weight or ZERO, at=at)
    shipment = Shipment(
        public_id=public_id("shp"),
        customer_id=customer_id,
        ship_to_id=ship_to_id,
        warehouse_id=pick_list.warehouse_id,
        carrier=pickup.carrier if pickup else None,
        service_id=pickup.service_id if pickup else None,
        must_leave_by=must_leave_by,
        leaves_by=pickup.leaves_by if pickup else None,
        expected_on=pickup.expected_on if pickup else None,
        weight_kg=weight or ZERO,
        package_count=package_count,
        created_at=at,
    )
    touches = [f"order:{pick_list.order_id}", pick_list.label]
    adopt(audit.create(shipment, at=at, actor=actor, touches=touches))
    _load(shipment, pick_list)
    return shipment


def _with_room(
    coming: list[PickupSchedule],
    warehouse: Warehouse,
    packages: int,
    weight_kg: Decimal,
    *,
    at: datetime,
) -> pickups.Pickup | None:
    """Return the next pickup that has room for so much; what each takes is asked only if limited.

    The planner weighs promise and cost later, with all that waits before its eyes.
    """
    span = pickups.upcoming(coming, warehouse, after=at, until=at + pickups.HORIZON)
    if not any(pickup.is_limited for pickup in span):
        return span[0] if span else None
    loads = selectors.loads_of(warehouse.pk, since=at)
    for pickup in span:
        there, weight_there = loads.get(pickup.key, (0, ZERO))
        if pickup.has_room(packages=there + packages, weight_kg=weight_there + weight_kg):
            return pickup
    return None


def _load(shipment: Shipment, pick_list: PickList) -> None:
    """Note what of which order line goes along."""
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in selectors.taken_of(pick_list.pk):
        taken[line_id] += quantity or ZERO
    rows.insert(
        [
            ShipmentLine(
                shipment=shipment,
                order_id=pick_list.order_id,
                order_line_id=line_id,
                pick_list=pick_list,
                quantity=quantity,
            )
            for line_id, quantity in taken.items()
        ]
    )


@service
def assign_pickup(
    shipment_id: int, *, carrier_id: int, leaves_by: datetime, at: datetime, actor: Actor
) -> Shipment:
    """Move a shipment that has not left to another pickup of the schedule.

    What its carrier's system has booked is cancelled there, and asked for at the new pickup.

    Raises:
        InvalidInput: the carrier does not come then, or has been.
        AlreadyLabelled: its label is another carrier's.
        NoPickup: it has left, or never will.
    """
    shipment = lock(Shipment, shipment_id)
    if shipment.state not in Shipment.WAITING:
        raise NoPickup(
            _("%(shipment)s is %(state)s: it cannot be moved.")
            % {"shipment": shipment, "state": shipment.get_state_display().lower()}
        )
    booking = alive_of(shipment)
    is_labelled_by_us = shipment.state == Shipment.State.LABELLED and booking is None
    if is_labelled_by_us and shipment.carrier_id != carrier_id:
        raise AlreadyLabelled(
            _("%(shipment)s has a label of %(carrier)s: choose one of its pickups.")
            % {"shipment": shipment, "carrier": shipment.carrier}
        )
    pickup = _pickup_at(shipment, carrier_id, leaves_by, at=at)
    leaves = pickup.key != (shipment.carrier_id, shipment.leaves_by)
    shipment.carrier, shipment.leaves_by = pickup.carrier, pickup.leaves_by
    shipment.expected_on = pickup.expected_on
    _price(shipment, pickup, at=at)
    if booking is not None and leaves:
        move_booking(shipment, booking, pickup.carrier, at=at, actor=actor)
    return audit.save(shipment, at=at, actor=actor)


def _price(shipment: Shipment, pickup: pickups.Pickup, *, at: datetime) -> None:
    """Note the service and what it costs; no cost when no tariff says."""
    goods = tariffs.goods_of([shipment])[shipment.pk]
    known = tariffs.tariffs_of([pickup.carrier.pk], at=at)
    quote = known.quote(pickup.carrier.pk, pickup.service_id, goods)
    shipment.service_id = quote.service_id if quote else pickup.service_id
    shipment.freight_cost = quote.amount if quote else None
    # What the carrier has charged already stays in its currency.
    if quote or shipment.charged_cost is None:
        shipment.freight_currency = quote.currency if quote else ""


def _pickup_at(
    shipment: Shipment, carrier_id: int, leaves_by: datetime, *, at: datetime
) -> pickups.Pickup:
    warehouse = shipment.warehouse
    coming = pickups.upcoming(
        selectors.schedules_of(warehouse),
        warehouse,
        after=max(at, leaves_by - timedelta(seconds=1)),
        until=leaves_by,
    )
    for pickup in coming:
        if pickup.carrier.pk == carrier_id:
            return pickup
    raise InvalidInput(_("This carrier does not come then."), field="pickup")


@service
def label_shipment(shipment_id: int, *, at: datetime, actor: Actor) -> Shipment:
    """Give a planned shipment its tracking number. The label is drawn when it is first printed.

    A carrier with a system of its own is asked first: the shipment is labelled when it answers.

    Raises:
        TransitionNotAllowed: it has a label, or has left.
        NoPickup: no carrier is planned to take it.
    """
    shipment = lock(Shipment, shipment_id)
    carriers = rows.fetch(Carrier, "id", [shipment.carrier_id])
    if not carriers:
        raise NoPickup(_("Choose a pickup first: the label is its carrier's."))
    is_asked = shipment.state == Shipment.State.PLANNED and ask_carrier(
        shipment, carriers[0], at=at, actor=actor
    )
    if is_asked:
        return shipment
    shipment.attach_label(tracking_number=tracking_number(carriers[0].code, shipment.pk))
    return audit.save(shipment, at=at, actor=actor)


@service
def cancel_shipment(shipment_id: int, *, reason: str, at: datetime, actor: Actor) -> Shipment:
    """Take a shipment that has not left off the board; its goods stay packed, to be planned again.

    Raises:
        TransitionNotAllowed: it has left.
        InvalidInput: no reason is given.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why it is cancelled."), field="reason")
    shipment = lock(Shipment, shipment_id)
    booking = alive_of(shipment)
    shipment.cancel()
    if booking is not None:
        withdraw(booking, at=at, actor=actor)
    shipment.lines.all().delete()
    return audit.save(shipment, at=at, actor=actor, reason=reason)
