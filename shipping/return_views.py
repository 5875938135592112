"""Pages about goods that come back: the worklist, announcing, receiving, looking, settling."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment.models import Location
from o2c.kernel import clock, downloads
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, page_of, status_of
from shipping import return_selectors as selectors
from shipping import return_slip, services
from shipping.models import Return, ReturnLine, Shipment, ShipmentLine
from shipping.return_forms import (
    AnnounceForm,
    InspectForm,
    ReceiveForm,
    RefuseForm,
    SettleForm,
    StoreForm,
)

OK = 200
MOST_LINES, MOST_PLACES = 200, 500


@page("shipping.view_return")
def return_list(request: HttpRequest) -> HttpResponse:
    """List the returns: what is open, or what is in one state."""
    view = request.GET.get("view", "open")
    view = view if view in {*Return.State.values, selectors.STUCK} else "open"
    size = selectors.PAGE_SIZE
    start = page_of(request) * size
    found = list(selectors.worklist(view)[start : start + size + 1])
    counts = selectors.counts()
    context = {
        "returns": found[:size],
        "next_page": page_of(request) + 1 if len(found) > size else None,
        "view": view,
        "open_count": sum(counts.get(state, 0) for state in selectors.OPEN),
        "stuck_count": selectors.stuck_returns().count(),
        "views": [(state, state.label, counts.get(state, 0)) for state in Return.State],
    }
    return render(request, "shipping/returns.html", context)


@form_page("shipping.work_return")
def return_new(request: HttpRequest, number: str) -> HttpResponse:
    """Announce that goods of a shipment come back."""
    shipment = get_object_or_404(Shipment.objects.select_related("customer"), number=number)
    of_shipment = ShipmentLine.objects.filter(shipment=shipment)
    found = list(selectors.lines_to_return(of_shipment)[: MOST_LINES + 1])
    lines = found[:MOST_LINES]
    form = AnnounceForm(lines, request.POST if request.method == "POST" else None)
    status = OK
    if request.method == "POST":
        made, status = announced(request, form, shipment.customer_id)
        if made is not None:
            return redirect("shipping:return", made.number)
    context = {"shipment": shipment, "form": form, "lines": lines}
    context["most"] = MOST_LINES if len(found) > MOST_LINES else None
    return render(request, "shipping/return_new.html", context, status=status)


def announced(
    request: HttpRequest, form: AnnounceForm, customer_id: int
) -> tuple[Return | None, int]:
    """Announce what a form says, once; return the return, or why not stands in the form."""
    if not form.is_valid():
        return None, UNPROCESSABLE
    goods, note, at = form.goods(), form.cleaned_data["note"], clock.now()
    try:
        once_per_form(
            request,
            lambda: services.announce_return(
                customer_id, goods=goods, note=note, at=at, actor=actor_of(request)
            ),
        )
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=form.names())
        return None, status_of(refusal)
    return Return.objects.filter(customer=customer_id).order_by("-pk").first(), OK


@action("shipping.work_return")
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Announce what was refused at the door of a shipment: one key."""
    shipment = get_object_or_404(Shipment, number=number)
    try:
        made = services.announce_refused(shipment.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("shipping:shipment", number)
    messages.success(request, _("%(number)s is announced.") % {"number": made.number})
    return redirect("shipping:return", made.number)


@page("shipping.view_return")
def return_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show a return with the one thing to do next."""
    return _detail(request, _return(number))


@page("shipping.view_return")
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Show the slip that goes into the packages of a return."""
    row = _return(number)
    return downloads.shown_once(return_slip.draw(row), name=return_slip.name_of(row))


@action("shipping.work_return")
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Count what has come."""
    row = _return(number)
    form = ReceiveForm(_lines(row), request.POST)
    return _act(
        request,
        row,
        form,
        lambda: services.receive_return_goods(
            row.pk, goods=form.goods(), at=clock.now(), actor=actor_of(request)
        ),
        name="receive_form",
    )


@action("shipping.work_return")
def inspect(request: HttpRequest, number: str) -> HttpResponse:
    """Say what becomes of each line."""
    row = _return(number)
    lines = [line for line in _lines(row) if line.received]
    form = InspectForm(lines, _places(row), request.POST)
    return _act(
        request,
        row,
        form,
        lambda: services.inspect_return(
            row.pk, verdicts=form.verdicts(), at=clock.now(), actor=actor_of(request)
        ),
        name="inspect_form",
    )


@action("shipping.work_return")
def store(request: HttpRequest, number: str) -> HttpResponse:
    """Say where goes what could not be put to its place."""
    row = _return(number)
    form = StoreForm(_stuck(_lines(row)), _places(row), request.POST)
    return _act(
        request,
        row,
        form,
        lambda: services.store_elsewhere(
            row.pk, targets=form.targets(), at=clock.now(), actor=actor_of(request)
        ),
        name="store_form",
    )


@action("shipping.settle_return")
def settle(request: HttpRequest, number: str) -> HttpResponse:
    """Agree to credit what was accepted."""
    return _decide(request, number, SettleForm(request.POST), services.settle_return)


@action("shipping.settle_return")
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Credit nothing, and say why."""
    return _decide(request, number, RefuseForm(request.POST), services.refuse_return)


def _decide(
    request: HttpRequest, number: str, form: Form, service: Callable[..., object]
) -> HttpResponse:
    row = _return(number)
    name = "refuse_form" if isinstance(form, RefuseForm) else "settle_form"
    return _act(
        request,
        row,
        form,
        lambda: service(row.pk, at=clock.now(), actor=actor_of(request), **form.cleaned_data),
        name=name,
    )


def _act(
    request: HttpRequest, row: Return, form: Form, work: Callable[[], object], *, name: str
) -> HttpResponse:
    if not form.is_valid():
        return _detail(request, row, status=UNPROCESSABLE, **{name: form})
    names = form.names() if isinstance(form, ReceiveForm | StoreForm) else {}
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=names)
        return _detail(request, _return(row.number), status=status_of(refusal), **{name: form})
    return redirect("shipping:return", row.number)


def _return(number: str) -> Return:
    return get_object_or_404(Return.objects.select_related("customer", "warehouse"), number=number)


def _lines(row: Return) -> list[Any]:
    return list(selectors.lines_for_page().filter(of=row))


def _stuck(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line.problem]


def _places(row: Return) -> list[Location]:
    kinds = (*Location.PICKED_FROM, Location.Kind.QUARANTINE)
    places = Location.objects.filter(warehouse=row.warehouse_id, is_active=True, kind__in=kinds)
    return list(places.order_by("-kind", "walk_order", "code")[:MOST_PLACES])


def _detail(request: HttpRequest, row: Return, *, status: int = OK, **shown: Any) -> HttpResponse:
    lines = _lines(row)
    here = [line for line in lines if line.received]
    stuck = _stuck(lines)
    is_to_inspect = row.state == Return.State.RECEIVED
    context = {
        "return": row,
        "lines": lines,
        "is_lost": any(line.reason == ReturnLine.Reason.LOST for line in lines),
        "receive_form": ReceiveForm(lines),
        "inspect_form": InspectForm(here, _places(row)) if is_to_inspect else None,
        "store_form": StoreForm(stuck, _places(row)) if stuck else None,
        "settle_form": SettleForm(),
        "refuse_form": RefuseForm(),
    }
    return render(request, "shipping/return.html", context | shown, status=status)
