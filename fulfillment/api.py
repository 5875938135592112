"""REST endpoints for systems of our own house: what will come, and what lies where."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Product
from fulfillment import services
from fulfillment.models import ExpectedReceipt, StockLevel, Warehouse
from fulfillment.services.announcing import announce_all
from o2c.kernel import clock
from o2c.kernel.api import CursorPages, idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.pages import LARGEST_KEY
from o2c.kernel.representations import (
    PageQuery,
    QuantityField,
    StrictSerializer,
    body_of,
    filters_of,
    query_of,
)
from o2c.kernel.system_keys import ForSystems, system_of

MOST = 1000


class ExpectedIn(StrictSerializer):
    """Goods of one product that a supplier has promised for a day."""

    reference = serializers.CharField(
        max_length=60, help_text="The purchase order; with warehouse and SKU it names the goods."
    )
    warehouse = serializers.CharField(max_length=12)
    sku = serializers.CharField(max_length=40)
    quantity = QuantityField()
    expected_on = serializers.DateField()
    supplier = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ExpectedListIn(StrictSerializer):
    receipts = serializers.ListField(child=ExpectedIn(), min_length=1, max_length=MOST)


class ClosingIn(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class ExpectedOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    reference = serializers.CharField()
    supplier = serializers.CharField()
    warehouse = serializers.CharField(source="warehouse.code")
    sku = serializers.CharField(source="product.sku")
    quantity = QuantityField()
    received = QuantityField()
    due = QuantityField(help_text="What is still to come.")
    expected_on = serializers.DateField()
    state = serializers.ChoiceField(choices=ExpectedReceipt.State.choices)


class ExpectedListOut(serializers.Serializer[Any]):
    receipts = ExpectedOut(many=True)


class ExpectedQuery(PageQuery):
    state = serializers.ChoiceField(choices=ExpectedReceipt.State.choices, required=False)
    sku = serializers.CharField(max_length=40, required=False)
    reference = serializers.CharField(max_length=60, required=False)


class StockOut(serializers.Serializer[Any]):
    """What of one product and lot lies at one place."""

    sku = serializers.CharField(source="product.sku")
    warehouse = serializers.CharField(source="location.warehouse.code")
    location = serializers.CharField(source="location.code")
    kind = serializers.CharField(
        source="location.kind", help_text="Only what lies in `storage` is promised."
    )
    lot = serializers.CharField(source="lot.code", default=None, allow_null=True)
    expires_on = serializers.DateField(source="lot.expires_on", default=None, allow_null=True)
    on_hand = QuantityField()
    allocated = QuantityField()
    available = QuantityField()


class StockQuery(PageQuery):
    sku = serializers.CharField(max_length=40, required=False)
    warehouse = serializers.CharField(max_length=12, required=False)


class ExpectedReceipts(ForSystems, generics.GenericAPIView[Any]):
    """Goods that will come."""

    scope = "stock"
    queryset = ExpectedReceipt.objects.none()
    serializer_class = ExpectedOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_expected_receipts",
        parameters=[ExpectedQuery],
        responses=ExpectedOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List what is expected, newest first."""
        query = query_of(request, ExpectedQuery)
        asked = filters_of(query, state="state", sku="product__sku", reference="reference")
        page = self.paginate_queryset(expected_receipts().filter(**asked)) or []
        return self.get_paginated_response(ExpectedOut(page, many=True).data)

    @extend_schema(
        operation_id="announce_receipts",
        request=ExpectedListIn,
        responses=ExpectedListOut,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Announce goods, or another day or quantity of goods announced before; all or nothing."""
        entered = body_of(request, ExpectedListIn)["receipts"]
        rows = announce_all(
            expectations_of(entered), at=clock.now(), actor=system_of(request).actor
        )
        found = expected_receipts().in_bulk([row.pk for row in rows])
        told = {"receipts": [found[row.pk] for row in rows]}
        return Response(ExpectedListOut(told).data)


class ExpectedReceiptClosing(ForSystems, APIView):
    """Waiting no more."""

    scope = "stock"

    @extend_schema(operation_id="close_expected_receipt", request=ClosingIn, responses=ExpectedOut)
    @idempotent
    def post(self, request: Request, expected_id: int) -> Response:
        """Wait for these goods no more, for a reason."""
        if expected_id > LARGEST_KEY:
            raise Http404
        reason = body_of(request, ClosingIn)["reason"]
        services.close_expected(
            expected_id, reason=reason, at=clock.now(), actor=system_of(request).actor
        )
        return Response(ExpectedOut(expected_receipts().get(pk=expected_id)).data)


class Stock(ForSystems, generics.GenericAPIView[Any]):
    """Stock levels."""

    scope = "stock"
    queryset = StockLevel.objects.none()
    serializer_class = StockOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_stock", parameters=[StockQuery], responses=StockOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List what lies where, place by place, of what there is."""
        query = query_of(request, StockQuery)
        asked = filters_of(query, sku="product__sku", warehouse="location__warehouse__code")
        levels = StockLevel.objects.filter(on_hand__gt=0, **asked)
        levels = levels.select_related("product", "location__warehouse", "lot")
        page = self.paginate_queryset(levels) or []
        return self.get_paginated_response(StockOut(page, many=True).data)


def expected_receipts() -> QuerySet[ExpectedReceipt]:
    """Return expected receipts with what every answer shows."""
    return ExpectedReceipt.objects.select_related("product", "warehouse")


def expectations_of(entered: Sequence[dict[str, Any]]) -> list[services.Expectation]:
    """Put keys in the place of codes.

    Raises:
        InvalidInput: a SKU or a warehouse is unknown; `findings` names each.
    """
    skus, codes = {each["sku"] for each in entered}, {each["warehouse"] for each in entered}
    products = dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk"))
    houses = dict(Warehouse.objects.filter(code__in=codes).values_list("code", "pk"))
    findings = []
    for place, each in enumerate(entered):
        if each["sku"] not in products:
            message = _("There is no such SKU.")
            findings.append(("unknown_sku", f"receipts.{place}.sku", message))
        if each["warehouse"] not in houses:
            message = _("There is no such warehouse.")
            findings.append(("unknown_warehouse", f"receipts.{place}.warehouse", message))
    if findings:
        refusal = InvalidInput(" ".join(message for _code, _field, message in findings))
        refusal.findings = findings
        raise refusal
    return [
        services.Expectation(
            reference=each["reference"],
            supplier=each["supplier"],
            warehouse_id=houses[each["warehouse"]],
            product_id=products[each["sku"]],
            quantity=each["quantity"],
            expected_on=each["expected_on"],
        )
        for each in entered
    ]


urlpatterns = [
    path("expected-receipts", ExpectedReceipts.as_view(), name="expected-receipts"),
    path(
        "expected-receipts/<int:expected_id>/closing",
        ExpectedReceiptClosing.as_view(),
        name="close-expected-receipt",
    ),
    path("stock", Stock.as_view(), name="stock-levels"),
]
