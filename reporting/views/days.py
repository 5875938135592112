"""The company's day, as the pages need it."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from o2c.kernel import clock
from o2c.kernel.company import local_date
from o2c.kernel.models import Company


def company_today() -> tuple[Company | None, date]:
    """Return the company and its day; without a company, the reader's own day."""
    company = Company.objects.order_by("pk").first()
    now = clock.now()
    return company, local_date(now, company) if company else timezone.localtime(now).date()


def date_asked(request: HttpRequest, name: str) -> date | None:
    """Return a date of the query; None when it is missing or no date."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
