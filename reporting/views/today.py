"""Today: what waits for this person, and what to do next."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from customers.models import CustomerUser
from o2c.kernel import clock
from o2c.kernel.models import User
from o2c.kernel.pages import View, mark, page
from reporting.selectors.history import history_in_progress
from reporting.selectors.worklists import Moment, do_next, loads
from reporting.today.reasons import next_of
from reporting.today.tiles import tile_of
from reporting.today.worklists import WORKLISTS, Worklist
from reporting.views.days import company_today


def home(view: View) -> View:
    """Send a customer's people to their portal; let our own people in."""

    @wraps(view)
    def serve(request: HttpRequest) -> HttpResponse:
        if request.user.has_perm("kernel.view_company"):
            return view(request)
        if CustomerUser.objects.filter(user=request.user.pk).exists():
            return redirect("reporting:portal")
        raise PermissionDenied

    return mark(require_GET(login_required(serve)), view, "kernel.view_company")


@home
def today(request: HttpRequest) -> HttpResponse:
    """Show this person's worklists and the most urgent tasks; htmx gets them alone."""
    company, day = company_today()
    zone = company.time_zone if company else timezone.get_current_timezone_name()
    moment = Moment(now=clock.now(), today=day, zone=zone, user=request.user.pk or 0)
    mine, is_reader = worklists_of(request.user)
    found = loads(mine, moment)
    currency = company.currency if company else ""
    urgent = [] if is_reader else do_next(mine, moment)
    context = {
        "moment": moment,
        "currency": currency,
        "tiles": sorted(
            (tile_of(worklist, found[worklist.key], currency) for worklist in mine),
            key=lambda tile: tile.load.count == 0,
        ),
        "count": sum(load.count for load in found.values()),
        "late_count": sum(load.late for load in found.values()),
        "tasks": [next_of(task, moment, may=request.user.has_perm) for task in urgent],
        "is_reader": is_reader,
        "history": history_in_progress(),
    }
    is_panel = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, f"reporting/today.html{'#work' if is_panel else ''}", context)


@page("kernel.view_company")
def history(request: HttpRequest) -> HttpResponse:
    """Show how far the demo's history is; when it is done, have the page read again."""
    found = history_in_progress()
    if found is None:
        return HttpResponseClientRefresh()
    return render(request, "reporting/today.html#history", {"history": found})


def worklists_of(user: User | AnonymousUser) -> tuple[list[Worklist], bool]:
    """Return the lists that the person works on; without any, those that they may read."""
    working = [w for w in WORKLISTS if any(user.has_perm(name) for name in w.work)]
    if working:
        return working, False
    return [worklist for worklist in WORKLISTS if user.has_perm(worklist.view)], True
