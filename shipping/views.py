"""Pages about pickups and shipments."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment.models import PickList, Warehouse
from o2c.kernel import clock, files
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, status_of
from orders.models import Amendment, Order
from shipping import board as boards
from shipping import bookings, cases, contents, customs, dayline, departures, selectors, services
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
from shipping.outcomes import in_words
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
def board(request: HttpRequest) -> HttpResponse:
    """Show a warehouse's pickups as lanes, with the day line above."""
    warehouses = list(Warehouse.objects.order_by("code"))
    chosen = request.GET.get("warehouse", "")
    warehouse = next((row for row in warehouses if row.code == chosen), None) or next(
        iter(warehouses), None
    )
    context: dict[str, Any] = {"warehouses": warehouses, "warehouse": warehouse}
    if warehouse is not None:
        context |= _board_of(
            warehouse, day=request.GET.get("day", ""), of=request.GET.get("lane", "")
        )
    return render(request, "shipping/board.html", context)


def _board_of(warehouse: Warehouse, *, day: str, of: str) -> dict[str, Any]:
    """Return what the board shows of a day, by default today; `of` names the lane to show whole."""
    now, zone = clock.now(), ZoneInfo(warehouse.time_zone)
    lanes = boards.lanes(warehouse, at=now, of=of)
    days = boards.days_of(lanes, zone=zone, at=now)
    today, before = days[0], departures.day_before(warehouse, at=now)
    days = [before, *days] if before else days
    chosen = next((one for one in days if str(one) == day), today)
    if chosen == before:
        drawn = shown = departures.lanes_of_day(warehouse, chosen, at=now, of=of)
    else:
        drawn, shown = lanes, boards.lanes_of(lanes, chosen, zone=zone, at=now)
    return {
        "lanes": shown,
        "days": days,
        "today": today,
        "day": chosen,
        "day_line": dayline.draw(drawn, now=now, zone=zone, day=chosen),
        "choices": boards.choices(selectors.schedules_of(warehouse), warehouse, at=now),
        "zone": warehouse.time_zone,
        "bookings_to_mend": bookings.count_to_mend(at=now),
        "late": sum(lane.missed for lane in lanes),
        "stranded": sum(lane.stranded for lane in lanes),
        "endangered": sum(lane.breaking for lane in lanes),
    }


@page("shipping.view_shipment")
def day_line(request: HttpRequest) -> HttpResponse:
    """Answer other pages with the day line of the first warehouse."""
    warehouse = Warehouse.objects.order_by("code").first()
    drawing = ""
    if warehouse is not None:
        now = clock.now()
        lanes = boards.lanes(warehouse, at=now)
        drawing = dayline.draw(lanes, now=now, zone=ZoneInfo(warehouse.time_zone))
    return render(request, "shipping/day_line.html", {"day_line": drawing})


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
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Plan the goods of a packed pick list again, after their shipment was cancelled."""
    pick_list = get_object_or_404(PickList, number=number)
    try:
        planned = services.plan_shipment(pick_list.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("shipping:board")
    return redirect("shipping:shipment", number=planned.number)


@action("shipping.plan_shipment")
def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Assign all that waits in a house to the pickups that keep promises at least cost."""
    warehouse = get_object_or_404(Warehouse, code=code)
    done: list[services.Arranged] = []

    def plan_all() -> None:
        done.append(services.arrange_pickups(warehouse.pk, at=clock.now(), actor=actor_of(request)))

    try:
        once_per_form(request, plan_all)
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    for outcome in done:
        tell = messages.warning if outcome.late or outcome.left_behind else messages.success
        tell(request, in_words(outcome))
    return redirect(board_of(warehouse))


def board_of(warehouse: Warehouse, number: str = "", *, day: str = "") -> str:
    """Return the address of a house's board, at one of its cards; `day`: as it was shown."""
    query = urlencode({"warehouse": warehouse.code} | ({"day": day} if day else {}))
    return f"{reverse('shipping:board')}?{query}{'#' + number if number else ''}"


@action("shipping.plan_shipment")
def make_label(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, services.label_shipment)


@action("shipping.plan_shipment")
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Move the shipment to another pickup; back to the board when it came from there."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return show_shipment(
            request, number, error=_("Choose a pickup from the list."), status=UNPROCESSABLE
        )
    carrier_id, leaves_by = form.cleaned_data["pickup"]
    entered = {"carrier_id": carrier_id, "leaves_by": leaves_by}
    response = _act(request, number, services.assign_pickup, entered)
    if request.POST.get("back") != "board" or response.status_code != HTTPStatus.FOUND:
        return response
    row = get_object_or_404(Shipment.objects.select_related("warehouse"), number=number)
    return redirect(board_of(row.warehouse, number, day=request.POST.get("day", "")))


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
    """Do it once; show the shipment, or why it was refused."""
    row = get_object_or_404(Shipment, number=number)
    try:
        once_per_form(
            request,
            lambda: service(row.pk, at=clock.now(), actor=actor_of(request), **(entered or {})),
        )
    except EXPECTED as refusal:
        return show_shipment(request, number, error=explain(refusal)[1], status=status_of(refusal))
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
