"""Work that is not packed yet: which pickup it has to reach, and whether it still can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Count, F, Min, Q, QuerySet

from fulfillment.models import PickList, Warehouse
from shipping.models import PickupPlan, PickupSchedule
from shipping.pickups import Pickup, must_leave_by
from shipping.selectors import ON_THE_FLOOR, packed_unplanned
from shipping.services.flooring import time_to_pack

# How many lists on the floor a board looks at, those of the earliest promises first.
MOST = 2000

Key = tuple[int | None, datetime | None]


@dataclass(frozen=True)
class Soon:
    """A pick list on the floor; `condition` is its state, or at_risk, will_miss or too_late.

    `plan`: room is reserved for it; None: nobody has planned it yet.
    """

    pick_list: PickList
    done: int
    lines: int
    condition: str
    plan: PickupPlan | None = None

    @property
    def is_packed(self) -> bool:
        """Say whether it waits for a shipment, and for nobody on the floor."""
        return bool(self.pick_list.state == PickList.State.PACKED)


def expected_at(
    warehouse: Warehouse,
    schedules: Sequence[PickupSchedule],
    coming: Sequence[Pickup],
    *,
    at: datetime,
) -> dict[Key, list[Soon]]:
    """Return the floor's work by the pickup that is planned for it; where none is, by the last
    one that keeps its promise, or the next one. What is packed and in no shipment has none.
    """
    work: dict[Key, list[Soon]] = {}
    ahead = {pickup.key: pickup for pickup in coming if pickup.leaves_by > at}
    lists = _on_the_floor(warehouse)
    plans = _plans_of(lists)
    last_for = cache(lambda day: must_leave_by(schedules, warehouse, day))
    for pick_list in lists:
        last = last_for(pick_list.promised_on)  # type: ignore[attr-defined]
        plan = plans.get(pick_list.pk)
        pickup = ahead.get((plan.carrier_id, plan.leaves_by)) if plan else None
        if pickup is None:
            plan, pickup = None, _pickup_for(list(ahead.values()), last)
        soon = Soon(
            pick_list,
            pick_list.done_count,  # type: ignore[attr-defined]
            pick_list.line_count,  # type: ignore[attr-defined]
            _condition(pick_list, pickup, last, at=at),
            plan,
        )
        work.setdefault(pickup.key if pickup else (None, None), []).append(soon)
    for pick_list in _packed(warehouse):
        last = last_for(pick_list.promised_on)  # type: ignore[attr-defined]
        state = "too_late" if last is not None and last <= at else pick_list.state
        lines = pick_list.line_count  # type: ignore[attr-defined]
        work.setdefault((None, None), []).append(Soon(pick_list, lines, lines, state))
    return work


def _plans_of(lists: Sequence[PickList]) -> dict[int, PickupPlan]:
    found = PickupPlan.objects.filter(pick_list__in=lists)
    return {plan.pick_list_id: plan for plan in found}


def _pickup_for(ahead: Sequence[Pickup], last: datetime | None) -> Pickup | None:
    """Return the last pickup that is early enough; when there is none, the next."""
    in_time = [pickup for pickup in ahead if last is not None and pickup.leaves_by <= last]
    if in_time:
        return in_time[-1]
    return ahead[0] if ahead else None


def _condition(
    pick_list: PickList, pickup: Pickup | None, last: datetime | None, *, at: datetime
) -> str:
    """Say how it stands: amber while it can be packed just in time, red before it is too late."""
    state: str = pick_list.state
    needed = time_to_pack(state)
    if last is not None and (last <= at or (pickup is not None and pickup.leaves_by > last)):
        return "too_late"
    if last is not None and last - at <= needed / 2:
        return "will_miss"
    return "at_risk" if pickup is not None and pickup.leaves_by - at <= needed else state


def _on_the_floor(warehouse: Warehouse) -> Sequence[PickList]:
    lists = PickList.objects.filter(warehouse=warehouse, state__in=ON_THE_FLOOR)
    return _with_lines(lists)


def _packed(warehouse: Warehouse) -> Sequence[PickList]:
    """Return what is packed and in no shipment: its own was cancelled."""
    return _with_lines(packed_unplanned(warehouse.pk))


def _with_lines(lists: QuerySet[PickList]) -> Sequence[PickList]:
    return list(
        lists.select_related("order__customer", "picker")
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
