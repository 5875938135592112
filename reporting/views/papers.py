"""The confirmations of many orders as one PDF, ready to print."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock, downloads, files, pdf
from o2c.kernel.errors import InvalidInput
from o2c.kernel.pages import action, page
from o2c.kernel.requests import number_of, today
from orders import services
from orders.models import Acknowledgement, Order
from reporting.views.bulk import Outcome, back_to_list, chosen_orders, show

# A confirmation that nobody has asked for yet takes a fifth of a second to draw.
MOST = 50


@action("orders.view_order")
def confirmations(request: HttpRequest) -> HttpResponse:
    """Open the confirmations of the chosen orders as one PDF, or say which of them have none."""
    try:
        orders = chosen_orders(request, most=MOST)
    except InvalidInput as refusal:
        return back_to_list(request, str(refusal))
    kept = services.acknowledgements_of([order.pk for order in orders], at=clock.now())
    outcomes = [_outcome(order, kept.get(order.pk)) for order in orders]
    together = _together([outcome.order for outcome in outcomes if outcome.is_done])
    if len(kept) == len(orders):
        return redirect(together)
    return show(request, outcomes, together=together)


@page("orders.view_order")
def confirmations_pdf(request: HttpRequest) -> HttpResponse:
    """Show the confirmations of these orders, one after the other as they are named."""
    ids = dict.fromkeys(number_of(value) or 0 for value in request.GET.getlist("order"))
    kept = services.acknowledgements_of(ids, at=clock.now()) if len(ids) <= MOST else {}
    if not kept or len(kept) < len(ids):
        raise Http404
    named = [kept[order_id] for order_id in ids]
    content = pdf.joined((one.order.number, files.read(one.file)) for one in named)
    return downloads.shown_once(content, name=f"confirmations-{today()}.pdf")


def _outcome(order: Order, kept: Acknowledgement | None) -> Outcome:
    if kept is None:
        return Outcome(order=order, is_done=False, text=str(services.not_confirmed(order)))
    href = reverse("orders:confirmation", args=[order.number])
    return Outcome(order=order, is_done=True, text=_("Ready to print."), href=href)


def _together(orders: list[Order]) -> str:
    if not orders:
        return ""
    asked = urlencode({"order": [order.pk for order in orders]}, doseq=True)
    return f"{reverse('reporting:confirmations')}?{asked}"
