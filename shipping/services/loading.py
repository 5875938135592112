"""What a packed pick list brings to a shipment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    return loads_of([pick_list], coming)[pick_list.pk]


def loads_of(
    pick_lists: Sequence[PickList], coming: Sequence[PickupSchedule]
) -> Mapping[int, Load]:
    """Return what packed lists of one house are, by their keys; one statement."""
    found = list(selectors.packed([pick_list.pk for pick_list in pick_lists]))
    last = {
        day: pickups.must_leave_by(coming, coming[0].warehouse, day) if coming else None
        for day in {promised_on for *_load, promised_on in found}
    }
    return {
        key: Load(
            customer_id=customer_id,
            ship_to_id=ship_to_id,
            weight_kg=weight or ZERO,
            package_count=package_count,
            promised_on=promised_on,
            must_leave_by=last[promised_on],
            joins_others=policy == Customer.Consolidation.AUTOMATIC,
        )
        for key, customer_id, ship_to_id, policy, weight, package_count, promised_on in found
    }


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
    """Give each of these locked lists that is packed, and in no shipment, one without pickup.

    A fixed number of statements.
    """
    waiting = [row for row in pick_lists if row.state == PickList.State.PACKED]
    carried = selectors.in_shipments(row.pk for row in waiting)
    waiting = [row for row in waiting if row.pk not in carried]
    loads = loads_of(waiting, coming) if waiting else {}
    made = [(shipment_of(row, loads[row.pk], at=at), row) for row in waiting]
    touched = [(shipment, [f"order:{row.order_id}", row.label]) for shipment, row in made]
    audit.create_each(touched, at=at, actor=actor)
    if made:
        _put_all(made)
    return [adopt(shipment) for shipment, _row in made]


def put_into(shipment: Shipment, pick_list: PickList) -> None:
    """Note what of which order line goes along."""
    _put_all([(shipment, pick_list)])


def _put_all(loaded: Sequence[tuple[Shipment, PickList]]) -> None:
    taken: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for list_id, line_id, quantity in selectors.taken_of([row.pk for _shipment, row in loaded]):
        taken[list_id][line_id] += quantity or ZERO
    rows.insert(
        [
            ShipmentLine(
                shipment=shipment,
                order_id=pick_list.order_id,
                order_line_id=line_id,
                pick_list=pick_list,
                quantity=quantity,
            )
            for shipment, pick_list in loaded
            for line_id, quantity in taken[pick_list.pk].items()
        ]
    )


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the earliest that is known; None: nothing was promised."""
    return min((instant for instant in instants if instant is not None), default=None)
