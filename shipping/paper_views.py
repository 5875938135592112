"""A shipment's papers: for the label printer, for the driver, and for the customer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from customers.models import Customer
from customers.portal import portal_page
from o2c.kernel import clock, downloads
from o2c.kernel.errors import DomainError
from o2c.kernel.pages import page
from shipping import papers, services
from shipping.models import Shipment, ShipmentPaper

Kind = ShipmentPaper.Kind


@page("shipping.view_shipment")
def label_zpl(request: HttpRequest, number: str) -> HttpResponse:
    """Download the labels in the language of a label printer."""
    row = get_object_or_404(Shipment, number=number)
    try:
        text = services.zpl_of(row.pk)
    except DomainError as refusal:
        return _refused(request, number, refusal)
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.zpl"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@page("shipping.view_shipment")
def delivery_note(request: HttpRequest, number: str) -> HttpResponse:
    """Show the delivery note."""
    return _paper(request, number, Kind.DELIVERY_NOTE)


@page("shipping.view_shipment")
def bill_of_lading(request: HttpRequest, number: str) -> HttpResponse:
    """Show the bill of lading."""
    return _paper(request, number, Kind.BILL_OF_LADING)


@page("shipping.view_shipment")
def customs_invoice(request: HttpRequest, number: str) -> HttpResponse:
    """Show the customs invoice of a shipment that leaves the customs territory."""
    return _paper(request, number, Kind.CUSTOMS_INVOICE)


@portal_page
def own_delivery_note(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give a customer the delivery note of what has left for them."""
    gone = Shipment.objects.filter(customer=customer, state__in=Shipment.GONE)
    row = get_object_or_404(gone, number=number)
    return downloads.shown(services.paper_of(row.pk, Kind.DELIVERY_NOTE, at=clock.now()))


def _paper(request: HttpRequest, number: str, kind: ShipmentPaper.Kind) -> HttpResponse:
    """Show what was kept of a shipment that has left, else what would go along now."""
    shipments = Shipment.objects.select_related("warehouse", "ship_to")
    row = get_object_or_404(shipments, number=number)
    if kind not in papers.kinds_of(row):
        raise Http404
    try:
        if row.state in Shipment.GONE:
            return downloads.shown(services.paper_of(row.pk, kind, at=clock.now()))
        content, name = services.draft_of(row.pk, kind, at=clock.now())
    except DomainError as refusal:
        return _refused(request, number, refusal)
    return downloads.shown_once(content, name=name)


def _refused(request: HttpRequest, number: str, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return redirect("shipping:shipment", number=number)
