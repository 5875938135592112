"""The pages on which a customer sends goods back and sees what became of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.portal import portal_form, portal_page
from o2c.kernel import downloads
from o2c.kernel.requests import page_of
from shipping import return_slip
from shipping.models import Return, ShipmentLine
from shipping.return_forms import AnnounceForm
from shipping.return_selectors import PAGE_SIZE, lines_to_return, returns_of
from shipping.return_views import OK, announced

MOST_LINES = 100


@portal_page
def return_list(request: HttpRequest, customer: Customer) -> HttpResponse:
    """List the customer's returns with what became of each line."""
    start = page_of(request) * PAGE_SIZE
    found = list(returns_of(customer.pk)[start : start + PAGE_SIZE + 1])
    context = {
        "customer": customer,
        "returns": found[:PAGE_SIZE],
        "next_page": page_of(request) + 1 if len(found) > PAGE_SIZE else None,
    }
    return render(request, "shipping/portal/returns.html", context)


@portal_form
def return_new(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Say what comes back, of the latest goods that can; `?q=` finds an order or a SKU."""
    own = ShipmentLine.objects.filter(shipment__customer=customer)
    text = request.GET.get("q", "").strip()[:60]
    if text:
        own = own.filter(order__number__iexact=text) | own.filter(order_line__sku__iexact=text)
    lines = list(lines_to_return(own)[:MOST_LINES])
    form = AnnounceForm(lines, request.POST if request.method == "POST" else None)
    status = OK
    if request.method == "POST":
        made, status = announced(request, form, customer.pk)
        if made is not None:
            said = _("%(number)s is announced. Write this number on the packages.")
            messages.success(request, said % {"number": made.number})
            return redirect("portal-returns:list")
    context = {"customer": customer, "form": form, "lines": lines, "text": text}
    return render(request, "shipping/portal/return_new.html", context, status=status)


@portal_page
def slip(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give the slip that goes into the packages of one of the customer's returns."""
    own = Return.objects.select_related("customer", "warehouse").filter(customer=customer)
    row = get_object_or_404(own, number=number)
    return downloads.shown_once(return_slip.draw(row), name=return_slip.name_of(row))
