"""Pages: the planning board, its day line, and the plan of all that waits."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from fulfillment.models import PickList, Warehouse
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of
from shipping import board as boards
from shipping import bookings, dayline, departures, selectors, services
from shipping.outcomes import in_words


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


@action("shipping.plan_shipment")
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Plan the goods of a packed pick list again, after their shipment was cancelled."""
    lists = PickList.objects.select_related("warehouse")
    pick_list = get_object_or_404(lists, number=number)
    try:
        planned = services.plan_shipment(pick_list.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return back_to_board(request, pick_list.warehouse)
    if is_from_board(request):
        return back_to_board(request, pick_list.warehouse, planned.number)
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
    return back_to_board(request, warehouse)


def is_from_board(request: HttpRequest) -> bool:
    return request.POST.get("back") == "board"


def back_to_board(request: HttpRequest, warehouse: Warehouse, number: str = "") -> HttpResponse:
    """Answer with the board as it was shown when the form was sent, at one of its cards."""
    day = request.POST.get("day", "")
    query = urlencode({"warehouse": warehouse.code} | ({"day": day} if day else {}))
    card = f"#{number}" if number else ""
    return redirect(f"{reverse('shipping:board')}?{query}{card}")
