"""Pages: what went wrong on the way, who looks after it, and how it ended."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, page_of, status_of, wants_part
from o2c.kernel.working_days import CLOSES
from shipping import bookings, cases, services
from shipping.case_forms import ResolveForm, WorkForm
from shipping.models import DeliveryCase, Shipment
from shipping.return_selectors import arrival_after_loss, losses_of, lost_lines
from shipping.services.losing import may_be_lost


@page("shipping.view_shipment")
def case_list(request: HttpRequest) -> HttpResponse:
    """List the cases, the most urgent first; as a panel for other pages."""
    view = request.GET.get("view", cases.OPEN)
    view = view if view in cases.VIEWS else cases.OPEN
    user_id, size = request.user.pk or 0, cases.PAGE_SIZE
    start = page_of(request) * size
    found = list(cases.worklist(view, user_id=user_id)[start : start + size + 1])
    context = {
        "cases": found[:size],
        "next_page": page_of(request) + 1 if len(found) > size else None,
        "view": view,
        "counts": cases.counts(user_id),
        "bookings_to_mend": bookings.count_to_mend(at=clock.now()),
        "now": clock.now(),
    }
    template = "shipping/cases.html#panel" if wants_part(request) else "shipping/cases.html"
    return render(request, template, context)


@page("shipping.view_shipment")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case with what is known of its shipment."""
    return _detail(request, _case(case_id))


@action("shipping.track_shipment")
def case_take(request: HttpRequest, case_id: int) -> HttpResponse:
    """Look after the case oneself."""
    user_id = request.user.pk
    assert user_id is not None
    return _act(request, _case(case_id), services.take_case, user_id=user_id)


@action("shipping.track_shipment")
def case_work(request: HttpRequest, case_id: int) -> HttpResponse:
    """Say who looks after it, what comes next and until when."""
    row, form = _case(case_id), WorkForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, work_form=form, status=UNPROCESSABLE)
    entered = form.cleaned_data
    return _act(
        request,
        row,
        services.work_on_case,
        form=form,
        owner_id=entered["owner"].pk if entered["owner"] else None,
        next_step=entered["next_step"],
        due_at=_due_at(row, entered["due_on"]),
        note=entered["note"],
    )


@action("shipping.track_shipment")
def case_resolve(request: HttpRequest, case_id: int) -> HttpResponse:
    """End the case."""
    row, form = _case(case_id), ResolveForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, resolve_form=form, status=UNPROCESSABLE)
    return _act(request, row, services.resolve_case, form=form, **form.cleaned_data)


def _act(
    request: HttpRequest,
    row: DeliveryCase,
    service: Callable[..., object],
    *,
    form: WorkForm | ResolveForm | None = None,
    **entered: Any,
) -> HttpResponse:
    def work() -> None:
        service(row.pk, at=clock.now(), actor=actor_of(request), **entered)

    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        status = status_of(refusal)
        if form is None:
            return _detail(request, row, error=explain(refusal)[1], status=status)
        add_refusal(refusal, form, names={"due_at": "due_on"})
        name = "work_form" if isinstance(form, WorkForm) else "resolve_form"
        return _detail(request, row, status=status, **{name: form})
    if request.POST.get("back") == "list":
        return redirect("shipping:cases")
    return redirect("shipping:case", row.pk)


def _due_at(row: DeliveryCase, due_on: date | None) -> datetime | None:
    """Return when the warehouse closes on a day; the instant that stands, if it is that day."""
    if due_on is None:
        return None
    zone = ZoneInfo(row.shipment.warehouse.time_zone)
    if row.due_at and row.due_at.astimezone(zone).date() == due_on:
        return row.due_at
    return datetime.combine(due_on, CLOSES, zone)


def _case(case_id: int) -> DeliveryCase:
    try:
        return cases.case_for_page(case_id)
    except DeliveryCase.DoesNotExist:
        raise Http404 from None


def _detail(
    request: HttpRequest, row: DeliveryCase, *, status: int = 200, **shown: Any
) -> HttpResponse:
    shipment: Shipment = row.shipment
    zone = ZoneInfo(shipment.warehouse.time_zone)
    values = {
        "owner": row.owner_id,
        "next_step": row.next_step,
        "due_on": row.due_at.astimezone(zone).date() if row.due_at else None,
        "note": row.note,
    }
    is_lost = shipment.state == Shipment.State.LOST
    context = {
        "case": row,
        "shipment": shipment,
        "tracking": list(shipment.tracking.order_by("-at", "-pk")[:20]),
        "orders": list(
            shipment.lines.order_by("order__number")
            .values_list("order__number", flat=True)
            .distinct()
        ),
        "work_form": WorkForm(initial=values),
        "resolve_form": ResolveForm(),
        "may_be_lost": may_be_lost(shipment, row),
        "losses": losses_of(shipment.pk) if is_lost else [],
        "lost_lines": lost_lines(shipment.pk) if is_lost else {},
        "arrival": arrival_after_loss(shipment),
        "now": clock.now(),
    }
    return render(request, "shipping/case.html", context | shown, status=status)
