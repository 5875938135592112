"""Assigning all that waits in a house to pickups: promises first, then the least cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fulfillment.models import Warehouse
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from shipping import planner, selectors, tariffs
from shipping.freight import Goods, Quote, Tariffs
from shipping.models import Booking, PickupSchedule, Shipment
from shipping.pickups import Pickup, must_leave_by, upcoming
from shipping.plans import Load, Room

# How far ahead the planner looks, and how many shipments it takes at once, the oldest first.
AHEAD = timedelta(days=7)
MOST = 2000
# In hundredths of a cent. A broken promise outweighs any freight, being left behind any lateness.
CENT = 100
LATE = 10_000_000_000
LEFT_BEHIND = 20 * LATE


@dataclass(frozen=True)
class Arranged:
    """What a plan did: how many were moved, and which of all keep no promise or have no pickup."""

    planned: int
    moved: int
    late: int
    left_behind: int
    is_proved: bool


@service
def arrange_pickups(warehouse_id: int, *, at: datetime, actor: Actor) -> Arranged:
    """Assign every planned shipment of a house to the pickup that keeps its promise at least cost.

    What is labelled or asked of a carrier stays: the carrier knows of it. Its room is taken.
    What finds no room loses its pickup and stands first on the board.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    waiting = Shipment.objects.filter(warehouse=warehouse_id, state=Shipment.State.PLANNED)
    waiting = waiting.exclude(bookings__state__in=Booking.ALIVE)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST])
    held = lock_many(Shipment, keys)
    shipments = [row for row in held.values() if row.state == Shipment.State.PLANNED]
    schedules = list(selectors.schedules_of(warehouse))
    coming = upcoming(schedules, warehouse, after=at, until=at + AHEAD)
    _promise_again(shipments, schedules, warehouse)
    quotes = _quotes(shipments, coming, at=at)
    loads = [_load(row, coming, quotes[row.pk]) for row in shipments]
    rooms = _rooms(coming, shipments, selectors.loads_of(warehouse_id, since=at))
    plan = planner.assign(loads, rooms, left_behind=LEFT_BEHIND)
    for shipment, choice in zip(shipments, plan.choices, strict=True):
        _put(shipment, coming, choice, quotes[shipment.pk])
    moved = sum("leaves_by" in row.changes() or "carrier_id" in row.changes() for row in shipments)
    audit.save_many(dict.fromkeys(shipments, ()), at=at, actor=actor)
    return Arranged(
        planned=len(shipments),
        moved=moved,
        late=sum(breaks_promise(row) for row in shipments),
        left_behind=plan.choices.count(None),
        is_proved=plan.is_proved,
    )


def breaks_promise(shipment: Shipment) -> bool:
    """Say whether its pickup comes after the last one that keeps its promise."""
    return (
        shipment.must_leave_by is not None
        and shipment.leaves_by is not None
        and shipment.leaves_by > shipment.must_leave_by
    )


def _promise_again(
    shipments: Sequence[Shipment], schedules: Sequence[PickupSchedule], warehouse: Warehouse
) -> None:
    """Look again by when each must leave: schedules and closures may have changed."""
    promised = selectors.promises_of([row.pk for row in shipments])
    found: dict[object, datetime | None] = {}
    for row in shipments:
        day = promised.get(row.pk)
        if day not in found:
            found[day] = must_leave_by(schedules, warehouse, day)
        row.must_leave_by = found[day]


def _quotes(
    shipments: Sequence[Shipment], coming: Sequence[Pickup], *, at: datetime
) -> Mapping[int, Mapping[tuple[int, int | None], Quote | None]]:
    """Return per shipment what each carrier and service that comes would cost."""
    offered = sorted({(pickup.carrier.pk, pickup.service_id or 0) for pickup in coming})
    known: Tariffs = tariffs.tariffs_of({carrier_id for carrier_id, _s in offered}, at=at)
    with_address = Shipment.objects.filter(pk__in=[row.pk for row in shipments])
    goods: Mapping[int, Goods] = tariffs.goods_of(with_address.select_related("ship_to"))
    return {
        row.pk: {
            (carrier_id, service_id or None): known.quote(
                carrier_id, service_id or None, goods[row.pk]
            )
            for carrier_id, service_id in offered
        }
        for row in shipments
    }


def _load(
    shipment: Shipment,
    coming: Sequence[Pickup],
    quotes: Mapping[tuple[int, int | None], Quote | None],
) -> Load:
    """Return what it takes, and what each pickup costs: freight, and lateness before all.

    Of pickups that cost the same the earlier one is better; what no tariff names is taken to
    cost as much as the dearest that is known.
    """
    known = [quote.amount for quote in quotes.values() if quote is not None]
    unknown, costs = max(known, default=ZERO), []
    for place, pickup in enumerate(coming):
        quote = quotes[pickup.carrier.pk, pickup.service_id]
        cost = int((unknown if quote is None else quote.amount) * 100) * CENT + place
        last = shipment.must_leave_by
        if last is not None and pickup.leaves_by > last:
            cost += LATE * (1 + (pickup.leaves_by - last).days)
        costs.append(cost)
    return Load(shipment.package_count, int(shipment.weight_kg * 1000), costs)


def _rooms(
    coming: Sequence[Pickup], shipments: Sequence[Shipment], loads: selectors.Loads
) -> list[Room]:
    """Return what each pickup still takes beside the shipments that stay with it."""
    moving: dict[tuple[int | None, datetime | None], tuple[int, Decimal]] = {}
    for row in shipments:
        packages, weight = moving.get((row.carrier_id, row.leaves_by), (0, ZERO))
        moving[row.carrier_id, row.leaves_by] = (
            packages + row.package_count,
            weight + row.weight_kg,
        )
    return [_room(pickup, loads.get(pickup.key), moving.get(pickup.key)) for pickup in coming]


def _room(
    pickup: Pickup, there: tuple[int, Decimal] | None, moving: tuple[int, Decimal] | None
) -> Room:
    packages, weight = there or (0, ZERO)
    going_packages, going_weight = moving or (0, ZERO)
    most, heaviest = pickup.capacity_packages, pickup.capacity_kg
    return Room(
        None if most is None else most - packages + going_packages,
        None if heaviest is None else int((heaviest - weight + going_weight) * 1000),
    )


def _put(
    shipment: Shipment,
    coming: Sequence[Pickup],
    choice: int | None,
    quotes: Mapping[tuple[int, int | None], Quote | None],
) -> None:
    pickup = None if choice is None else coming[choice]
    shipment.carrier_id = pickup.carrier.pk if pickup else None
    shipment.leaves_by = pickup.leaves_by if pickup else None
    shipment.expected_on = pickup.expected_on if pickup else None
    quote = quotes[pickup.carrier.pk, pickup.service_id] if pickup else None
    shipment.service_id = quote.service_id if quote else (pickup.service_id if pickup else None)
    shipment.freight_cost = quote.amount if quote else None
    shipment.freight_currency = quote.currency if quote else ""
