"""The selling company: its day, and which days its daily jobs have still to run."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from o2c.kernel import jobs
from o2c.kernel.compiled import compiled
from o2c.kernel.models import Company, JobRun
from o2c.kernel.transactions import running_step
from o2c.kernel.working_days import DAY

# After a long stop only the last days are caught up; older ones are run by hand.
CATCH_UP = timedelta(days=14)


def the_company() -> Company:
    """Return the company that this installation runs for; read once a step.

    Raises:
        Company.DoesNotExist: none is set up yet; `manage.py simulate` or the admin makes it.
    """
    step = running_step()
    if step is None:
        return _read_company()
    if step.company is None:
        step.company = _read_company()
    return step.company


def _read_company() -> Company:
    for company in _first_company():
        return company
    raise Company.DoesNotExist


@compiled
def _first_company() -> QuerySet[Company]:
    return Company.objects.order_by("pk")[:1]


def local_date(at: datetime, company: Company) -> date:
    """Return the company's calendar day at an instant."""
    return at.astimezone(ZoneInfo(company.time_zone)).date()


def days_to_run(*, at: datetime) -> list[date]:
    """Return the days since the last one that was run, up to the company's today."""
    company = Company.objects.order_by("pk").first()
    if company is None:
        return []
    today = local_date(at, company)
    last = (
        JobRun.objects.exclude(finished_at=None)
        .filter(for_date__lte=today, name__in=[jobs.job_name(job) for job in jobs.DAILY])
        .order_by("-for_date")
        .values_list("for_date", flat=True)
        .first()
    )
    first = max(last + DAY, today - CATCH_UP) if last else today
    return [first + timedelta(days=n) for n in range((today - first).days + 1)]
