"""The findings queue: what rules found, worked one by one."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, page
from o2c.kernel.requests import number_of, wants_part
from orders import queues, services
from orders.models import OrderFinding
from orders.rules import RULES
from orders.rules.registry import OWNER_NAMES

AGES = (1, 3, 7)


@page("orders.view_order")
def findings(request: HttpRequest) -> HttpResponse:
    """Show what is open, oldest first, by rule, owner, severity and age."""
    asked = asked_of(request)
    queue = queues.queue_of(asked, _user(request), now=clock.now())
    counts = queues.counts_by_owner()
    context = {
        "asked": asked,
        "queue": queue,
        "owners": [(key, name, counts.get(key, 0)) for key, name in OWNER_NAMES.items()],
        "total": sum(counts.values()),
        "rules": sorted((rule.name, rule.title) for rule in RULES.values() if not rule.is_storable),
        "severities": OrderFinding.Severity.choices,
        "ages": AGES,
        "is_filtered": asked != queues.Asked(),
    }
    part = "#rows" if wants_part(request) else ""
    return render(request, f"orders/findings.html{part}", context)


@action("orders.view_order")
def waive(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Let a finding pass; who may, the rule says."""
    reason = request.POST.get("reason", "")

    def work() -> OrderFinding:
        return services.waive_finding(finding_id, reason=reason, by=_user(request), at=clock.now())

    return _do(request, work, _("Waived. It holds while nothing about it changes."))


@action("orders.enter_order")
def seen(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Note that somebody has looked at a warning."""

    def work() -> OrderFinding:
        return services.resolve_finding(finding_id, by=_user(request), at=clock.now())

    return _do(request, work, _("Noted."))


def asked_of(request: HttpRequest) -> queues.Asked:
    """Read the filters; what is none of ours counts as not given."""
    given = request.GET
    return queues.Asked(
        rule=given.get("rule", "") if given.get("rule") in RULES else "",
        owner=given.get("owner", "") if given.get("owner") in OWNER_NAMES else "",
        severity=given.get("severity", "")
        if given.get("severity") in OrderFinding.Severity.values
        else "",
        days=min(number_of(given.get("days")) or 0, max(AGES)),
        order=given.get("order", "")[:20],
        after=number_of(given.get("after")) or 0,
    )


def _do(request: HttpRequest, work: Callable[[], OrderFinding], done: str) -> HttpResponse:
    try:
        work()
        messages.success(request, done)
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Return the page that somebody came from, when it is one of ours."""
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else "orders:findings"


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]  # the page lets only signed-in people in
    return user
