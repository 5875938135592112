"""What a change of an order does to stock and the floor, for the page of the change."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from fulfillment import amendments
from o2c.kernel import clock
from o2c.kernel.pages import page
from orders.models import Amendment


@page("fulfillment.view_stocklevel")
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is claimed or given back, when the rest comes, and which pick lists stand."""
    found = get_object_or_404(Amendment.objects.select_related("order"), number=number)
    context = {
        "effects": amendments.stock_effects(found, at=clock.now()),
        "lists": amendments.lists_on_the_floor(found.order_id),
    }
    return render(request, "fulfillment/amendment.html", context)
