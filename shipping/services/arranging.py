"""Assigning all that waits in a house, and soon will, to pickups: promises before cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from fulfillment.models import Warehouse
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many, one_at_a_time
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from shipping import planner, selectors, tariffs
from shipping.freight import Goods, Quote, Tariffs
from shipping.models import Booking, PickupSchedule, Shipment
from shipping.pickups import Pickup, must_leave_by, upcoming
from shipping.plans import Load, Plan, Room
from shipping.services.flooring import FloorWork, floor_of, reserve

# Two plans at once would reserve the same room for the floor's work.
PLANNING = "shipping.planning"
# How far ahead the planner looks, and how many shipments it takes at once, the oldest first.
AHEAD = timedelta(days=7)
MOST = 2000
# In hundredths of a cent. A broken promise outweighs any freight, being left behind any lateness.
CENT = 100
LATE = 10_000_000_000
LEFT_BEHIND = 20 * LATE


Quotes = Mapping[tuple[int, int | None], Quote | None]


@dataclass(frozen=True)
class Arranged:
    """What a plan did: how many were moved, and which of all keep no promise or have no pickup.

    `reserved` counts the pick lists on the floor for which room is kept; the late and those left
    behind are of both.
    """

    planned: int
    moved: int
    reserved: int
    late: int
    left_behind: int
    is_proved: bool


@service
def arrange_pickups(warehouse_id: int, *, at: datetime, actor: Actor) -> Arranged:
    """Assign every planned shipment of a house to the pickup that keeps its promise at least cost.

    So is the work on the floor: its room is reserved, and becomes its pickup when it is packed.
    What is labelled or asked of a carrier stays: the carrier knows of it. Its room is taken. What
    finds no room loses its pickup and stands first on the board. Planned twice, nothing moves.
    """
    one_at_a_time(PLANNING)
    house = _house(warehouse_id, at=at)
    waiting = Shipment.objects.filter(warehouse=warehouse_id, state=Shipment.State.PLANNED)
    shipments = _locked(waiting.exclude(bookings__state__in=Booking.ALIVE))
    floor = floor_of(house.warehouse, house.schedules, at=at)
    taken = selectors.loads_of(warehouse_id, since=at)
    plan, chosen = _assign(house, shipments, floor, taken, at=at)
    moved = _moved(shipments)
    audit.save_many(dict.fromkeys(shipments, ()), at=at, actor=actor)
    work: list[Shipment | FloorWork] = [*shipments, *floor]
    of_floor = chosen[len(shipments) :]
    reserve(house.warehouse, list(zip(floor, of_floor, strict=True)))
    return Arranged(
        planned=len(shipments),
        moved=moved,
        reserved=sum(pickup is not None for pickup in of_floor),
        late=sum(_is_late(one, pickup) for one, pickup in zip(work, chosen, strict=True)),
        left_behind=plan.choices.count(None),
        is_proved=plan.is_proved,
    )


@service
def arrange_missed(*, at: datetime, actor: Actor) -> int:
    """Give what has no pickup, or whose truck left without it, another one, in every house.

    What is planned for a pickup to come stays there, and so does what is labelled: somebody has
    to speak with its carrier. Run again, there is nothing left to move. Returns how many moved.
    """
    one_at_a_time(PLANNING)
    gone = Q(leaves_by=None) | Q(leaves_by__lte=at)
    missed = Shipment.objects.filter(gone, state=Shipment.State.PLANNED, created_at__lte=at)
    shipments = [
        row
        for row in _locked(missed.exclude(bookings__state__in=Booking.ALIVE))
        if not row.leaves_by or row.leaves_by <= at
    ]
    moved = 0
    for warehouse_id in sorted({row.warehouse_id for row in shipments}):
        house = _house(warehouse_id, at=at)
        of_house = [row for row in shipments if row.warehouse_id == warehouse_id]
        taken = selectors.taken_room(warehouse_id, since=at)
        _assign(house, of_house, [], taken, at=at)
        moved += _moved(of_house)
    audit.save_many(dict.fromkeys(shipments, ()), at=at, actor=actor)
    return moved


@dataclass(frozen=True)
class _House:
    """A warehouse with who comes, and when."""

    warehouse: Warehouse
    schedules: list[PickupSchedule]
    coming: list[Pickup]


def _house(warehouse_id: int, *, at: datetime) -> _House:
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    schedules = list(selectors.schedules_of(warehouse))
    coming = upcoming(schedules, warehouse, after=at, until=at + AHEAD)
    return _House(warehouse, schedules, coming)


def _locked(waiting: QuerySet[Shipment]) -> list[Shipment]:
    """Lock what waits, the oldest first; return what is planned, and asked of no carrier, then."""
    held = lock_many(Shipment, waiting.order_by("pk").values_list("pk", flat=True)[:MOST])
    asked = selectors.asked_of_carriers(held)
    return [
        row for row in held.values() if row.state == Shipment.State.PLANNED and row.pk not in asked
    ]


def _assign(
    house: _House,
    shipments: Sequence[Shipment],
    floor: Sequence[FloorWork],
    taken: selectors.Loads,
    *,
    at: datetime,
) -> tuple[Plan, list[Pickup | None]]:
    """Put the shipments on their best pickups; return the plan, and the pickup of each."""
    coming = house.coming
    _promise_again(shipments, house.schedules, house.warehouse)
    quotes = _quotes(_goods(shipments, floor), coming, at=at)
    work: list[Shipment | FloorWork] = [*shipments, *floor]
    loads = [_load(one, coming, each) for one, each in zip(work, quotes, strict=True)]
    plan = planner.assign(loads, _rooms(coming, shipments, taken), left_behind=LEFT_BEHIND)
    chosen = [None if choice is None else coming[choice] for choice in plan.choices]
    for shipment, pickup, each in zip(shipments, chosen, quotes, strict=False):
        _put(shipment, pickup, each)
    return plan, chosen


def _moved(shipments: Sequence[Shipment]) -> int:
    return sum("leaves_by" in row.changes() or "carrier_id" in row.changes() for row in shipments)


def _is_late(work: Shipment | FloorWork, pickup: Pickup | None) -> bool:
    """Say whether its pickup comes after the last one that keeps its promise."""
    last = work.must_leave_by
    return pickup is not None and last is not None and pickup.leaves_by > last


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


def _goods(shipments: Sequence[Shipment], floor: Sequence[FloorWork]) -> list[Goods]:
    with_address = Shipment.objects.filter(pk__in=[row.pk for row in shipments])
    known = tariffs.goods_of(with_address.select_related("ship_to"))
    return [*(known[row.pk] for row in shipments), *(work.goods for work in floor)]


def _quotes(goods: Sequence[Goods], coming: Sequence[Pickup], *, at: datetime) -> list[Quotes]:
    """Return for each what every carrier and service that comes would cost."""
    offered = sorted({(pickup.carrier.pk, pickup.service_id or 0) for pickup in coming})
    known: Tariffs = tariffs.tariffs_of({carrier_id for carrier_id, _s in offered}, at=at)
    return [
        {
            (carrier_id, service_id or None): known.quote(carrier_id, service_id or None, one)
            for carrier_id, service_id in offered
        }
        for one in goods
    ]


def _load(work: Shipment | FloorWork, coming: Sequence[Pickup], quotes: Quotes) -> Load:
    """Return what it takes, and what each pickup costs: freight, and lateness before all.

    Of pickups that cost the same the earlier one is better; what no tariff names is taken to
    cost as much as the dearest that is known. What is not packed by then cannot go along.
    """
    known = [quote.amount for quote in quotes.values() if quote is not None]
    unknown = max(known, default=ZERO)
    costs: list[int | None] = []
    for place, pickup in enumerate(coming):
        quote = quotes[pickup.carrier.pk, pickup.service_id]
        cost = int((unknown if quote is None else quote.amount) * 100) * CENT + place
        last = work.must_leave_by
        if last is not None and pickup.leaves_by > last:
            cost += LATE * (1 + (pickup.leaves_by - last).days)
        is_ready = isinstance(work, Shipment) or work.ready_at <= pickup.leaves_by
        costs.append(cost if is_ready else None)
    return Load(work.package_count, int(work.weight_kg * 1000), costs)


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


def _put(shipment: Shipment, pickup: Pickup | None, quotes: Quotes) -> None:
    shipment.carrier_id = pickup.carrier.pk if pickup else None
    shipment.leaves_by = pickup.leaves_by if pickup else None
    shipment.expected_on = pickup.expected_on if pickup else None
    quote = quotes[pickup.carrier.pk, pickup.service_id] if pickup else None
    shipment.service_id = quote.service_id if quote else (pickup.service_id if pickup else None)
    shipment.freight_cost = quote.amount if quote else None
    shipment.freight_currency = quote.currency if quote else ""
