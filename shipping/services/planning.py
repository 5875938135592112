"""From a packed pick list to a shipment that its carrier can take."""

from datetime import datetime

from django.utils.translation import gettext as _

from fulfillment.models import PickList, Warehouse
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock
from o2c.kernel.transactions import service
from shipping import pickups, selectors, tariffs
from shipping.labels import tracking_number
from shipping.models import Carrier, PickupPlan, PickupSchedule, Shipment
from shipping.services.booking import alive_of, ask_carrier, move_booking, withdraw
from shipping.services.consolidating import join_waiting
from shipping.services.loading import Load, goods_of, load_of, put_into, shipment_of
from shipping.services.pricing import price


class NoPickup(DomainError):
    """No carrier is planned to take it."""

    code = "no_pickup"


class NotPacked(DomainError):
    """Goods that are still picked have no shipment yet."""

    code = "not_packed"


class OnShipment(DomainError):
    """A shipment is to take the goods."""

    code = "on_shipment"


class AlreadyLabelled(DomainError):
    """Its label is another carrier's."""

    code = "already_labelled"


@service
def plan_shipment(pick_list_id: int, *, at: datetime, actor: Actor) -> Shipment:
    """Put a packed pick list on a pickup; planned without one when no carrier comes.

    It joins a shipment to the same address where the customer wants that and its pickup keeps
    the promise and has room; else it goes with the pickup that the plan reserved for it, or with
    the next that has room. Planned again, it is the same shipment.

    Raises:
        PickList.DoesNotExist: no such pick list.
        NotPacked: it is still on the floor, or has left.
    """
    pick_list = lock(PickList, pick_list_id)
    planned = selectors.live_shipment_of(pick_list_id)
    if planned is not None:
        return planned
    if pick_list.state != PickList.State.PACKED:
        raise NotPacked(_("%(pick_list)s is not packed.") % {"pick_list": pick_list.number})
    coming = selectors.coming_to(pick_list.warehouse_id)
    load = load_of(pick_list, coming)
    if load.joins_others:
        joint = join_waiting(pick_list, load, coming, at=at, actor=actor)
        if joint is not None:
            return joint
    pickup = _pickup_for(pick_list, load, coming, at=at)
    shipment = shipment_of(pick_list, load, at=at)
    if pickup is not None:
        shipment.carrier, shipment.leaves_by = pickup.carrier, pickup.leaves_by
        goods = goods_of(pick_list, load)
        price(shipment, pickup, goods, promised_on=load.promised_on, at=at)
    touches = [f"order:{pick_list.order_id}", pick_list.label]
    adopt(audit.create(shipment, at=at, actor=actor, touches=touches))
    put_into(shipment, pick_list)
    return shipment


def _pickup_for(
    pick_list: PickList, load: Load, coming: list[PickupSchedule], *, at: datetime
) -> pickups.Pickup | None:
    """Return the pickup that was reserved for it, or the next one that has room for it."""
    if not coming:
        return None
    house = coming[0].warehouse
    for plan in rows.fetch(PickupPlan, "pick_list_id", [pick_list.pk]):
        PickupPlan.objects.filter(pk=plan.pk).delete()
        reserved = pickups.pickup_at(coming, house, plan.carrier_id, plan.leaves_by)
        if reserved is not None and reserved.leaves_by > at:
            return reserved
    return _with_room(coming, house, load, at=at)


def _with_room(
    coming: list[PickupSchedule], warehouse: Warehouse, load: Load, *, at: datetime
) -> pickups.Pickup | None:
    """Return the next pickup that has room for it; what each takes is asked only if limited.

    The planner weighs promise and cost later, with all that waits before its eyes.
    """
    span = pickups.upcoming(coming, warehouse, after=at, until=at + pickups.HORIZON)
    if not any(pickup.is_limited for pickup in span):
        return span[0] if span else None
    taken = selectors.taken_room(warehouse.pk, since=at)
    return next((pickup for pickup in span if load.fits(pickup, taken)), None)


def ensure_no_shipment(pick_list_id: int) -> None:
    """Refuse to open the packages of a locked pick list while a shipment is to take them.

    Raises:
        OnShipment: one is.
    """
    planned = selectors.live_shipment_of(pick_list_id)
    if planned is not None:
        message = _("%(shipment)s is to take it: cancel that first, or take the list out of it.")
        raise OnShipment(message % {"shipment": planned})


@service
def assign_pickup(
    shipment_id: int, *, carrier_id: int, leaves_by: datetime, at: datetime, actor: Actor
) -> Shipment:
    """Move a shipment that has not left to another pickup of the schedule.

    What its carrier's system has booked is cancelled there, and asked for at the new pickup.

    Raises:
        InvalidInput: the carrier does not come then, has been, or that is too far ahead.
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
    pickup = _chosen(shipment, carrier_id, leaves_by, at=at)
    leaves = pickup.key != (shipment.carrier_id, shipment.leaves_by)
    shipment.carrier, shipment.leaves_by = pickup.carrier, pickup.leaves_by
    goods = tariffs.goods_of([shipment])[shipment.pk]
    promised_on = selectors.promises_of([shipment.pk]).get(shipment.pk)
    price(shipment, pickup, goods, promised_on=promised_on, at=at)
    if booking is not None and leaves:
        move_booking(shipment, booking, pickup.carrier, at=at, actor=actor)
    return audit.save(shipment, at=at, actor=actor)


def _chosen(
    shipment: Shipment, carrier_id: int, leaves_by: datetime, *, at: datetime
) -> pickups.Pickup:
    """Return the pickup that a person has chosen: one to come, no further ahead than we look."""
    if leaves_by > at + pickups.HORIZON:
        text = _("Pickups are planned %(days)s days ahead at most. Choose one from the list.")
        raise InvalidInput(text % {"days": pickups.HORIZON.days}, field="pickup")
    schedules = list(selectors.schedules_of(shipment.warehouse))
    pickup = pickups.pickup_at(schedules, shipment.warehouse, carrier_id, leaves_by)
    if pickup is None or leaves_by <= at:
        raise InvalidInput(_("This carrier does not come then."), field="pickup")
    return pickup


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
