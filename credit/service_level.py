"""By when a case is answered: in the company's working hours, as long as we have all papers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from o2c.kernel.company import the_company
from o2c.kernel.models import Company
from o2c.kernel.working_days import add_working_time, working_time_between


def answer_by(at: datetime, *, within: timedelta, company: Company) -> datetime:
    """Return the instant by which a case that came at `at` is to be answered."""
    return add_working_time(at, within, country=company.country, zone=ZoneInfo(company.time_zone))


def go_on(answer_was: datetime, *, stopped_at: datetime, at: datetime) -> datetime:
    """Return by when a case is to be answered whose clock stood still from one instant to now.

    What was left then is left now; what was late then stays as late.
    """
    company = the_company()
    if answer_was <= stopped_at:
        return at - (stopped_at - answer_was)
    zone = ZoneInfo(company.time_zone)
    left = working_time_between(stopped_at, answer_was, country=company.country, zone=zone)
    return add_working_time(at, left, country=company.country, zone=zone)
