"""What a change of an order would mean for stock and the floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fulfillment.models import PickList
from fulfillment.promises import arrivals, promises
from o2c.kernel.money import ZERO
from orders.models import Amendment

OVER = (PickList.State.CANCELLED, PickList.State.HANDED_OVER)


@dataclass(frozen=True, kw_only=True)
class StockEffect:
    """One changed line: `more` is claimed of what is `free` (negative: given back)."""

    sku: str
    description: str
    more: Decimal
    free: Decimal
    # When what is not in stock comes; None: all of it is there.
    rest_on: date | None


def stock_effects(amendment: Amendment, *, at: datetime) -> list[StockEffect]:
    """Return what each changed line claims more or less; one statement, whatever the lines."""
    lines = amendment.effects.get("lines", [])
    found = promises({line["product"] for line in lines}, at=at, order_id=amendment.order_id)
    days = arrivals(at=at)
    effects = []
    for line in lines:
        before = Decimal(line["before"]["open"]) if line["before"] else ZERO
        more = Decimal(line["after"]["open"]) - before
        promise = found[line["product"]]
        there = promise.on(days.today)
        # What a line gives back on the way is there for the line that takes its rest over.
        is_rest = line["split_from"] is not None
        effects.append(
            StockEffect(
                sku=line["sku"],
                description=line["description"],
                more=more,
                free=there,
                rest_on=days.of_rest(promise, more) if more > there and not is_rest else None,
            )
        )
    return effects


def lists_on_the_floor(order_id: int) -> Sequence[PickList]:
    """Return the order's pick lists of which the goods have not left."""
    lists = PickList.objects.filter(order=order_id).exclude(state__in=OVER)
    return list(lists.order_by("pk"))
