"""The queue: what waits on the left, its evidence in the middle, the decision on the right."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import push_url, retarget

from credit import services
from credit.forms import DecisionForm
from credit.models import Hold
from credit.selectors import accounts as known
from credit.selectors.facts import named_facts
from credit.selectors.queue import Case, find_case, worklist
from credit.views import desk
from credit.views.answers import FINE, submit
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.money import ZERO, round_money
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, today, wants_part
from o2c.kernel.ui.toast import toast
from orders.models import Order

VIEWS = ("waiting", "documents", "decided")
PAGE = "credit/queue.html"


@page("credit.view_creditapplication")
def queue(request: HttpRequest) -> HttpResponse:
    """Show the worklist and one case: the asked one, or the most urgent."""
    view = request.GET.get("view", "")
    number = request.GET.get("case", "")
    case = find_case(number) if number else None
    if number and case is None:
        raise Http404
    return _render(request, view=view if view in VIEWS else "waiting", case=case)


@action("credit.decide_creditapplication")
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Carry out a decision and go on to the next case; a refusal is shown with the form."""
    case = _case(number)
    holds = list(known.holds_that_stand(case.customer.pk))
    form = DecisionForm(request.POST, choices=desk.choices_for(case, holds))
    at, actor = clock.now(), actor_of(request)

    def work() -> object:
        chosen = form.cleaned_data["decision"]
        if not request.user.has_perm(desk.permission_for(case, chosen)):
            raise PermissionDenied
        return desk.carry_out(case, form, today=today(), at=at, actor=actor)

    status = submit(request, form, work)
    if status != FINE:
        return _refused(request, case, form, status)
    said = _("%(document)s is decided.") % {"document": case.number}
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect("credit:queue")
    response = _render(request, view="waiting", case=None)
    return toast(push_url(response, reverse("credit:queue")), said)


@action("credit.decide_creditapplication")
def documents_received(request: HttpRequest, number: str) -> HttpResponse:
    """Take an application up again."""
    case = _case(number)
    if case.application is None:
        raise Http404
    try:
        services.receive_documents(case.application.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(
            request, _("%(application)s is in review again.") % {"application": number}
        )
    return redirect(f"{reverse('credit:queue')}?{urlencode({'case': number})}")


def _case(number: str) -> Case:
    case = find_case(number)
    if case is None:
        raise Http404
    return case


def _render(
    request: HttpRequest,
    *,
    view: str,
    case: Case | None,
    form: DecisionForm | None = None,
    status: int = FINE,
) -> HttpResponse:
    """Draw the page, or for htmx its three panes."""
    found = worklist(view, since=_midnight())
    first = found.cases[0] if found.cases else None
    shown = case or (find_case(first.number) if first else None)
    context = {
        "worklist": found,
        "view": view,
        "now": clock.now(),
        "case": shown,
        **(_evidence(request, shown, form) if shown else {}),
    }
    return render(request, f"{PAGE}#work" if wants_part(request) else PAGE, context, status=status)


def _refused(request: HttpRequest, case: Case, form: DecisionForm, status: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return _render(request, view="waiting", case=case, form=form, status=status)
    context = {"case": case, "now": clock.now(), "form": form, "may_decide": True}
    return retarget(render(request, f"{PAGE}#decide", context, status=status), "#decide")


def _evidence(request: HttpRequest, case: Case, form: DecisionForm | None) -> dict[str, Any]:
    """Return what the middle and right panes show."""
    account = known.account_for_page(case.customer)
    holds = list(known.holds_that_stand(case.customer.pk))
    order = case.order
    waiting = order.gross_amount if order and order.state in Order.WAITING else ZERO
    return {
        "account": account,
        "standing": account.standing(today()),
        "gauge": known.gauge_of(account, this_order=waiting),
        "holds": holds,
        "orders": known.open_orders(case.customer.pk),
        "checks": known.latest_checks(order.pk) if order else [],
        "decisions": known.latest_decisions(case.customer.pk),
        "facts": named_facts(case.application.inputs) if case.application else [],
        "form": form or _blank(case, holds),
        "may_decide": not case.is_decided
        and request.user.has_perm("credit.decide_creditapplication"),
    }


def _blank(case: Case, holds: list[Hold]) -> DecisionForm:
    return DecisionForm(
        choices=desk.choices_for(case, holds),
        initial={
            "until": today() + desk.APPROVED_FOR,
            "limit": round_money(case.amount, case.customer.currency),
        },
    )


def _midnight() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(clock.now()), time.min))
