"""Pages: goods that were lost on the way are settled."""

from collections import defaultdict
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import form_page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of
from orders.models import Order
from orders.selectors import gross_of
from shipping import cases, services
from shipping.case_forms import LossForm
from shipping.models import DeliveryCase, ShipmentLine
from shipping.return_selectors import lines_to_return
from shipping.services.losing import may_be_lost

OK = 200
# Lines that the page shows; all of them are settled.
MOST_LINES = 200


@form_page("shipping.settle_return")
def settle(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show what is credited of a lost shipment, and settle it."""
    try:
        case = cases.case_for_page(case_id)
    except DeliveryCase.DoesNotExist:
        raise Http404 from None
    if request.method != "POST":
        return _detail(request, case, LossForm())
    form = LossForm(request.POST)
    if not form.is_valid():
        return _detail(request, case, form, status=UNPROCESSABLE)
    note, at = form.cleaned_data["note"], clock.now()
    try:
        once_per_form(
            request,
            lambda: services.settle_as_lost(case_id, note=note, at=at, actor=actor_of(request)),
        )
    except EXPECTED as refusal:
        add_refusal(refusal, form)
        return _detail(request, cases.case_for_page(case_id), form, status=status_of(refusal))
    messages.success(request, _("%(shipment)s is settled as lost.") % {"shipment": case.shipment})
    return redirect("shipping:case", case_id)


def _detail(
    request: HttpRequest, case: DeliveryCase, form: LossForm, *, status: int = OK
) -> HttpResponse:
    lines = list(lines_to_return(ShipmentLine.objects.filter(shipment=case.shipment_id)))
    context = {
        "case": case,
        "shipment": case.shipment,
        "lines": lines[:MOST_LINES],
        "more": max(len(lines) - MOST_LINES, 0),
        "totals": _totals(lines),
        "may_be_lost": may_be_lost(case.shipment, case),
        "form": form,
    }
    return render(request, "shipping/loss.html", context, status=status)


def _totals(lines: list[ShipmentLine]) -> list[tuple[Order, Decimal]]:
    """Return what lines cost, tax included, by order."""
    of_order: dict[Order, list[ShipmentLine]] = defaultdict(list)
    for line in lines:
        of_order[line.order].append(line)
    totals = []
    for order, part in sorted(of_order.items(), key=lambda pair: pair[0].pk):
        quantities: dict[int, Decimal] = defaultdict(Decimal)
        for line in part:
            quantities[line.order_line_id] += line.left  # type: ignore[attr-defined]
        ordered = {line.order_line_id: line.order_line for line in part}
        totals.append((order, gross_of(order, ordered, quantities)))
    return totals
