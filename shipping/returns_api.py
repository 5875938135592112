"""REST endpoints: a customer sends goods back."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from o2c.kernel import clock
from o2c.kernel.api import CursorPages, idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from o2c.kernel.representations import PageQuery, QuantityField, StrictSerializer, body_of, query_of
from shipping import services
from shipping.models import Return, ReturnLine, ShipmentLine
from shipping.parts import share_out
from shipping.return_selectors import returnable, returns_of
from shipping.services import Coming
from shipping.services.returning import too_much

MOST_LINES = 500
THEIR_REASONS = [(reason.value, reason.label) for reason in ReturnLine.COMING_BACK]
# Ids of a shipment and an order, and the position in that order.
Named = tuple[str, str, int]


class ReturnedLineIn(StrictSerializer):
    """How much of a line of a shipment comes back; lines of one position are one."""

    shipment = serializers.CharField(max_length=40, help_text="Id of a shipment.")
    order = serializers.CharField(max_length=40, help_text="Id of the order.")
    position = serializers.IntegerField(min_value=1, max_value=32767)
    quantity = QuantityField()
    reason = serializers.ChoiceField(choices=THEIR_REASONS)


class NewReturnIn(StrictSerializer):
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    lines = serializers.ListField(child=ReturnedLineIn(), min_length=1, max_length=MOST_LINES)


class ReturnLineOut(serializers.Serializer[Any]):
    """What of a shipped line comes back; `accepted` of it is credited."""

    shipment = serializers.CharField(source="shipment_line.shipment.public_id")
    order = serializers.CharField(source="shipment_line.order.public_id")
    position = serializers.IntegerField(source="shipment_line.order_line.position")
    sku = serializers.CharField(source="shipment_line.order_line.sku")
    lot = serializers.CharField(source="lot.code", default=None, allow_null=True)
    reason = serializers.ChoiceField(choices=ReturnLine.Reason.choices)
    announced = QuantityField()
    received = QuantityField()
    accepted = QuantityField()


class ReturnOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField(help_text="To be written on the packages.")
    state = serializers.ChoiceField(choices=Return.State.choices)
    note = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True, help_text="Our word on it.")
    announced_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    lines = ReturnLineOut(many=True)


class ReturnQuery(PageQuery):
    state = serializers.ChoiceField(choices=Return.State.choices, required=False)


class Returns(generics.GenericAPIView[Any]):
    """The caller's returns."""

    scope = "returns"
    queryset = Return.objects.none()
    serializer_class = ReturnOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_returns", parameters=[ReturnQuery], responses=ReturnOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the returns, newest first."""
        query = query_of(request, ReturnQuery)
        returns = returns_of(caller_of(request).customer.pk)
        if "state" in query:
            returns = returns.filter(state=query["state"])
        page = self.paginate_queryset(returns) or []
        return self.get_paginated_response(ReturnOut(page, many=True).data)

    @extend_schema(operation_id="announce_return", request=NewReturnIn, responses={201: ReturnOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Announce that goods come back."""
        body, caller = body_of(request, NewReturnIn), caller_of(request)
        goods = goods_of(caller.customer.pk, body["lines"])
        try:
            made = services.announce_return(
                caller.customer.pk,
                goods=[one for parts in goods for one in parts],
                note=body["note"],
                at=clock.now(),
                actor=caller.actor,
            )
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), field=place_of(refusal.field, goods)) from None
        shown = returns_of(caller.customer.pk).get(pk=made.pk)
        return Response(ReturnOut(shown).data, status=201)


class ReturnDetail(APIView):
    """One return."""

    scope = "returns"

    @extend_schema(operation_id="get_return", responses=ReturnOut)
    def get(self, request: Request, return_id: str) -> Response:
        """Show a return with what became of each line."""
        returns = returns_of(caller_of(request).customer.pk)
        return Response(ReturnOut(returns.get(public_id=return_id)).data)


def goods_of(customer_id: int, lines: list[dict[str, Any]]) -> list[list[Coming]]:
    """Find the shipped lines that each line of a request names: several where it left in parts.

    Raises:
        InvalidInput: one names none of the customer's, the same as another, or more than is left
            of its parts.
    """
    shipped = _parts_of(customer_id, {line["shipment"] for line in lines})
    in_parts = [part for parts in shipped.values() if len(parts) > 1 for part in parts]
    left = returnable({part.pk: part for part in in_parts})
    goods: dict[Named, list[Coming]] = {}
    for index, line in enumerate(lines):
        key = line["shipment"], line["order"], line["position"]
        if key not in shipped or key in goods:
            message = (
                _("This line is named twice.")
                if key in goods
                else _("No shipment of yours has this line.")
            )
            raise InvalidInput(message, field=f"lines.{index}")
        shares = _share_out(line["quantity"], shipped[key], left, field=f"lines.{index}.quantity")
        goods[key] = [
            Coming(shipment_line_id=part, quantity=share, reason=line["reason"])
            for part, share in shares.items()
        ]
    return list(goods.values())


def _parts_of(customer_id: int, shipments: set[str]) -> dict[Named, list[ShipmentLine]]:
    """Return the shipped lines by what a request calls them; an order line may leave in parts."""
    found = ShipmentLine.objects.filter(
        shipment__customer=customer_id, shipment__public_id__in=shipments
    ).select_related("shipment", "order", "order_line")
    parts: dict[Named, list[ShipmentLine]] = defaultdict(list)
    for line in found.order_by("pk"):
        key = line.shipment.public_id, line.order.public_id, line.order_line.position
        parts[key].append(line)
    return parts


def _share_out(
    quantity: Decimal, parts: list[ShipmentLine], left: Mapping[int, Decimal], *, field: str
) -> dict[int, Decimal]:
    """Say how much comes back of each part, the oldest first; of a single one it is all."""
    if len(parts) == 1 or quantity <= 0:
        return {parts[0].pk: quantity}
    most = sum((left[part.pk] for part in parts), ZERO)
    if quantity > most:
        raise too_much(most, field=field)
    return share_out(quantity, {part.pk: left[part.pk] for part in parts})


def place_of(field: str, goods: list[list[Coming]]) -> str:
    """Name a refused line by its place in the request, not by our key of it."""
    places = {
        f"lines.{one.shipment_line_id}": f"lines.{index}.quantity"
        for index, parts in enumerate(goods)
        for one in parts
    }
    return places.get(field, field)


urlpatterns = [
    path("returns", Returns.as_view(), name="returns"),
    path("returns/<str:return_id>", ReturnDetail.as_view(), name="return"),
]
