"""Which day a line is promised for, and expected on as of now."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from fulfillment.promises import arrivals, promises
from o2c.kernel.money import ZERO
from orders.models import OrderLine


def expected_days(
    lines: Iterable[OrderLine], *, short: Mapping[int, Decimal], at: datetime
) -> dict[int, date]:
    """Return the day that each line is expected on; `short` is what is missing of lines that wait.

    What waits comes on the earliest day for which stock, expected goods and those who wait already
    allow it, or when it has been bought again. Nothing is expected before it was asked for.
    """
    lines, days = list(lines), arrivals(at=at)
    waiting = [line for line in lines if line.pk in short]
    expected = {line.pk: max(days.soon, line.requested_on) for line in lines}
    if not waiting:
        return expected
    asked = {line.product_id for line in waiting}
    found = promises(asked, at=at, order_id=waiting[0].order_id)
    before = dict.fromkeys(asked, ZERO)
    for line in waiting:
        before[line.product_id] += short[line.pk]
        day = days.of_rest(
            found[line.product_id], before[line.product_id], requested_on=line.requested_on
        )
        expected[line.pk] = max(day, line.requested_on)
    return expected
