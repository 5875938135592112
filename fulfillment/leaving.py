"""By which day goods have to leave: they must be fit until then."""

from collections.abc import Iterable
from datetime import date

from o2c.kernel.company import the_company
from o2c.kernel.working_days import working_day_before
from orders.models import OrderLine

# Until when what reservation `r` keeps back must be fit, in SQL: the day before the last one that
# the lines of its order are wanted for, whichever day a calendar of working days would say; never
# too early. NULL: no order says so yet, and what expires today will do.
NEEDED_ON = """(
    SELECT max(n.requested_on) - 1 FROM orders_orderline n
     WHERE n.product_id = r.product_id AND n.ordered > n.cancelled + n.shipped
       AND n.order_id = CASE split_part(r.holder, ':', 1)
           WHEN 'order' THEN split_part(r.holder, ':', 2)::bigint
           WHEN 'quote' THEN (SELECT v.order_id FROM orders_quote v
                               WHERE v.id = split_part(r.holder, ':', 2)::bigint) END
)"""


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
