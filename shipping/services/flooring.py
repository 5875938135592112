"""Work that is not packed yet, as the planner sees it, and the room that is reserved for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Min

from fulfillment.models import PickList, Warehouse
from o2c.kernel import rows
from shipping import selectors, tariffs
from shipping.freight import Goods
from shipping.models import PickupPlan, PickupSchedule
from shipping.pickups import Pickup, must_leave_by

# How long it takes until a list is packed: one that is picked, and one that is not.
TO_PACK = timedelta(minutes=60)
TO_PICK = timedelta(minutes=120)
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class FloorWork:
    """A pick list on the floor: what it will be, and when it can be ready."""

    pick_list_id: int
    goods: Goods
    promised_on: date | None
    must_leave_by: datetime | None
    ready_at: datetime
    package_count: int = 1

    @property
    def weight_kg(self) -> Decimal:
        return self.goods.weight_kg


def time_to_pack(state: str) -> timedelta:
    """Return how long it takes until a list in this state is packed."""
    return TO_PACK if state == PickList.State.PICKED else TO_PICK


def floor_of(
    warehouse: Warehouse, schedules: Sequence[PickupSchedule], *, at: datetime
) -> list[FloorWork]:
    """Return the house's lists that are not packed, what is promised first; two statements."""
    lists = PickList.objects.filter(warehouse=warehouse, state__in=selectors.ON_THE_FLOOR)
    found = list(
        lists.annotate(promised_on=Min("lines__order_line__promised_on"))
        .order_by("promised_on", "pk")
        .values_list("pk", "state", "promised_on")[:MOST]
    )
    goods = tariffs.goods_of_lists(key for key, _state, _promised in found)
    last = {day: must_leave_by(schedules, warehouse, day) for day in {row[2] for row in found}}
    return [
        FloorWork(
            pick_list_id=key,
            goods=goods[key],
            promised_on=promised_on,
            must_leave_by=last[promised_on],
            ready_at=at + time_to_pack(state),
        )
        for key, state, promised_on in found
        if key in goods
    ]


def reserve(warehouse: Warehouse, chosen: Sequence[tuple[FloorWork, Pickup | None]]) -> None:
    """Write what is reserved in a house anew; what was packed since needs no plan any more."""
    PickupPlan.objects.filter(pick_list__warehouse=warehouse).delete()
    rows.append(
        [
            PickupPlan(
                pick_list_id=work.pick_list_id,
                carrier=pickup.carrier,
                leaves_by=pickup.leaves_by,
                package_count=work.package_count,
                weight_kg=work.weight_kg,
            )
            for work, pickup in chosen
            if pickup is not None
        ]
    )
