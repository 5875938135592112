"""By which day goods have to leave: they must be fit until then."""

from collections.abc import Iterable
from datetime import date

from o2c.kernel.company import the_company
from o2c.kernel.working_days import working_day_before
from orders.models import OrderLine


def leaves_on(requested_on: date, *, today: date, country: str) -> date:
    """Return the day on which goods leave for a day: on the road one working day, never past."""
    return max(today, working_day_before(requested_on, country=country))


def leaving_days(lines: Iterable[OrderLine], *, today: date) -> dict[int, date]:
    """Return by product the last of the days on which its lines leave."""
    country = the_company().country
    days: dict[int, date] = {}
    for line in lines:
        day = leaves_on(line.requested_on, today=today, country=country)
        days[line.product_id] = max(day, days.get(line.product_id, day))
    return days
