"""The portal: where a customer's own goods are, and who took them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.models import Customer
from customers.portal import portal_page
from o2c.kernel import downloads
from shipping.models import DeliveryCase, ProofOfDelivery, Shipment


@portal_page
def shipment(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Show one of the customer's own shipments."""
    rows = Shipment.objects.select_related("carrier", "ship_to", "warehouse")
    row = get_object_or_404(rows.filter(customer=customer, state__in=Shipment.GONE), number=number)
    lines = row.lines.select_related("order", "order_line__product__unit", "proof_line")
    context: dict[str, Any] = {
        "customer": customer,
        "shipment": row,
        "lines": list(lines.order_by("pk")),
        "tracking": list(row.tracking.order_by("-at", "-pk")[:50]),
        "is_looked_into": row.cases.filter(state=DeliveryCase.State.OPEN).exists(),
        "proof": ProofOfDelivery.objects.select_related("file").filter(shipment=row).first(),
    }
    return render(request, "shipping/portal_shipment.html", context)


@portal_page
def proof_file(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Show the paper of one of the customer's own deliveries."""
    proofs = ProofOfDelivery.objects.select_related("file")
    found = get_object_or_404(proofs, shipment__number=number, shipment__customer=customer)
    if found.file is None:
        raise Http404
    return downloads.shown(found.file)
