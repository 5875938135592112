"""Pages: bookings that a carrier did not take, and what people do about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import carry_out, once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, number_of, page_of, wants_part
from shipping import bookings, services
from shipping.forms import ByHandForm
from shipping.models import Booking, Shipment
from shipping.views import show_shipment

NO_CONTENT = 204
PERMISSION = "shipping.plan_shipment"


@page("shipping.view_shipment")
def booking_list(request: HttpRequest) -> HttpResponse:
    """List the bookings that wait for a person, the nearest pickup first."""
    now, size = clock.now(), bookings.PAGE_SIZE
    start = page_of(request) * size
    found = list(bookings.to_mend(at=now)[start : start + size + 1])
    context = {
        "bookings": [(row, bookings.next_step(row)) for row in found[:size]],
        "next_page": page_of(request) + 1 if len(found) > size else None,
        "count": bookings.count_to_mend(at=now),
        "now": now,
    }
    template = "shipping/bookings.html#panel" if wants_part(request) else "shipping/bookings.html"
    return render(request, template, context)


@page("shipping.view_shipment")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the shipment's page once the carrier has; until then leave it as it is."""
    if bookings.is_awaited(number, attempts=number_of(request.GET.get("attempts")) or 0):
        return HttpResponse(status=NO_CONTENT)
    return show_shipment(request, number, is_answer=True)


@action(PERMISSION)
def retry(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask the carrier once more."""
    text = _("The carrier is asked again.")
    return _act(request, booking_id, services.retry_booking, text)


@action(PERMISSION)
def take(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Look after the booking oneself."""
    return _act(request, booking_id, services.take_booking, "", user_id=request.user.pk)


@action(PERMISSION)
def cancelled(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Say that the carrier has been told to forget it."""
    return _act(request, booking_id, services.settle_stuck, _("It is noted as cancelled."))


@action(PERMISSION)
def by_hand(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the number that the carrier has given to a person."""
    row, form = get_object_or_404(Shipment, number=number), ByHandForm(request.POST)

    def book() -> None:
        entered: dict[str, Any] = form.cleaned_data
        services.book_by_hand(row.pk, at=clock.now(), actor=actor_of(request), **entered)

    _none, status = carry_out(form, lambda: once_per_form(request, book))
    if form.errors:
        return show_shipment(request, number, status=status, hand_form=form)
    messages.success(request, _("It is booked."))
    return redirect("shipping:shipment", number)


def _act(
    request: HttpRequest, booking_id: int, service: Callable[..., object], told: str, **entered: Any
) -> HttpResponse:
    row = get_object_or_404(Booking.objects.select_related("shipment"), pk=booking_id)
    try:
        once_per_form(
            request,
            lambda: service(row.pk, at=clock.now(), actor=actor_of(request), **entered),
        )
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        if told:
            messages.success(request, told)
    if request.POST.get("back") == "list":
        return redirect("shipping:bookings")
    return redirect("shipping:shipment", row.shipment.number)
