"""The planning board: one lane per pickup, and where each shipment stands against its cut-off."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q

from customers.models import Customer
from fulfillment.models import Warehouse
from o2c.kernel.money import ZERO
from shipping import selectors, soon
from shipping.models import Carrier, PickupPlan, Shipment
from shipping.pickups import Pickup, upcoming
from shipping.soon import Soon

# What is not loaded so long before its cut-off is at risk.
AT_RISK = timedelta(minutes=60)
# How far ahead the board looks, and how many cards it shows at most.
AHEAD = timedelta(days=5)
MOST_LANES = 24
MOST_DAYS = 4
# How many shipments a card offers to join; its page offers more.
MOST_PARTNERS = 12
MOST_CARDS = 300


@dataclass(frozen=True)
class Card:
    """A shipment on the board; `condition` is its state, or at_risk, too_late or missed.

    `partners`: with what it can go in one shipment; `lists`: what can be taken out of it.
    """

    shipment: Shipment
    condition: str
    partners: list[Shipment] = field(default_factory=list)

    @property
    def lists(self) -> list[str]:
        numbers: list[str] = self.shipment.list_numbers  # type: ignore[attr-defined]
        is_joint = self.shipment.state == Shipment.State.PLANNED and len(numbers) > 1
        return numbers if is_joint else []


@dataclass(frozen=True)
class Room:
    """What a limited pickup takes in all, and of what kind it is, in packages or kilograms."""

    parts: list[tuple[Decimal, str]]
    most: Decimal | None


@dataclass
class Lane:
    """One coming of a carrier with what it takes; without carrier: what nobody takes yet."""

    carrier: Carrier | None
    leaves_by: datetime | None
    is_over: bool
    closes_in: timedelta | None
    cards: list[Card] = field(default_factory=list)
    # None: nobody comes then any more.
    pickup: Pickup | None = None
    soon: list[Soon] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How a form names it; empty: nothing can be moved to it."""
        if self.carrier is None or self.leaves_by is None or self.is_over:
            return ""
        return f"{self.carrier.pk}|{self.leaves_by.isoformat()}"

    @property
    def reserved(self) -> list[PickupPlan]:
        """What is kept for work on the floor."""
        return [work.plan for work in self.soon if work.plan is not None]

    @property
    def packages(self) -> int:
        kept = sum(plan.package_count for plan in self.reserved)
        return kept + sum(card.shipment.package_count for card in self.cards)

    @property
    def weight_kg(self) -> Decimal:
        kept = sum((plan.weight_kg for plan in self.reserved), ZERO)
        return kept + sum((card.shipment.weight_kg for card in self.cards), ZERO)

    @property
    def is_too_full(self) -> bool:
        return self.pickup is not None and not self.pickup.has_room(
            packages=self.packages, weight_kg=self.weight_kg
        )

    @property
    def loaded(self) -> int:
        return sum(card.shipment.state in Shipment.GONE for card in self.cards)

    @property
    def labelled(self) -> int:
        return sum(card.shipment.state == Shipment.State.LABELLED for card in self.cards)

    @property
    def parts(self) -> list[tuple[int, str]]:
        """What the lane's bar shows: loaded, labelled, only planned."""
        planned = len(self.cards) - self.loaded - self.labelled
        return [(self.loaded, "fok"), (self.labelled, "f1"), (planned, "fr")]

    @property
    def room(self) -> Room | None:
        """How much of what the pickup takes is loaded, labelled, planned and reserved."""
        if self.pickup is None or not self.pickup.is_limited:
            return None
        most = self.pickup.capacity_packages
        by_weight = most is None
        parts = [
            (self._size(Shipment.GONE, by_weight=by_weight), "fok"),
            (self._size((Shipment.State.LABELLED,), by_weight=by_weight), "f1"),
            (self._size((Shipment.State.PLANNED,), by_weight=by_weight), "f2"),
            (sum((_sized(plan, by_weight=by_weight) for plan in self.reserved), ZERO), "f1s"),
        ]
        return Room(parts, self.pickup.capacity_kg if by_weight else Decimal(most or 0))

    def _size(self, states: Collection[str], *, by_weight: bool) -> Decimal:
        rows = [card.shipment for card in self.cards if card.shipment.state in states]
        return sum((_sized(row, by_weight=by_weight) for row in rows), ZERO)

    @property
    def tone(self) -> str:
        """Say how the pickup is: bad, warn or ok, by its worst card."""
        conditions = {card.condition for card in self.cards}
        conditions |= {work.condition for work in self.soon}
        if self.is_too_full or conditions & {"missed", "too_late", "will_miss"}:
            return "bad"
        return "warn" if "at_risk" in conditions else "ok"


