"""What a customer is told about stock: now, in part, or when; never how much lies where."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers.models import Customer
from customers.portal import portal_page
from fulfillment.answers import Asked, answers
from fulfillment.screens import day_asked, quantity_typed
from o2c.kernel import clock


@portal_page
def portal_availability(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Answer a line of a customer's basket: in stock, a part now, or from when on.

    With `requested_on`, for that day.
    """
    sku = request.GET.get("sku", "").strip()[:60]
    wanted = quantity_typed(request.GET.get("quantity", ""))
    now = clock.now()
    [answer] = answers([Asked(sku, wanted, day_asked(request.GET, at=now))], at=now)
    return render(request, "fulfillment/portal_availability.html", {"answer": answer})
