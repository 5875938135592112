"""When goods are wanted unless somebody says otherwise."""

from datetime import date, datetime, timedelta

from o2c.kernel.company import local_date, the_company
from o2c.kernel.working_days import next_working_day

USUAL_WAIT = timedelta(days=7)


def usual_day(at: datetime) -> date:
    """Return the day in a week, or the first day after it on which the company works."""
    company = the_company()
    return next_working_day(local_date(at, company) + USUAL_WAIT, country=company.country)
