"""How long each step of an order takes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from o2c.kernel import clock
from o2c.kernel.pages import page
from o2c.kernel.ui.figures import Text
from reporting.links import page_of
from reporting.selectors.cycle_times import Window, slowest_open, step_times
from reporting.views.days import company_today, date_asked

PERIODS: dict[str, tuple[int, Text]] = {
    "30": (30, _("30 days")),
    "90": (90, _("90 days")),
    "365": (365, _("A year")),
}


@page("kernel.view_dashboard")
def process(request: HttpRequest) -> HttpResponse:
    """Show the time of each step in a period, and the documents that are slowest now."""
    company, today = company_today()
    asked = request.GET.get("period", "90")
    days, _name = PERIODS.get(asked, PERIODS["90"])
    window = Window(
        as_of=min(date_asked(request, "as_of") or today, today),
        days=days,
        zone=company.time_zone if company else timezone.get_current_timezone_name(),
        now=clock.now(),
    )
    times = step_times(window)
    context = {
        "window": window,
        "periods": [(key, name) for key, (_days, name) in PERIODS.items()],
        "period": str(days),
        "times": times,
        "has_times": any(found.count for found in times),
        "open_steps": [
            (row, page_of(row.step.document, row.number, may=request.user.has_perm))
            for row in slowest_open(window)
        ],
    }
    return render(request, "reporting/process.html", context)
