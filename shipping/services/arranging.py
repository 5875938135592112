"""Assigning all that waits in a house, and soon will, to pickups: promises before cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from fulfillment.models import PickList, Warehouse
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
from shipping.services.loading import plan_alone
from shipping.services.pricing import note_way
from shipping.stranded import stranded_pickups
from shipping.ways import Way, best_way

# Two plans at once would reserve the same room for the floor's work.
PLANNING = "shipping.planning"
# How far ahead the planner looks, and how many shipments it takes at once, the oldest first.
AHEAD = timedelta(days=7)
MOST = 2000
MOST_UNPLANNED = 200
# In hundredths of a cent. A broken promise outweighs any freight, being left behind any lateness.
CENT = 100
LATE = 10_000_000_000
MOST_LATE = 19
LEFT_BEHIND = (MOST_LATE + 1) * LATE

Work = Shipment | FloorWork
# What each carrier and service that comes costs; empty: no tariff says.
Quotes = Mapping[tuple[int, int | None], Sequence[Quote]]


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
    Packed lists whose shipment was cancelled get one again.
    What is labelled or asked of a carrier stays: the carrier knows of it. Its room is taken. What
    finds no room loses its pickup and stands first on the board. Planned twice, nothing moves.
    """
    one_at_a_time(PLANNING)
    house = _house(warehouse_id, at=at)
    _plan_packed(house, at=at, actor=actor)
    waiting = Shipment.objects.filter(warehouse=warehouse_id, state=Shipment.State.PLANNED)
    shipments = _locked(waiting.exclude(bookings__state__in=Booking.ALIVE))
    floor = floor_of(house.warehouse, house.schedules, at=at)
    taken = selectors.loads_of(warehouse_id, since=at)
    plan, chosen = _assign(house, shipments, floor, taken, at=at)
    moved = _moved(shipments)
    audit.save_many(dict.fromkeys(shipments, ()), at=at, actor=actor)
    of_floor = [one.way.pickup if one.way else None for one in chosen[len(shipments) :]]
    reserve(house.warehouse, list(zip(floor, of_floor, strict=True)))
    return Arranged(
        planned=len(shipments),
        moved=moved,
        reserved=sum(pickup is not None for pickup in of_floor),
        late=sum(one.is_late for one in chosen),
        left_behind=plan.choices.count(None),
        is_proved=plan.is_proved,
    )


@service
def arrange_missed(*, at: datetime, actor: Actor) -> int:
    """Give what has no pickup, or whose truck left without it, another one, in every house.

    So does what is planned for a pickup that no schedule knows any more: a weekday was taken out,
    a day of closure was added, the cut-off changed.
    What is planned for a pickup to come stays there, and so does what is labelled: somebody has
    to speak with its carrier. Run again, there is nothing left to move. Returns how many moved.
    """
    one_at_a_time(PLANNING)
    planned = Shipment.objects.filter(state=Shipment.State.PLANNED, created_at__lte=at)
    stranded = stranded_pickups(planned, at=at)
    gone = Q(leaves_by=None) | Q(leaves_by__lte=at)
    for warehouse_id, carrier_id, leaves_by in stranded:
        gone |= Q(warehouse=warehouse_id, carrier=carrier_id, leaves_by=leaves_by)
    missed = planned.filter(gone).exclude(bookings__state__in=Booking.ALIVE)
    shipments = [
        row
        for row in _locked(missed)
        if not row.leaves_by
        or row.leaves_by <= at
        or (row.warehouse_id, row.carrier_id, row.leaves_by) in stranded
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
class _Chosen:
    """How something goes, None where no pickup is left, and when it was promised."""

    way: Way | None
    promised_on: date | None

    @property
    def is_late(self) -> bool:
        return self.way is not None and self.way.days_late(self.promised_on) > 0


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


def _plan_packed(house: _House, *, at: datetime, actor: Actor) -> None:
    """Give packed lists that no shipment carries one each; few: theirs were cancelled by hand."""
    unplanned = selectors.packed_unplanned(house.warehouse.pk)
    keys = unplanned.order_by("pk").values_list("pk", flat=True)[:MOST_UNPLANNED]
    plan_alone(lock_many(PickList, keys).values(), house.schedules, at=at, actor=actor)


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
) -> tuple[Plan, list[_Chosen]]:
    """Put the shipments on their best pickups; return the plan, and how each goes."""
    coming = house.coming
    promises = _promise_again(shipments, house)
    promised = [*promises, *(work.promised_on for work in floor)]
    quotes = _quotes(_goods(shipments, floor), coming, at=at)
    ways = [_ways(coming, each, day) for each, day in zip(quotes, promised, strict=True)]
    work: list[Work] = [*shipments, *floor]
    loads = [_load(*each) for each in zip(work, ways, promised, strict=True)]
    plan = planner.assign(loads, _rooms(coming, shipments, taken), left_behind=LEFT_BEHIND)
    chosen = [
        _Chosen(None if choice is None else each[choice], day)
        for choice, each, day in zip(plan.choices, ways, promised, strict=True)
    ]
    for shipment, one in zip(shipments, chosen, strict=False):
        _put(shipment, one.way)
    return plan, chosen


def _moved(shipments: Sequence[Shipment]) -> int:
    return sum("leaves_by" in row.changes() or "carrier_id" in row.changes() for row in shipments)


def _promise_again(shipments: Sequence[Shipment], house: _House) -> list[date | None]:
    """Look again by when each must leave: schedules and closures may have changed.

    Returns the day that was promised of each.
    """
    by_shipment = selectors.promises_of([row.pk for row in shipments])
    promised = [by_shipment.get(row.pk) for row in shipments]
    last = {
        day: must_leave_by(house.schedules, house.warehouse, day) for day in dict.fromkeys(promised)
    }
    for row, day in zip(shipments, promised, strict=True):
        row.must_leave_by = last[day]
    return promised


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
            (carrier_id, service_id or None): known.quotes(carrier_id, service_id or None, one)
            for carrier_id, service_id in offered
        }
        for one in goods
    ]


def _ways(coming: Sequence[Pickup], quotes: Quotes, promised_on: date | None) -> list[Way]:
    """Return how goods would go with each pickup."""
    return [
        best_way(pickup, quotes[pickup.carrier.pk, pickup.service_id], promised_on)
        for pickup in coming
    ]


def _load(work: Work, ways: Sequence[Way], promised_on: date | None) -> Load:
    """Return what it takes, and what each pickup costs: freight, and lateness before all.

    Of pickups that cost the same the earlier one is better; what no tariff names is taken to
    cost as much as the dearest that is known. What is not packed by then cannot go along. Where
    no promise can be kept any more, the days beyond the earliest arrival count.
    """
    unknown = max((way.quote.amount for way in ways if way.quote), default=ZERO)
    late = [way.days_late(promised_on) for way in ways]
    least = max(min(late, default=0) - 1, 0)
    costs: list[int | None] = []
    for place, (way, days) in enumerate(zip(ways, late, strict=True)):
        cost = int((way.quote.amount if way.quote else unknown) * 100) * CENT + place
        cost += LATE * min(max(days - least, 0), MOST_LATE)
        is_ready = isinstance(work, Shipment) or work.ready_at <= way.pickup.leaves_by
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


def _put(shipment: Shipment, way: Way | None) -> None:
    shipment.carrier_id = way.pickup.carrier.pk if way else None
    shipment.leaves_by = way.pickup.leaves_by if way else None
    if way:
        note_way(shipment, way)
    else:
        shipment.expected_on = shipment.service_id = shipment.freight_cost = None
        shipment.freight_currency = ""
