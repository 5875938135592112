"""Pages about shipments."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment.models import PickList
from o2c.kernel import clock, files
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, status_of
from orders.models import Amendment, Order
from shipping import board as boards
from shipping import bookings, cases, contents, customs, selectors, services
from shipping.board_views import back_to_board, is_from_board
from shipping.forms import (
    ByHandForm,
    CancelForm,
    ChargeForm,
    DeliveredForm,
    ExceptionForm,
    MoveForm,
)
from shipping.models import Booking, ProofOfDelivery, Shipment
from shipping.notices.sending import messages_about, messages_of
from shipping.return_selectors import arrival_after_loss


@page("shipping.view_shipment")
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """Show what of an amended order has left or is planned: that part stays as it is."""
    found = get_object_or_404(Amendment, number=number)
    shipments = selectors.shipments_of(found.order_id)
    return render(request, "shipping/amendment.html", {"shipments": shipments})


@page("orders.view_order")
def order_messages(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the order's page with what trading partners were told about it."""
    order = get_object_or_404(Order, number=number)
    context = {"messages_sent": messages_about(order), "number": number}
    return render(request, "shipping/order_messages.html", context)


@page("shipping.view_shipment")
def of_pick_list(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the pick list's page with the shipment that takes its goods."""
    pick_list = get_object_or_404(PickList, number=number)
    planned = selectors.live_shipment_of(pick_list.pk)
    if planned is not None and not request.htmx:  # type: ignore[attr-defined]
        return redirect("shipping:shipment", number=planned.number)
    context = {"pick_list": pick_list, "shipment": planned}
    return render(request, "shipping/of_pick_list.html", context)


@page("shipping.view_shipment")
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    """Show one shipment: what it carries, where it is, and the next thing to do."""
    return show_shipment(request, number)


@page("shipping.view_shipment")
def label(request: HttpRequest, number: str) -> HttpResponse:
    """Download the label; it is drawn on the first time."""
    row = get_object_or_404(Shipment, number=number)
    try:
        stored = services.label_of(row.pk, at=clock.now(), actor=actor_of(request))
    except services.NoPickup as refusal:
        return show_shipment(request, number, error=str(refusal), status=CONFLICT)
    response = HttpResponse(files.read(stored), content_type=stored.media_type)
    response["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return response


@action("shipping.plan_shipment")
def make_label(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, services.label_shipment)


@action("shipping.plan_shipment")
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Move the shipment to another pickup."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return show_shipment(
            request, number, error=_("Choose a pickup from the list."), status=UNPROCESSABLE
        )
    carrier_id, leaves_by = form.cleaned_data["pickup"]
    entered = {"carrier_id": carrier_id, "leaves_by": leaves_by}
    return _act(request, number, services.assign_pickup, entered)


@action("shipping.track_shipment")
def deliver(request: HttpRequest, number: str) -> HttpResponse:
    return _act_with(request, number, DeliveredForm(request.POST), services.deliver_shipment)


@action("shipping.track_shipment")
def fail(request: HttpRequest, number: str) -> HttpResponse:
    return _act_with(request, number, ExceptionForm(request.POST), services.report_exception)


@action("shipping.plan_shipment")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    return _act_with(request, number, CancelForm(request.POST), services.cancel_shipment)


FORMS: dict[type[Form], str] = {
    DeliveredForm: "deliver_form",
    ExceptionForm: "fail_form",
    CancelForm: "cancel_form",
}


def _act_with(
    request: HttpRequest, number: str, form: Form, service: Callable[..., object]
) -> HttpResponse:
    if not form.is_valid():
        return show_shipment(request, number, status=UNPROCESSABLE, **{FORMS[type(form)]: form})
    return _act(request, number, service, form.cleaned_data)


def _act(
    request: HttpRequest,
    number: str,
    service: Callable[..., object],
    entered: dict[str, Any] | None = None,
) -> HttpResponse:
    """Do it once; show the shipment or the board, wherever it was sent from, or the refusal."""
    row = get_object_or_404(Shipment.objects.select_related("warehouse"), number=number)
    try:
        once_per_form(
            request,
            lambda: service(row.pk, at=clock.now(), actor=actor_of(request), **(entered or {})),
        )
    except EXPECTED as refusal:
        if not is_from_board(request):
            error = explain(refusal)[1]
            return show_shipment(request, number, error=error, status=status_of(refusal))
        messages.error(request, explain(refusal)[1])
    if is_from_board(request):
        return back_to_board(request, row.warehouse, number)
    return redirect("shipping:shipment", number=number)


def show_shipment(
    request: HttpRequest, number: str, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """Answer with a shipment's page; `shown` is what was refused, and its form."""
    rows = Shipment.objects.select_related("customer", "ship_to", "warehouse", "carrier")
    row = get_object_or_404(rows, number=number)
    now = clock.now()
    lines = list(
        row.lines.select_related(
            "order", "order_line__product__unit", "pick_list", "proof_line"
        ).order_by("pk")
    )
    is_waiting = row.state in Shipment.WAITING
    asked = [(one, bookings.next_step(one)) for one in bookings.of_shipment(row)]
    promised_on = cases.promise_of(row)
    schedules = list(selectors.schedules_of(row.warehouse)) if is_waiting else []
    context: dict[str, Any] = {
        "shipment": row,
        "condition": boards.condition_of(
            row, at=now, promised_on=promised_on, comes=boards.comes(row, schedules)
        ),
        "lines": lines,
        "lists": sorted({line.pick_list.number for line in lines}),
        "crosses_border": customs.crosses_border(row),
        "tracking": list(row.tracking.order_by("-at", "-pk")[:50]),
        "choices": boards.choices(schedules, row.warehouse, at=now),
        "partners": list(selectors.joinable_with(row)),
        "proof": ProofOfDelivery.objects.select_related("file").filter(shipment=row).first(),
        "cases": list(row.cases.select_related("owner").order_by("-pk")[:20]),
        "promised_on": promised_on,
        "messages_sent": messages_of(row.pk) if row.state in Shipment.GONE else [],
        "bookings": asked,
        "awaited": next((one for one, _step in asked if one.state == Booking.State.WANTED), None),
        "is_asked": any(one.state in Booking.ALIVE for one, _step in asked),
        "is_over": row.state in Shipment.OVER,
        "arrival": arrival_after_loss(row),
        "lacking": contents.lacking(row) if is_waiting else [],
    }
    return render(
        request, "shipping/shipment.html", context | _empty_forms() | shown, status=status
    )


def _empty_forms() -> dict[str, Form]:
    """Return what can be filled in on a shipment's page."""
    return {
        "hand_form": ByHandForm(),
        "charge_form": ChargeForm(),
        "deliver_form": DeliveredForm(),
        "fail_form": ExceptionForm(),
        "cancel_form": CancelForm(),
    }
