"""What a packed pick list brings to a shipment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from customers.models import Customer
from fulfillment.models import PickList
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.locks import adopt
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id
from shipping import pickups, selectors, tariffs
from shipping.freight import Goods
from shipping.models import PickupSchedule, Shipment, ShipmentLine


@dataclass(frozen=True, kw_only=True)
class Load:
    """Whose it is, where it goes, what it takes, and the last instant that keeps its promise."""

    customer_id: int
    ship_to_id: int
    weight_kg: Decimal
    package_count: int
    promised_on: date | None
    must_leave_by: datetime | None
    joins_others: bool

    def fits(self, pickup: pickups.Pickup, taken: selectors.Loads) -> bool:
        """Say whether the pickup has room for it beside what it takes already."""
        packages, weight = taken.get(pickup.key, (0, ZERO))
        return pickup.has_room(
            packages=packages + self.package_count, weight_kg=weight + self.weight_kg
        )


def load_of(pick_list: PickList, coming: Sequence[PickupSchedule]) -> Load:
    """Return what a packed list is, with the last pickup that keeps its promise."""
    [(customer_id, ship_to_id, policy, weight, package_count, promised_on)] = selectors.packed(
        pick_list.pk
    )
    last = pickups.must_leave_by(coming, coming[0].warehouse, promised_on) if coming else None
    return Load(
        customer_id=customer_id,
        ship_to_id=ship_to_id,
        weight_kg=weight or ZERO,
        package_count=package_count,
        promised_on=promised_on,
        must_leave_by=last,
        joins_others=policy == Customer.Consolidation.AUTOMATIC,
    )


def goods_of(pick_list: PickList, load: Load) -> Goods:
    """Return what the freight of a packed list is reckoned by."""
    return replace(tariffs.goods_of_lists([pick_list.pk])[pick_list.pk], weight_kg=load.weight_kg)


def shipment_of(pick_list: PickList, load: Load, *, at: datetime) -> Shipment:
    """Return a shipment of its own for a load, not stored and on no pickup yet."""
    return Shipment(
        public_id=public_id("shp"),
        customer_id=load.customer_id,
        ship_to_id=load.ship_to_id,
        warehouse_id=pick_list.warehouse_id,
        must_leave_by=load.must_leave_by,
        weight_kg=load.weight_kg,
        package_count=load.package_count,
        created_at=at,
    )


def plan_alone(
    pick_lists: Iterable[PickList],
    coming: Sequence[PickupSchedule],
    *,
    at: datetime,
    actor: Actor,
) -> list[Shipment]:
    """Give each of these locked lists that is packed, and in no shipment, one without pickup."""
    made = []
    for pick_list in pick_lists:
        is_carried = selectors.live_shipment_of(pick_list.pk) is not None
        if is_carried or pick_list.state != PickList.State.PACKED:
            continue
        shipment = shipment_of(pick_list, load_of(pick_list, coming), at=at)
        touches = [f"order:{pick_list.order_id}", pick_list.label]
        made.append(adopt(audit.create(shipment, at=at, actor=actor, touches=touches)))
        put_into(shipment, pick_list)
    return made


def put_into(shipment: Shipment, pick_list: PickList) -> None:
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


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the earliest that is known; None: nothing was promised."""
    return min((instant for instant in instants if instant is not None), default=None)
