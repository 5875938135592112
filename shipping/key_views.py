"""Ways to shipments and returns for pages of earlier stages, which know their keys only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from o2c.kernel.pages import page
from shipping.models import ReturnLine, Shipment


@page("shipping.view_shipment")
def shipment(request: HttpRequest, shipment_id: int) -> HttpResponse:
    """Go to a shipment."""
    return redirect("shipping:shipment", get_object_or_404(Shipment, pk=shipment_id).number)


@page("shipping.view_return")
def return_of_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Go to the return of one of its lines."""
    rows = ReturnLine.objects.select_related("of")
    return redirect("shipping:return", get_object_or_404(rows, pk=line_id).of.number)
