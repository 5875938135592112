"""Work that is not packed yet: which pickup it has to reach, and whether it still can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q

from fulfillment.models import PickList, Warehouse
from shipping.models import PickupSchedule
from shipping.pickups import Pickup, must_leave_by

State = PickList.State
# What is not packed so long before its last pickup closes is at risk; not picked: sooner.
TO_PACK = timedelta(minutes=60)
TO_PICK = timedelta(minutes=120)
MOST = 200

Key = tuple[int | None, datetime | None]


@dataclass(frozen=True)
class Soon:
    """A pick list on the floor; `condition` is its state, or at_risk or too_late."""

    pick_list: PickList
    done: int
    lines: int
    condition: str


def expected_at(
    warehouse: Warehouse,
    schedules: Sequence[PickupSchedule],
    coming: Sequence[Pickup],
    *,
    at: datetime,
) -> dict[Key, list[Soon]]:
    """Return the floor's work by the last pickup that keeps its promise, or the next one."""
    work: dict[Key, list[Soon]] = {}
    ahead = [pickup for pickup in coming if pickup.leaves_by > at]
    for pick_list in _on_the_floor(warehouse):
        last = must_leave_by(schedules, warehouse, pick_list.promised_on)  # type: ignore[attr-defined]
        pickup = _pickup_for(ahead, last)
        soon = Soon(
            pick_list,
            pick_list.done_count,  # type: ignore[attr-defined]
            pick_list.line_count,  # type: ignore[attr-defined]
            _condition(pick_list, pickup, last, at=at),
        )
        work.setdefault(pickup.key if pickup else (None, None), []).append(soon)
    return work


def _pickup_for(ahead: Sequence[Pickup], last: datetime | None) -> Pickup | None:
    """Return the last pickup that is early enough; when there is none, the next."""
    in_time = [pickup for pickup in ahead if last is not None and pickup.leaves_by <= last]
    if in_time:
        return in_time[-1]
    return ahead[0] if ahead else None


def _condition(
    pick_list: PickList, pickup: Pickup | None, last: datetime | None, *, at: datetime
) -> str:
    state: str = pick_list.state
    if last is not None and last <= at:
        return "too_late"
    if pickup is None:
        return state
    needed = TO_PACK if state == State.PICKED else TO_PICK
    return "at_risk" if pickup.leaves_by - at <= needed else state


def _on_the_floor(warehouse: Warehouse) -> Sequence[PickList]:
    on_floor = [State.RELEASED, State.PICKING, State.PICKED]
    return list(
        PickList.objects.filter(warehouse=warehouse, state__in=on_floor)
        .select_related("order__customer", "picker")
        .annotate(
            line_count=Count("lines"),
            done_count=Count(
                "lines",
                filter=Q(lines__picked__isnull=False) | Q(lines__scanned=F("lines__quantity")),
            ),
            promised_on=Min("lines__order_line__promised_on"),
        )
        .order_by("promised_on", "pk")[:MOST]
    )
