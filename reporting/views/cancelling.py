"""Cancelling an order or a part of it, on one page that shows what stands in the way."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fulfillment import services as fulfillment
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import form_page
from o2c.kernel.requests import actor_of, status_of
from orders.models import Order
from orders.sheet import QUANTITY
from reporting.order.undoing import Undoing, told, undoing_of
from reporting.selectors.order_page import OrderFile, order_file

OK = 200


@form_page("orders.cancel_order")
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """Show what can be cancelled of an order and what undoes the rest; then cancel it."""
    try:
        file = order_file(number)
    except Order.DoesNotExist:
        raise Http404 from None
    undoing = undoing_of(file, may=request.user.has_perm)
    if request.method != "POST":
        return _show(request, file, undoing)
    try:
        once_per_form(request, lambda: _cancel(request, file, undoing))
    except EXPECTED as refusal:
        return _show(request, file, undoing, error=explain(refusal)[1], status=status_of(refusal))
    messages.success(request, _("Cancelled, as was asked, in %(order)s.") % {"order": file.order})
    return redirect("reporting:order", number=number)


def _cancel(request: HttpRequest, file: OrderFile, undoing: Undoing) -> None:
    quantities = _quantities(request, undoing)
    if not quantities:
        raise InvalidInput(_("Enter how much of a line is cancelled."))
    is_all = undoing.is_all and all(
        quantities.get(rest.line.pk) == rest.free for rest in undoing.rests
    )
    touched = [
        pick.pk
        for pick in undoing.stoppable
        if any(line.order_line_id in quantities for line in pick.lines.all())
    ]
    fulfillment.stop_and_cancel(
        file.order.pk,
        quantities=None if is_all else quantities,
        stopped=touched,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", "").strip()[:300],
        at=clock.now(),
        actor=actor_of(request),
    )


def _quantities(request: HttpRequest, undoing: Undoing) -> dict[int, Decimal]:
    wanted = {}
    for rest in undoing.rests:
        text = request.POST.get(rest.field, "").strip()
        try:
            quantity = QUANTITY.clean(text) if text else Decimal(0)
        except ValidationError as refusal:
            words = {"sku": rest.line.sku, "why": " ".join(refusal.messages)}
            raise InvalidInput(_("%(sku)s: %(why)s") % words) from None
        if quantity:
            wanted[rest.line.pk] = quantity
    return wanted


def _show(
    request: HttpRequest, file: OrderFile, undoing: Undoing, *, error: str = "", status: int = OK
) -> HttpResponse:
    rows = [(rest, request.POST.get(rest.field, told(rest))) for rest in undoing.rests]
    context = {
        "order": file.order,
        "undoing": undoing,
        "rows": rows,
        "reasons": Order.CancelReason.choices,
        "reason": request.POST.get("reason", Order.CancelReason.CUSTOMER),
        "note": request.POST.get("note", ""),
        "error": error,
    }
    return render(request, "reporting/cancellation.html", context, status=status)
