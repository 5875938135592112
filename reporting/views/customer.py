"""What happened with one customer, over all stages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.models import Customer
from o2c.kernel.pages import page
from o2c.kernel.requests import wants_part
from reporting.customer.sources import SOURCES
from reporting.customer.timeline import timeline_of


@page("customers.view_customer")
def customer_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Show a customer's timeline: the panel for the customer's page, the next entries alone, or
    all of it as a page for those without scripts.
    """
    customer = get_object_or_404(Customer, number=number)
    may = request.user.has_perm
    only, after = request.GET.get("only", ""), request.GET.get("after", "")
    context = {
        "customer": customer,
        "only": only,
        "kinds": [source for source in SOURCES if may(source.view)],
        "timeline": timeline_of(customer, only=only, after=after, may=may),
    }
    template = "reporting/customer_timeline.html"
    if wants_part(request):
        template += "#events" if after else "#panel"
    return render(request, template, context)
