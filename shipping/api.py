"""REST endpoints: what is on its way to the caller."""

from typing import Any
from urllib.parse import quote

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from customers.models import Customer
from o2c.kernel import clock, downloads
from o2c.kernel.api import CursorPages
from o2c.kernel.downloads import PdfRenderer
from o2c.kernel.representations import query_of
from shipping import papers, services
from shipping.models import (
    ProofLine,
    ProofOfDelivery,
    Shipment,
    ShipmentLine,
    ShipmentPaper,
    TrackingEvent,
)
from shipping.serializers import (
    ShipmentDocumentOut,
    ShipmentOut,
    ShipmentQuery,
    ShipmentSummaryOut,
)

Kind = ShipmentPaper.Kind


class Shipments(generics.GenericAPIView[Any]):
    """The caller's shipments."""

    scope = "shipments"
    queryset = Shipment.objects.none()
    serializer_class = ShipmentSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_shipments",
        parameters=[ShipmentQuery],
        responses=ShipmentSummaryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the shipments, newest first."""
        query = query_of(request, ShipmentQuery)
        shipments = shipments_of(caller_of(request).customer)
        if "state" in query:
            shipments = shipments.filter(state=query["state"])
        if "order" in query:
            lines = ShipmentLine.objects.filter(order__public_id=query["order"])
            shipments = shipments.filter(pk__in=lines.values("shipment"))
        page = [prepared(shipment) for shipment in self.paginate_queryset(shipments) or []]
        return self.get_paginated_response(ShipmentSummaryOut(page, many=True).data)


class ShipmentDetail(APIView):
    """One shipment."""

    scope = "shipments"

    @extend_schema(operation_id="get_shipment", responses=ShipmentOut)
    def get(self, request: Request, shipment_id: str) -> Response:
        """Show a shipment with its lines and what the carrier reported."""
        lines = ShipmentLine.objects.select_related("order", "order_line__product").order_by("pk")
        tracking = TrackingEvent.objects.order_by("-at", "-pk")
        shipments = shipments_of(caller_of(request).customer).prefetch_related(
            Prefetch("lines", lines), Prefetch("tracking", tracking)
        )
        shipment = prepared(shipments.get(public_id=shipment_id))
        shipment.proof_shown = proof_of(shipment)  # type: ignore[attr-defined]
        return Response(ShipmentOut(shipment).data)


class ShipmentDocuments(APIView):
    """The papers of one shipment."""

    scope = "shipments"

    @extend_schema(operation_id="list_shipment_documents", responses=ShipmentDocumentOut(many=True))
    def get(self, request: Request, shipment_id: str) -> Response:
        """List the papers of a shipment; none before it has left."""
        shipment = shipments_of(caller_of(request).customer).get(public_id=shipment_id)
        has_left = shipment.state in Shipment.GONE
        documents = (
            [_document(request, shipment, kind) for kind in papers.kinds_of(shipment)]
            if has_left
            else []
        )
        return Response(ShipmentDocumentOut(documents, many=True).data)


class ShipmentDocument(APIView):
    """One paper itself."""

    scope = "shipments"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_shipment_document",
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=Kind.values)],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, shipment_id: str, kind: str) -> HttpResponse:
        """Send a paper of a shipment that has left as PDF, always the same bytes."""
        gone = shipments_of(caller_of(request).customer).filter(state__in=Shipment.GONE)
        shipment = gone.get(public_id=shipment_id)
        if kind not in papers.kinds_of(shipment):
            raise Http404
        return downloads.sent(services.paper_of(shipment.pk, kind, at=clock.now()))


def _document(request: Request, shipment: Shipment, kind: ShipmentPaper.Kind) -> dict[str, str]:
    address = reverse("api:shipment-document", args=[shipment.public_id, kind.value])
    return {
        "kind": kind.value,
        "name": services.paper_name(shipment, kind),
        "media_type": PdfRenderer.media_type,
        "url": request.build_absolute_uri(address),
    }


def shipments_of(customer: Customer) -> QuerySet[Shipment]:
    """Return a customer's shipments with what every answer shows."""
    return Shipment.objects.filter(customer=customer).select_related(
        "carrier", "ship_to", "warehouse"
    )


def prepared(shipment: Shipment) -> Shipment:
    """Add what is derived: the tracking page, and what went wrong."""
    pattern = shipment.carrier.tracking_url if shipment.carrier else ""
    number = quote(shipment.tracking_number, safe="")
    shipment.tracking_url = pattern.replace("{number}", number) if number else ""  # type: ignore[attr-defined]
    shipment.problem = shipment if shipment.exception_kind else None  # type: ignore[attr-defined]
    return shipment


def proof_of(shipment: Shipment) -> ProofOfDelivery | None:
    """Return the proof of a delivery with its lines; None: there is none yet."""
    lines = ProofLine.objects.select_related("shipment_line__order", "shipment_line__order_line")
    proofs = ProofOfDelivery.objects.prefetch_related(Prefetch("lines", lines.order_by("pk")))
    proof = proofs.filter(shipment=shipment).first()
    if proof is not None:
        proof.has_file = proof.file_id is not None  # type: ignore[attr-defined]
    return proof


urlpatterns = [
    path(
        "shipments/<str:shipment_id>/documents",
        ShipmentDocuments.as_view(),
        name="shipment-documents",
    ),
    path(
        "shipments/<str:shipment_id>/documents/<str:kind>",
        ShipmentDocument.as_view(),
        name="shipment-document",
    ),
    path("shipments", Shipments.as_view(), name="shipments"),
    path("shipments/<str:shipment_id>", ShipmentDetail.as_view(), name="shipment"),
]
