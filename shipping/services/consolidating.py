"""Several orders in one shipment: joined by itself or by hand, and taken out again."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Address, Customer
from fulfillment.models import PickList
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import adopt, lock, lock_many
from o2c.kernel.transactions import service
from shipping import pickups, selectors
from shipping.models import Booking, PickupSchedule, Shipment, ShipmentLine
from shipping.services.booking import withdraw
from shipping.services.loading import Load, earliest, load_of, put_into, shipment_of
from shipping.services.pricing import price_again


class NotJoinable(DomainError):
    """The two cannot go together, or one of them is too far."""

    code = "not_joinable"


class NothingLeft(DomainError):
    """A shipment of one pick list has nothing to take out."""

    code = "nothing_left"


def join_waiting(
    pick_list: PickList,
    load: Load,
    coming: Sequence[PickupSchedule],
    *,
    at: datetime,
    actor: Actor,
) -> Shipment | None:
    """Put a packed list into a planned shipment to its address; None: there is none that fits.

    The address is locked: of two that are packed at once the second finds the first one's.
    """
    lock(Address, load.ship_to_id)
    waiting = (
        Shipment.objects.filter(Q(leaves_by=None) | Q(leaves_by__gt=at))
        .filter(
            state=Shipment.State.PLANNED,
            customer=load.customer_id,
            ship_to=load.ship_to_id,
            warehouse=pick_list.warehouse_id,
            goes_alone=False,
        )
        .order_by("pk")
    )
    held = lock_many(Shipment, waiting.values_list("pk", flat=True)[:20])
    taken = selectors.taken_room(pick_list.warehouse_id, since=at) if held else {}
    asked = selectors.asked_of_carriers(held) if held else set()
    for shipment in held.values():
        if shipment.pk not in asked and _suits(shipment, load, coming, taken, at=at):
            put_into(shipment, pick_list)
            shipment.package_count += load.package_count
            shipment.weight_kg += load.weight_kg
            shipment.must_leave_by = earliest(shipment.must_leave_by, load.must_leave_by)
            price_again([shipment], coming, at=at)
            touches = [f"order:{pick_list.order_id}", pick_list.label]
            return audit.save(shipment, at=at, actor=actor, touches=touches)
    return None


def _suits(
    shipment: Shipment,
    load: Load,
    coming: Sequence[PickupSchedule],
    taken: selectors.Loads,
    *,
    at: datetime,
) -> bool:
    """Say whether a shipment is still planned, and its pickup keeps the promise and has room."""
    if shipment.state != Shipment.State.PLANNED:
        return False
    if shipment.leaves_by is None:
        return True
    last = load.must_leave_by
    if shipment.leaves_by <= at or (last is not None and shipment.leaves_by > last):
        return False
    if not coming:
        return False
    house = coming[0].warehouse
    pickup = pickups.pickup_at(coming, house, shipment.carrier_id, shipment.leaves_by)
    return pickup is not None and load.fits(pickup, taken)


@service
def join_shipment(shipment_id: int, *, with_id: int, at: datetime, actor: Actor) -> Shipment:
    """Put all of a planned shipment into another one, and return that; the first is cancelled.

    What was asked of a carrier's system for either is withdrawn: it was for other goods.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NotJoinable: they do not go to the same place, one is not planned any more, or the
            customer wants each order by itself.
    """
    held = lock_many(Shipment, {shipment_id, with_id})
    if len(held) < len({shipment_id, with_id}):
        raise Shipment.DoesNotExist(f"There is no shipment {shipment_id} or {with_id}.")
    joining, joint = held[shipment_id], held[with_id]
    _check(joining, joint)
    orders = _orders_of([joining.pk, joint.pk])
    ShipmentLine.objects.filter(shipment=joining).update(shipment=joint)
    joint.package_count += joining.package_count
    joint.weight_kg += joining.weight_kg
    joint.must_leave_by = earliest(joint.must_leave_by, joining.must_leave_by)
    joint.goes_alone = False
    price_again([joint], selectors.coming_to(joint.warehouse_id), at=at)
    _withdraw_bookings([joining, joint], at=at, actor=actor)
    joining.cancel()
    reason = _("Goes with %(shipment)s.") % {"shipment": joint}
    audit.save(joining, at=at, actor=actor, reason=reason, touches=[joint.label, *orders])
    return audit.save(joint, at=at, actor=actor, touches=[joining.label, *orders])


def _check(joining: Shipment, joint: Shipment) -> None:
    if joining.pk == joint.pk:
        raise NotJoinable(_("Choose another shipment to join it with."))
    for row in (joining, joint):
        if row.state != Shipment.State.PLANNED:
            raise NotJoinable(
                _("%(shipment)s is %(state)s: only planned shipments are joined.")
                % {"shipment": row, "state": row.get_state_display().lower()}
            )
    same = (joining.customer_id, joining.ship_to_id) == (joint.customer_id, joint.ship_to_id)
    if not same:
        raise NotJoinable(_("They do not go to the same address of the same customer."))
    if joining.warehouse_id != joint.warehouse_id:
        raise NotJoinable(_("They do not leave from the same warehouse."))
    [customer] = rows.fetch(Customer, "id", [joint.customer_id])
    if customer.consolidation == Customer.Consolidation.NEVER:
        raise NotJoinable(
            _("%(customer)s wants each order in a shipment of its own.") % {"customer": customer}
        )


@service
def take_out(shipment_id: int, *, pick_list_id: int, at: datetime, actor: Actor) -> Shipment:
    """Give a pick list of a joint shipment one of its own again, on the same pickup; return that.

    Nothing joins it by itself any more.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NotJoinable: it is not planned any more, or does not carry the pick list.
        NothingLeft: the pick list is all that it carries.
    """
    pick_list = lock(PickList, pick_list_id)
    joint = lock(Shipment, shipment_id)
    if joint.state != Shipment.State.PLANNED:
        raise NotJoinable(
            _("%(shipment)s is %(state)s: nothing is taken out any more.")
            % {"shipment": joint, "state": joint.get_state_display().lower()}
        )
    carried = set(joint.lines.values_list("pick_list", flat=True))
    if pick_list_id not in carried:
        raise NotJoinable(
            _("%(pick_list)s is not in %(shipment)s.") % {"pick_list": pick_list, "shipment": joint}
        )
    if len(carried) == 1:
        raise NothingLeft(_("It is all that the shipment carries."))
    return _split(joint, pick_list, at=at, actor=actor)


def _split(joint: Shipment, pick_list: PickList, *, at: datetime, actor: Actor) -> Shipment:
    coming = selectors.coming_to(joint.warehouse_id)
    load = load_of(pick_list, coming)
    out = shipment_of(pick_list, load, at=at)
    out.carrier_id, out.leaves_by = joint.carrier_id, joint.leaves_by
    out.expected_on, out.goes_alone = joint.expected_on, True
    touches = [f"order:{pick_list.order_id}", pick_list.label, joint.label]
    adopt(audit.create(out, at=at, actor=actor, touches=touches))
    ShipmentLine.objects.filter(shipment=joint, pick_list=pick_list).update(shipment=out)
    joint.package_count -= out.package_count
    joint.weight_kg -= out.weight_kg
    promised_on = selectors.promises_of([joint.pk])[joint.pk]
    joint.must_leave_by = (
        pickups.must_leave_by(coming, coming[0].warehouse, promised_on) if coming else None
    )
    price_again([joint, out], coming, at=at)
    _withdraw_bookings([joint], at=at, actor=actor)
    audit.save(out, at=at, actor=actor)
    audit.save(joint, at=at, actor=actor, touches=[out.label, touches[0]])
    return out


def _withdraw_bookings(shipments: Sequence[Shipment], *, at: datetime, actor: Actor) -> None:
    """Give up what carriers' systems were asked for these locked shipments."""
    keys = [row.pk for row in shipments]
    alive = Booking.objects.filter(shipment__in=keys, state__in=Booking.ALIVE)
    for booking in lock_many(Booking, alive.values_list("pk", flat=True)).values():
        withdraw(booking, at=at, actor=actor)


def _orders_of(shipment_ids: Sequence[int]) -> list[str]:
    """Name the orders of which shipments carry something, for the audit trail."""
    lines = ShipmentLine.objects.filter(shipment__in=shipment_ids)
    found = lines.order_by("order").values_list("order", flat=True).distinct()
    return [f"order:{order_id}" for order_id in found]