def lanes(warehouse: Warehouse, *, at: datetime) -> list[Lane]:
    """Return the lanes of a warehouse from this morning on, what nobody takes first."""
    morning = start_of_day(warehouse, at)
    cards: dict[tuple[int | None, datetime | None], list[Card]] = defaultdict(list)
    shipments = list(_shipments(warehouse, since=morning))
    places = _by_place(shipments)
    for shipment in shipments:
        key = (shipment.carrier_id, shipment.leaves_by)
        others = [row for row in places.get(_place(shipment), []) if row != shipment]
        may_join = shipment.state == Shipment.State.PLANNED
        promised_on = shipment.promised_on  # type: ignore[attr-defined]
        condition = condition_of(shipment, at=at, promised_on=promised_on)
        card = Card(shipment, condition, others[:MOST_PARTNERS] if may_join else [])
        cards[key].append(card)
    schedules = list(selectors.schedules_of(warehouse))
    coming = upcoming(schedules, warehouse, after=morning, until=at + AHEAD)
    pickups = {pickup.key: pickup for pickup in coming}
    work = soon.expected_at(warehouse, schedules, coming, at=at)
    keys: dict[tuple[int | None, datetime | None], Carrier | None] = {
        key: cards[key][0].shipment.carrier for key in cards
    }
    keys |= {key: pickup.carrier for key, pickup in pickups.items()}
    keys |= {key: None for key in work if key not in keys}
    found = []
    for key in sorted(keys, key=_rank)[:MOST_LANES]:
        lane = _lane(keys[key], key[1], cards[key], at=at)
        lane.pickup, lane.soon = pickups.get(key), work.get(key, [])  # type: ignore[arg-type]
        found.append(lane)
    return found


def days_of(lanes: Sequence[Lane], *, zone: tzinfo, at: datetime) -> list[date]:
    """Return today and the next days on which something is picked up."""
    today = at.astimezone(zone).date()
    days = {lane.leaves_by.astimezone(zone).date() for lane in lanes if lane.leaves_by}
    return [today, *sorted(day for day in days if day > today)][:MOST_DAYS]


def lanes_of(lanes: Sequence[Lane], day: date, *, zone: tzinfo, at: datetime) -> list[Lane]:
    """Return a day's lanes, and the next pickup after it: what cannot go today goes there.

    What nobody takes, and what its truck has left behind, stands with today.
    """
    today = at.astimezone(zone).date()
    shown, later = [], []
    for lane in lanes:
        on = lane.leaves_by.astimezone(zone).date() if lane.leaves_by else today
        if max(on, today) == day:
            shown.append(lane)
        elif on > day:
            later.append(lane)
    return [*shown, *later[:1]]


def choices(warehouse: Warehouse, *, at: datetime) -> list[Pickup]:
    """Return the pickups that a shipment can be moved to."""
    return upcoming(selectors.schedules_of(warehouse), warehouse, after=at, until=at + AHEAD)


def condition_of(shipment: Shipment, *, at: datetime, promised_on: date | None = None) -> str:
    """Return the shipment's state, or that it may miss, or has missed, pickup or promise."""
    state: str = shipment.state
    if state not in Shipment.WAITING:
        return state
    last = shipment.must_leave_by
    if shipment.leaves_by is None:
        return "too_late" if last is not None and last <= at else state
    if shipment.leaves_by <= at:
        return "missed"
    if _breaks_promise(shipment, promised_on):
        return "too_late"
    return "at_risk" if shipment.leaves_by - at <= AT_RISK else state


def _breaks_promise(shipment: Shipment, promised_on: date | None) -> bool:
    """Say whether it leaves after the last pickup that keeps its promise, or goes too slowly."""
    leaves_by, last, arrives = shipment.leaves_by, shipment.must_leave_by, shipment.expected_on
    is_too_slow = promised_on is not None and arrives is not None and arrives > promised_on
    return is_too_slow or (last is not None and leaves_by is not None and leaves_by > last)


def start_of_day(warehouse: Warehouse, at: datetime) -> datetime:
    zone = ZoneInfo(warehouse.time_zone)
    return datetime.combine(at.astimezone(zone).date(), time.min, tzinfo=zone)


def _place(shipment: Shipment) -> tuple[int, int]:
    return shipment.customer_id, shipment.ship_to_id


def _by_place(shipments: Iterable[Shipment]) -> dict[tuple[int, int], list[Shipment]]:
    """Return what is planned to each address whose customer lets orders go together."""
    places: dict[tuple[int, int], list[Shipment]] = defaultdict(list)
    for row in shipments:
        may_join = row.customer.consolidation != Customer.Consolidation.NEVER
        if row.state == Shipment.State.PLANNED and may_join:
            places[_place(row)].append(row)
    return places


def _sized(row: Shipment | PickupPlan, *, by_weight: bool) -> Decimal:
    return row.weight_kg if by_weight else Decimal(row.package_count)


def _rank(key: tuple[int | None, datetime | None]) -> tuple[bool, float, int]:
    carrier_id, leaves_by = key
    return (leaves_by is not None, leaves_by.timestamp() if leaves_by else 0.0, carrier_id or 0)


def _lane(
    carrier: Carrier | None, leaves_by: datetime | None, cards: Iterable[Card], *, at: datetime
) -> Lane:
    left = leaves_by - at if leaves_by else None
    is_over = left is not None and left <= timedelta(0)
    return Lane(carrier, leaves_by, is_over, None if is_over else left, list(cards))


def _shipments(warehouse: Warehouse, *, since: datetime) -> Iterable[Shipment]:
    """Return what waits, however long, and what left with today's pickups."""
    on_board = Q(state__in=Shipment.WAITING) | Q(state__in=Shipment.GONE, dispatched_at__gte=since)
    return (
        Shipment.objects.filter(on_board, warehouse=warehouse)
        .select_related("customer", "carrier")
        .annotate(
            line_count=Count("lines"),
            promised_on=Min("lines__order_line__promised_on"),
            order_numbers=ArrayAgg("lines__order__number", distinct=True, default=[]),
            list_numbers=ArrayAgg("lines__pick_list__number", distinct=True, default=[]),
        )
        .order_by("leaves_by", "pk")[:MOST_CARDS]
    )
