"""The planning board: one lane per pickup, and where each shipment stands against its cut-off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Window,
)
from django.db.models.functions import RowNumber

from customers.models import Customer
from fulfillment.models import Warehouse
from fulfillment.services import lines_not_packed
from orders.models import OrderLine
from shipping import selectors, soon
from shipping.lane_counts import Counts, Key, counts_of, on_board
from shipping.lanes import MOST_CARDS, MOST_OF_ONE, Card, Lane, name_of
from shipping.models import Carrier, PickupSchedule, Shipment
from shipping.pickups import Pickup, pickup_at, upcoming

# What is not loaded so long before its cut-off is at risk.
AT_RISK = timedelta(minutes=60)
# How far ahead the board looks.
AHEAD = timedelta(days=5)
# How many shipments a card offers to join; its page offers more.
MOST_PARTNERS = 12
HAS_LEFT = ExpressionWrapper(Q(state__in=Shipment.GONE), output_field=BooleanField())


def lanes(warehouse: Warehouse, *, at: datetime, of: str = "") -> list[Lane]:
    """Return the lanes of a warehouse from this morning on, what nobody takes first.

    Each shows its first cards and counts them all; the one whose `name` is `of` shows all.
    """
    morning = start_of_day(warehouse, at)
    shown = on_board(warehouse, since=morning)
    counts = counts_of(shown, at=at)
    schedules = list(selectors.schedules_of(warehouse))
    coming = upcoming(schedules, warehouse, after=morning, until=at + AHEAD)
    later = _later(counts, schedules, warehouse, after=at + AHEAD)
    pickups: dict[Key, Pickup] = {pickup.key: pickup for pickup in [*coming, *later]}
    whole = next((key for key in counts if name_of(key) == of), None)
    cards = _cards(shown, pickups, at=at, of=whole)
    work = soon.expected_at(warehouse, schedules, coming, at=at)
    keys = {*counts, *work, *(pickup.key for pickup in coming)}
    carriers = Carrier.objects.in_bulk({key[0] for key in keys if key[0]})
    found = []
    for key in sorted(keys, key=_rank):
        lane = _lane(carriers.get(key[0] or 0), key[1], cards[key], at=at)
        lane.pickup, lane.soon = pickups.get(key), work.get(key, [])
        lane.counts, lane.is_whole = counts.get(key, Counts()), name_of(key) == of
        found.append(lane)
    return found


def _later(
    keys: Iterable[Key],
    schedules: Sequence[PickupSchedule],
    warehouse: Warehouse,
    *,
    after: datetime,
) -> list[Pickup]:
    """Return the pickups after an instant that something is planned for, and that come.

    Each is looked at by itself: the days until then may be many.
    """
    wanted = [key for key in keys if key[1] is not None and key[1] > after]
    found = [pickup_at(schedules, warehouse, *key) for key in wanted]
    return [pickup for pickup in found if pickup is not None]


def _cards(
    shown: "QuerySet[Shipment]",
    pickups: Mapping[Key, Pickup],
    *,
    at: datetime,
    of: Key | None,
) -> dict[Key, list[Card]]:
    """Return the first shipments of each pickup as cards; of the one named `of` all."""
    cards: dict[Key, list[Card]] = defaultdict(list)
    shipments = list(first_of(shown, of=of))
    places = _by_place(shipments)
    for shipment in shipments:
        key = (shipment.carrier_id, shipment.leaves_by)
        others = [row for row in places.get(_place(shipment), []) if row != shipment]
        may_join = shipment.state == Shipment.State.PLANNED
        condition = condition_of(
            shipment,
            at=at,
            promised_on=shipment.promised_on,  # type: ignore[attr-defined]
            comes=key in pickups,
        )
        cards[key].append(Card(shipment, condition, others[:MOST_PARTNERS] if may_join else []))
    return cards


def days_of(lanes: Sequence[Lane], *, zone: tzinfo, at: datetime) -> list[date]:
    """Return today and the next days on which something is picked up, or planned to be."""
    today = at.astimezone(zone).date()
    days = {lane.leaves_by.astimezone(zone).date() for lane in lanes if lane.leaves_by}
    return [today, *sorted(day for day in days if day > today)]


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


def choices(
    schedules: Iterable[PickupSchedule], warehouse: Warehouse, *, at: datetime
) -> list[Pickup]:
    """Return the pickups that a shipment can be moved to."""
    return upcoming(schedules, warehouse, after=at, until=at + AHEAD)


def condition_of(
    shipment: Shipment, *, at: datetime, promised_on: date | None = None, comes: bool = True
) -> str:
    """Return the shipment's state, or that it may miss, or has missed, pickup or promise.

    `comes`: whether a schedule still says that its pickup comes.
    """
    state: str = shipment.state
    if state not in Shipment.WAITING:
        return state
    last = shipment.must_leave_by
    if shipment.leaves_by is None:
        return "too_late" if last is not None and last <= at else state
    if shipment.leaves_by <= at:
        return "missed"
    if not comes:
        return "no_pickup"
    if _breaks_promise(shipment, promised_on):
        return "too_late"
    return "at_risk" if shipment.leaves_by - at <= AT_RISK else state


def comes(shipment: Shipment, schedules: Sequence[PickupSchedule]) -> bool:
    """Say whether a schedule still says that the shipment's pickup comes."""
    found = pickup_at(schedules, shipment.warehouse, shipment.carrier_id, shipment.leaves_by)
    return found is not None


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


def _rank(key: tuple[int | None, datetime | None]) -> tuple[bool, float, int]:
    carrier_id, leaves_by = key
    return (leaves_by is not None, leaves_by.timestamp() if leaves_by else 0.0, carrier_id or 0)


def _lane(
    carrier: Carrier | None, leaves_by: datetime | None, cards: Iterable[Card], *, at: datetime
) -> Lane:
    left = leaves_by - at if leaves_by else None
    is_over = left is not None and left <= timedelta(0)
    return Lane(carrier, leaves_by, is_over, None if is_over else left, list(cards))


def _rest() -> "QuerySet[OrderLine]":
    """Return what a shipment waits for whose customer takes orders only as a whole."""
    return lines_not_packed().filter(
        order__customer__ships_complete=True, order__shipment_lines__shipment=OuterRef("pk")
    )


def first_of(shown: "QuerySet[Shipment]", *, of: Key | None) -> Iterable[Shipment]:
    """Return the first of each pickup that wait and that have left; of the one named `of` all."""
    first = shown.annotate(
        place=Window(
            RowNumber(),
            partition_by=[F("carrier"), F("leaves_by"), HAS_LEFT],
            order_by=["pk"],
        )
    ).filter(place__lte=MOST_CARDS)
    wanted = Q(pk__in=first.values("pk"))
    if of is not None:
        carrier_id, leaves_by = of
        every = shown.filter(carrier=carrier_id, leaves_by=leaves_by).order_by("pk")
        wanted |= Q(pk__in=every.values("pk")[:MOST_OF_ONE])
    return (
        Shipment.objects.filter(wanted)
        .select_related("customer", "carrier")
        .annotate(
            line_count=Count("lines"),
            promised_on=Min("lines__order_line__promised_on"),
            order_numbers=ArrayAgg("lines__order__number", distinct=True, default=[]),
            list_numbers=ArrayAgg("lines__pick_list__number", distinct=True, default=[]),
            waits_for_rest=Exists(_rest()),
        )
        .order_by(F("leaves_by").asc(nulls_first=True), "pk")
    )
