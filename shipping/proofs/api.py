"""REST endpoints: the proof of a delivery, from its carrier and for its customer."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from o2c.kernel import clock, downloads
from o2c.kernel.api import idempotent
from o2c.kernel.downloads import PdfRenderer
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from o2c.kernel.representations import QuantityField, StrictSerializer, body_of
from shipping import services
from shipping.models import ProofOfDelivery, Shipment
from shipping.parts import share_out
from shipping.proofs.papers import keep_paper
from shipping.reports.access import CarrierAuthentication, IsCarrier, carrier_of
from shipping.reports.receiving import actor_of
from shipping.reports.shapes import NOTE_LENGTH, NUMBER_LENGTH, is_plausible

MOST_LINES = 1_000
# What each entry of a request refuses, by shipped line.
Refused = list[dict[int, services.Refusal]]


class RefusedLineIn(StrictSerializer):
    """What was not taken of a line, named by our order number and its position there."""

    order = serializers.CharField(max_length=40)
    position = serializers.IntegerField(min_value=1, max_value=100_000)
    quantity = QuantityField(min_value=0)
    reason = serializers.CharField(max_length=200)


class PaperIn(StrictSerializer):
    name = serializers.CharField(max_length=200)
    content = serializers.CharField(help_text="PDF, PNG or JPEG in Base64.")


class ProofIn(StrictSerializer):
    """Who took a shipment, when, and what of it was refused: nothing, when it is not said."""

    tracking_number = serializers.CharField(max_length=NUMBER_LENGTH)
    received_by = serializers.CharField(max_length=200)
    received_at = serializers.DateTimeField()
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default=""
    )
    refused = RefusedLineIn(many=True, required=False, default=list, max_length=MOST_LINES)  # type: ignore[call-arg]
    file = PaperIn(required=False)


class ProofTakenOut(serializers.Serializer[Any]):
    shipment = serializers.CharField()
    state = serializers.ChoiceField(choices=Shipment.State.choices)


class Proofs(APIView):
    """For carriers' systems, with a token of ours."""

    authentication_classes = [CarrierAuthentication]
    permission_classes = [IsCarrier]
    # A paper of 10 MB is a third more in Base64.
    max_bytes = 14 * 1024 * 1024

    @extend_schema(operation_id="prove_delivery", request=ProofIn, responses=ProofTakenOut)
    @idempotent
    def post(self, request: Request) -> Response:
        """Prove a delivery; a later proof of the same shipment takes the place of the first."""
        sent = body_of(request, ProofIn)
        carrier = carrier_of(request)
        if not is_plausible(sent["received_at"]):
            raise InvalidInput(_("This year cannot be."), field="received_at")
        known = Shipment.objects.filter(carrier=carrier, tracking_number=sent["tracking_number"])
        shipment_id = known.values_list("pk", flat=True).first()
        if shipment_id is None:
            raise InvalidInput(_("No shipment has this number."), field="tracking_number")
        refused = _refused(shipment_id, sent["refused"])
        try:
            proof = services.record_proof(
                shipment_id,
                delivery=_delivery(sent),
                refused={key: one for parts in refused for key, one in parts.items()},
                at=clock.now(),
                actor=actor_of(carrier),
            )
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), field=_place_of(refusal.field, refused)) from None
        shipment = proof.shipment
        return Response({"shipment": shipment.number, "state": str(shipment.state)})


class ProofFile(APIView):
    """The paper of a delivery."""

    scope = "shipments"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_shipment_proof",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, shipment_id: str) -> HttpResponse:
        """Send the signed paper or the picture, as it came."""
        proofs = ProofOfDelivery.objects.select_related("file")
        own = proofs.filter(shipment__customer=caller_of(request).customer)
        proof = own.get(shipment__public_id=shipment_id)
        if proof.file is None:
            raise Http404
        return downloads.sent(proof.file)


def _delivery(sent: Mapping[str, Any]) -> services.Delivery:
    return services.Delivery(
        received_by=sent["received_by"],
        received_at=sent["received_at"],
        note=sent["note"],
        file=_paper(sent.get("file")),
    )


def _paper(sent: Mapping[str, str] | None) -> StoredFile | None:
    if not sent:
        return None
    try:
        content = base64.b64decode(sent["content"], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(_("This is not Base64."), field="file.content") from None
    return keep_paper(sent["name"], content)


def _refused(shipment_id: int, sent: list[dict[str, Any]]) -> Refused:
    """Return what each entry of a request refuses, by line: several where it left in parts.

    Raises:
        InvalidInput: the shipment has no such line, it is named twice, or more is refused than
            was sent of all its parts.
    """
    lines = Shipment.objects.get(pk=shipment_id).lines.order_by("pk")
    parts: dict[tuple[str, int], dict[int, Decimal]] = defaultdict(dict)
    named = lines.values_list("pk", "quantity", "order__number", "order_line__position")
    for key, quantity, order, position in named:
        parts[order, position][key] = quantity
    refused: Refused = []
    for place, line in enumerate(sent):
        room = parts.pop((line["order"], line["position"]), None)
        if room is None:
            words = _("The shipment has no such line, or it is named twice.")
            raise InvalidInput(words, field=f"refused.{place}")
        most = sum(room.values(), ZERO)
        if line["quantity"] > most:
            message = _("Only %(sent)s were sent.") % {"sent": f"{most.normalize():f}"}
            raise InvalidInput(message, field=f"refused.{place}.quantity")
        refused.append(
            {
                key: services.Refusal(quantity=share, reason=line["reason"])
                for key, share in share_out(line["quantity"], room).items()
            }
        )
    return refused


def _place_of(field: str, refused: Refused) -> str:
    """Name a refused line by its place in the request, not by our key of it."""
    places = {
        f"lines.{key}.{ours}": f"refused.{place}.{theirs}"
        for place, parts in enumerate(refused)
        for key in parts
        for ours, theirs in (("refused", "quantity"), ("reason", "reason"))
    }
    return places.get(field, field)


urlpatterns = [
    path("tracking/proofs", Proofs.as_view(), name="proofs"),
    path("shipments/<str:shipment_id>/proof", ProofFile.as_view(), name="shipment-proof"),
]
