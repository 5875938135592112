"""The planning board: one lane per pickup, and where each shipment stands against its cut-off."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from fulfillment.models import Warehouse
from o2c.kernel.money import ZERO
from shipping import selectors, soon
from shipping.models import Carrier, Shipment
from shipping.pickups import Pickup, upcoming
from shipping.soon import Soon

# What is not loaded so long before its cut-off is at risk.
AT_RISK = timedelta(minutes=60)
# How far ahead the board looks, and how many cards it shows at most.
AHEAD = timedelta(days=4)
MOST_LANES = 12
MOST_CARDS = 300


@dataclass(frozen=True)
class Card:
    """A shipment on the board; `condition` is its state, or at_risk, too_late or missed."""

    shipment: Shipment
    condition: str


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
    def packages(self) -> int:
        return sum(card.shipment.package_count for card in self.cards)

    @property
    def weight_kg(self) -> Decimal:
        return sum((card.shipment.weight_kg for card in self.cards), ZERO)

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
    def tone(self) -> str:
        """Say how the pickup is: bad, warn or ok, by its worst card."""
        conditions = {card.condition for card in self.cards}
        conditions |= {work.condition for work in self.soon}
        if self.is_too_full or conditions & {"missed", "too_late"}:
            return "bad"
        return "warn" if "at_risk" in conditions else "ok"


def lanes(warehouse: Warehouse, *, at: datetime) -> list[Lane]:
    """Return the lanes of a warehouse from this morning on, what nobody takes first."""
    morning = start_of_day(warehouse, at)
    cards: dict[tuple[int | None, datetime | None], list[Card]] = defaultdict(list)
    for shipment in _shipments(warehouse, since=morning):
        key = (shipment.carrier_id, shipment.leaves_by)
        cards[key].append(Card(shipment, condition_of(shipment, at=at)))
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


def choices(warehouse: Warehouse, *, at: datetime) -> list[Pickup]:
    """Return the pickups that a shipment can be moved to."""
    return upcoming(selectors.schedules_of(warehouse), warehouse, after=at, until=at + AHEAD)


def condition_of(shipment: Shipment, *, at: datetime) -> str:
    """Return the shipment's state, or that it may miss, or has missed, pickup or promise."""
    state: str = shipment.state
    if state not in Shipment.WAITING:
        return state
    last = shipment.must_leave_by
    if shipment.leaves_by is None:
        return "too_late" if last is not None and last <= at else state
    if shipment.leaves_by <= at:
        return "missed"
    if last is not None and shipment.leaves_by > last:
        return "too_late"
    return "at_risk" if shipment.leaves_by - at <= AT_RISK else state


def start_of_day(warehouse: Warehouse, at: datetime) -> datetime:
    zone = ZoneInfo(warehouse.time_zone)
    return datetime.combine(at.astimezone(zone).date(), time.min, tzinfo=zone)


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
            order_numbers=ArrayAgg("lines__order__number", distinct=True, default=[]),
        )
        .order_by("leaves_by", "pk")[:MOST_CARDS]
    )
