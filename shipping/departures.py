"""The day before on the board: what left with each pickup, and where it is now."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from fulfillment.models import Warehouse
from shipping.board import first_of, start_of_day
from shipping.lane_counts import Key, counts_of
from shipping.lanes import Card, Lane, name_of
from shipping.models import Carrier, Shipment


def day_before(warehouse: Warehouse, *, at: datetime) -> date | None:
    """Return the last local day before today on which something left the house."""
    gone = Shipment.objects.filter(
        warehouse=warehouse, dispatched_at__lt=start_of_day(warehouse, at)
    )
    last: datetime | None = gone.aggregate(last=Max("dispatched_at"))["last"]
    return last.astimezone(ZoneInfo(warehouse.time_zone)).date() if last else None


def lanes_of_day(warehouse: Warehouse, day: date, *, at: datetime, of: str = "") -> list[Lane]:
    """Return what left on a local day by the pickup that it left with, in their order.

    Each shows its first cards and counts them all; the one whose `name` is `of` shows all.
    """
    zone = ZoneInfo(warehouse.time_zone)
    first = datetime.combine(day, time.min, tzinfo=zone)
    until = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    gone = Shipment.objects.filter(
        warehouse=warehouse, dispatched_at__gte=first, dispatched_at__lt=until
    )
    counts = counts_of(gone, at=at)
    whole = next((key for key in counts if name_of(key) == of), None)
    cards: dict[Key, list[Card]] = defaultdict(list)
    for row in first_of(gone, of=whole):
        cards[row.carrier_id, row.leaves_by].append(Card(row, row.state))
    carriers = Carrier.objects.in_bulk({key[0] for key in counts if key[0]})
    return [
        Lane(
            carriers.get(key[0] or 0),
            key[1],
            is_over=True,
            closes_in=None,
            cards=cards[key],
            counts=counts[key],
        )
        for key in sorted(counts, key=_rank)
    ]


def _rank(key: Key) -> tuple[float, int]:
    carrier_id, leaves_by = key
    return leaves_by.timestamp() if leaves_by else 0.0, carrier_id or 0
