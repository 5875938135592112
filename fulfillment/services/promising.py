"""Which day a line is promised for, and expected on as of now."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from fulfillment import selectors
from o2c.kernel.company import local_date, the_company
from o2c.kernel.working_days import add_working_days
from orders.models import OrderLine

# From the decision to the customer's door: picked today, on the road tomorrow.
DELIVERY_WORKING_DAYS = 2


def expected_days(
    lines: Iterable[OrderLine], *, short: Collection[int], at: datetime
) -> dict[int, date]:
    """Return the day that each line is expected on; `short` are those that wait for stock.

    Nothing is expected before it was asked for.
    """
    company = the_company()
    today = local_date(at, company)
    soon = add_working_days(today, DELIVERY_WORKING_DAYS, country=company.country)
    late = add_working_days(today, selectors.REPLENISHMENT_WORKING_DAYS, country=company.country)
    return {line.pk: max(late if line.pk in short else soon, line.requested_on) for line in lines}
