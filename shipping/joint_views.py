"""Pages: several orders in one shipment, joined and taken out by hand."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from fulfillment.models import PickList
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of
from shipping import services
from shipping.board_views import back_to_board, is_from_board
from shipping.models import Shipment
from shipping.views import show_shipment


@action("shipping.plan_shipment")
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Put the shipment into another one, and show that; on the board where it came from there."""
    row = get_object_or_404(Shipment, number=number)
    other = Shipment.objects.filter(number=_entered(request, "with")).first()
    if other is None:
        message = _("Choose a shipment from the list.")
        return show_shipment(request, number, error=message, status=UNPROCESSABLE)
    return _act(
        request,
        row,
        lambda: services.join_shipment(
            row.pk, with_id=other.pk, at=clock.now(), actor=actor_of(request)
        ),
    )


@action("shipping.plan_shipment")
def take_out(request: HttpRequest, number: str) -> HttpResponse:
    """Give a pick list of the shipment one of its own, and show that."""
    row = get_object_or_404(Shipment, number=number)
    pick_list = PickList.objects.filter(number=_entered(request, "pick_list")).first()
    if pick_list is None:
        message = _("Choose a pick list from the shipment.")
        return show_shipment(request, number, error=message, status=UNPROCESSABLE)
    return _act(
        request,
        row,
        lambda: services.take_out(
            row.pk, pick_list_id=pick_list.pk, at=clock.now(), actor=actor_of(request)
        ),
    )


def _entered(request: HttpRequest, name: str) -> str:
    """Return what was chosen; no number of ours has such a character as a database refuses."""
    return request.POST.get(name, "").replace("\x00", "")


def _act(request: HttpRequest, row: Shipment, change: Callable[[], Shipment]) -> HttpResponse:
    """Do it once; sent again, the form shows the shipment that it was sent for."""
    shown = [row]
    try:
        once_per_form(request, lambda: shown.append(change()))
    except EXPECTED as refusal:
        if not is_from_board(request):
            error = explain(refusal)[1]
            return show_shipment(request, row.number, error=error, status=status_of(refusal))
        messages.error(request, explain(refusal)[1])
    result = shown[-1]
    if is_from_board(request):
        house = Shipment.objects.select_related("warehouse").get(pk=result.pk).warehouse
        return back_to_board(request, house, result.number)
    return redirect("shipping:shipment", number=result.number)
