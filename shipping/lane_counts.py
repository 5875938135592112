"""How much each pickup takes of all shipments on the board, however few cards it shows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from fulfillment.models import Warehouse
from o2c.kernel.money import ZERO
from shipping.models import Shipment, ShipmentLine

LOST = Shipment.State.LOST
RETURNED = Shipment.State.RETURNED
ALL = (*Shipment.WAITING, *Shipment.GONE)
# What has left and neither is lost nor came back.
LOADED = tuple(state for state in Shipment.GONE if state not in Shipment.OVER)
# What takes room on a truck.
CARRIED = (*Shipment.WAITING, *LOADED)
# A shipment that is reported lost counts as lost before anybody settles it.
STANDING = Case(
    When(state=Shipment.State.EXCEPTION, exception_kind=LOST, then=Value(LOST.value)),
    default=F("state"),
    output_field=CharField(),
)

Key = tuple[int | None, datetime | None]


@dataclass(frozen=True)
class Size:
    """So many shipments, of so many packages and kilograms."""

    shipments: int = 0
    packages: int = 0
    weight_kg: Decimal = ZERO


@dataclass
class Counts:
    """What a pickup takes by how its shipments stand; `breaking` are those still to be red."""

    states: dict[str, Size] = field(default_factory=dict)
    breaking: int = 0

    def of(self, states: Collection[str]) -> Size:
        """Return the sum of some states."""
        found = [count for state, count in self.states.items() if state in states]
        return Size(
            sum(count.shipments for count in found),
            sum(count.packages for count in found),
            sum((count.weight_kg for count in found), ZERO),
        )


def on_board(warehouse: Warehouse, *, since: datetime) -> QuerySet[Shipment]:
    """Return what stands on a house's board: what waits, and what left from an instant on."""
    shown = Q(state__in=Shipment.WAITING) | Q(state__in=Shipment.GONE, dispatched_at__gte=since)
    return Shipment.objects.filter(shown, warehouse=warehouse)


def counts_of(shown: QuerySet[Shipment], *, at: datetime) -> dict[Key, Counts]:
    """Return what each pickup takes of them, by (carrier, leaves_by); one statement."""
    groups = (
        shown.annotate(standing=STANDING)
        .values_list("carrier", "leaves_by", "standing")
        .annotate(
            shipments=Count("pk"),
            packages=Sum("package_count"),
            weight=Sum("weight_kg"),
            breaking=Count("pk", filter=_breaks_promise(at)),
        )
        .order_by("carrier", "leaves_by", "standing")
    )
    found: dict[Key, Counts] = {}
    for carrier_id, leaves_by, state, shipments, packages, weight, breaking in groups:
        counts = found.setdefault((carrier_id, leaves_by), Counts())
        counts.states[state] = Size(shipments, packages, weight)
        counts.breaking += breaking
    return found


def _breaks_promise(at: datetime) -> Q:
    """Say the same as `board.condition_of`, in SQL."""
    sooner = ShipmentLine.objects.filter(
        shipment=OuterRef("pk"), order_line__promised_on__lt=OuterRef("expected_on")
    )
    too_late = Q(must_leave_by__lt=F("leaves_by")) | Q(Exists(sooner), leaves_by__isnull=False)
    nobody_comes = Q(leaves_by=None, must_leave_by__lte=at)
    return Q(state__in=Shipment.WAITING) & (too_late | nobody_comes)
