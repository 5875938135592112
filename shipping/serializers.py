"""How shipments look to a customer's system."""

from typing import Any

from rest_framework import serializers

from o2c.kernel.representations import PageQuery, QuantityField
from orders.serializers import AddressOut
from shipping.models import Shipment, ShipmentPaper


class ShipmentLineOut(serializers.Serializer[Any]):
    """What of an order line goes with the shipment."""

    order = serializers.CharField(source="order.public_id")
    position = serializers.IntegerField(source="order_line.position")
    sku = serializers.CharField(source="order_line.product.sku")
    description = serializers.CharField(source="order_line.description")
    quantity = QuantityField()


class TrackingOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    note = serializers.CharField()
    at = serializers.DateTimeField()


class ProblemOut(serializers.Serializer[Any]):
    """What went wrong on the way."""

    kind = serializers.ChoiceField(source="exception_kind", choices=Shipment.ExceptionKind.choices)
    note = serializers.CharField(source="exception_note")

    class Meta:
        ref_name = "DeliveryProblem"


class ShipmentSummaryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=Shipment.State.choices)
    carrier = serializers.CharField(source="carrier.name", default=None, allow_null=True)
    tracking_number = serializers.CharField()
    tracking_url = serializers.CharField(help_text="Empty: the carrier has no tracking page.")
    package_count = serializers.IntegerField()
    weight_kg = QuantityField()
    leaves_by = serializers.DateTimeField(allow_null=True)
    expected_on = serializers.DateField(allow_null=True)
    dispatched_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    received_by = serializers.CharField()
    problem = ProblemOut(allow_null=True)


class ProofLineOut(serializers.Serializer[Any]):
    order = serializers.CharField(source="shipment_line.order.public_id")
    position = serializers.IntegerField(source="shipment_line.order_line.position")
    accepted = QuantityField()
    refused = QuantityField()
    reason = serializers.CharField(help_text="Why it was refused.")


class ProofOut(serializers.Serializer[Any]):
    """Who took the shipment, and how much of each line."""

    received_by = serializers.CharField()
    received_at = serializers.DateTimeField()
    note = serializers.CharField()
    has_file = serializers.BooleanField(help_text="Whether /proof sends a signed paper.")
    lines = ProofLineOut(many=True)


class ShipmentOut(ShipmentSummaryOut):
    ship_to = AddressOut()
    lines = ShipmentLineOut(many=True)
    tracking = TrackingOut(many=True, help_text="What the carrier reported, newest first.")
    proof = ProofOut(source="proof_shown", allow_null=True)


class ShipmentDocumentOut(serializers.Serializer[Any]):
    """A paper that went with the shipment, and where it is."""

    kind = serializers.ChoiceField(choices=ShipmentPaper.Kind.choices)
    name = serializers.CharField()
    media_type = serializers.CharField()
    url = serializers.URLField()


class ShipmentQuery(PageQuery):
    state = serializers.ChoiceField(choices=Shipment.State.choices, required=False)
    order = serializers.CharField(max_length=40, required=False, help_text="Id of an order.")
