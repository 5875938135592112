"""What somebody who enters an order is told of its lines: how much now, and the rest by when."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from catalog.models import Product
from fulfillment.promises import Arrivals, Promise, arrivals, promises
from o2c.kernel.money import ZERO


class Asked(NamedTuple):
    """So much of a SKU, wanted on a day; None: as soon as can be."""

    sku: str
    quantity: Decimal
    wanted_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody who enters an order is told of one product: `free` now, all by `rest_on`."""

    sku: str
    wanted: Decimal
    free: Decimal
    rest_on: date

    @property
    def is_there(self) -> bool:
        return self.free >= self.wanted


def answers(
    wanted: Iterable[Asked], *, at: datetime, holders: Collection[str] = ()
) -> list[Answer | None]:
    """Answer for each line; None: there is no such product. Two statements at most.

    Lines of one product share what there is, in their order.
    """
    asked = list(wanted)
    keys = products_of([line.sku for line in asked])
    found = promises(list(set(keys) - {0}), at=at, holders=holders) if any(keys) else {}
    return share_out(asked, keys, found, arrivals(at=at))


def share_out(
    asked: Sequence[Asked],
    keys: Sequence[int],
    found: Mapping[int, Promise],
    days: Arrivals,
) -> list[Answer | None]:
    """Answer for each line, of the product whose key stands beside it.

    Now is what the order gets when it is released: of what is there, what is fit on the last day
    on which the lines of its product leave.
    """
    leaving = last_days(asked, keys, days)
    before: dict[int, Decimal] = {}
    told: list[Answer | None] = []
    for line, key in zip(asked, keys, strict=True):
        if key not in found:
            told.append(None)
            continue
        used = before.get(key, ZERO)
        before[key] = needed = used + line.quantity
        free = found[key].on(days.today, until=leaving[key]) - used
        told.append(
            Answer(
                sku=line.sku,
                wanted=line.quantity,
                free=max(free, ZERO),
                rest_on=days.of_rest(found[key], needed, requested_on=line.wanted_on),
            )
        )
    return told


def last_days(asked: Sequence[Asked], keys: Sequence[int], days: Arrivals) -> dict[int, date]:
    """Return by product the last of the days on which its lines leave."""
    leaving: dict[int, date] = {}
    for line, key in zip(asked, keys, strict=True):
        day = days.leaves_on(line.wanted_on) if line.wanted_on else days.today
        leaving[key] = max(day, leaving.get(key, day))
    return leaving


def products_of(skus: Sequence[str]) -> list[int]:
    """Return the key of each product by its SKU, however it is written; 0: there is none."""
    typed = [sku.strip() for sku in skus]
    found = _found({sku for sku in typed if sku})
    return [found.get(sku.upper(), 0) for sku in typed]


def _found(skus: Collection[str]) -> dict[str, int]:
    """Return the products by SKU in capitals; one alone is found however it is written."""
    if not skus:
        return {}
    both = {*skus, *(sku.upper() for sku in skus)}
    written = Q(sku__in=both) if len(skus) > 1 else Q(sku__iexact=next(iter(skus)))
    rows = Product.objects.filter(written).order_by("-pk").values_list("sku", "pk")
    return {sku.upper(): pk for sku, pk in rows}
