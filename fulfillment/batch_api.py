"""REST endpoints for batches: pick lists that are walked together. Each is finished for itself."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fulfillment import services
from fulfillment.batch_form import SCHEMA_FILE, PickBatchOut, document_of
from fulfillment.models import PickBatch, PickList
from fulfillment.picking_writes import NothingIn, ScanIn
from fulfillment.services.batching import FEWEST_LISTS, MOST_LISTS
from o2c.kernel import clock
from o2c.kernel.api import CursorPages, idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import PageQuery, StrictSerializer, body_of, query_of
from o2c.kernel.system_keys import ForSystems, system_of


class BatchIn(StrictSerializer):
    pick_lists = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=FEWEST_LISTS, max_length=MOST_LISTS
    )


class BatchQuery(PageQuery):
    state = serializers.ChoiceField(choices=PickBatch.State.values, required=False)
    warehouse = serializers.CharField(max_length=12, required=False)


class BatchSummaryOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PickBatch.State.choices)
    warehouse = serializers.CharField(source="warehouse.code")
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


class PickBatches(ForSystems, generics.GenericAPIView[Any]):
    """Batches."""

    scope = "picking"
    queryset = PickBatch.objects.none()
    serializer_class = BatchSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_pick_batches",
        parameters=[BatchQuery],
        responses=BatchSummaryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the batches, newest first."""
        query = query_of(request, BatchQuery)
        names = {"state": "state", "warehouse": "warehouse__code"}
        asked = {names[name]: value for name, value in query.items() if name in names}
        page = self.paginate_queryset(_batches().filter(**asked)) or []
        return self.get_paginated_response(BatchSummaryOut(page, many=True).data)

    @extend_schema(operation_id="make_pick_batch", request=BatchIn, responses={201: PickBatchOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Put released pick lists of one warehouse into a batch."""
        keys = _keys_of(body_of(request, BatchIn)["pick_lists"])
        made = services.make_batch(keys, at=clock.now(), actor=system_of(request).actor)
        return Response(document_of(_batches().get(pk=made.pk)), status=201)


class PickBatchStep(ForSystems, APIView):
    """One batch; each step answers with it in its standard form."""

    scope = "picking"


class PickBatchDetail(PickBatchStep):
    @extend_schema(operation_id="get_pick_batch", responses=PickBatchOut)
    def get(self, request: Request, number: str) -> Response:
        """Show a batch in the standard form: its totes, and all their lines in one walk."""
        return Response(document_of(get_object_or_404(_batches(), number=number)))


class PickBatchStart(PickBatchStep):
    @extend_schema(operation_id="start_pick_batch", request=None, responses=PickBatchOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Begin to walk with all its lists."""
        body_of(request, NothingIn)
        row = _batches().get(number=number)
        actor = system_of(request).actor
        services.start_batch(row.pk, picker_id=None, at=clock.now(), actor=actor)
        return Response(document_of(_batches().get(pk=row.pk)))


class PickBatchScans(PickBatchStep):
    @extend_schema(operation_id="scan_into_batch", request=ScanIn, responses=PickBatchOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Count a scanned item on the first lines of the walk that still need it."""
        scanned, row = body_of(request, ScanIn), _batches().get(number=number)
        services.scan_batch(row.pk, **scanned, at=clock.now(), actor=system_of(request).actor)
        return Response(document_of(_batches().get(pk=row.pk)))


class PickBatchSplitting(PickBatchStep):
    @extend_schema(operation_id="split_pick_batch", request=None, responses=PickBatchOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Let what is left be walked list by list."""
        body_of(request, NothingIn)
        row = _batches().get(number=number)
        services.split_batch(row.pk, at=clock.now(), actor=system_of(request).actor)
        return Response(document_of(_batches().get(pk=row.pk)))


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer anybody with the published schema."""
    return HttpResponse(SCHEMA_FILE.read_bytes(), content_type="application/schema+json")


def _batches() -> QuerySet[PickBatch]:
    return PickBatch.objects.select_related("warehouse", "picker")


def _keys_of(numbers: list[str]) -> list[int]:
    """Put keys in the place of numbers.

    Raises:
        InvalidInput: there is no such list, or one is named twice.
    """
    found = dict(PickList.objects.filter(number__in=numbers).values_list("number", "pk"))
    for place, number in enumerate(numbers):
        if number not in found or number in numbers[:place]:
            message = _("There is no such pick list, or it is named twice.")
            raise InvalidInput(message, field=f"pick_lists.{place}")
    return list(found.values())


urlpatterns = [
    path("pick-batches", PickBatches.as_view(), name="pick-batches"),
    path("pick-batches/<str:number>", PickBatchDetail.as_view(), name="pick-batch"),
    path("pick-batches/<str:number>/start", PickBatchStart.as_view(), name="pick-batch-start"),
    path("pick-batches/<str:number>/scans", PickBatchScans.as_view(), name="pick-batch-scans"),
    path(
        "pick-batches/<str:number>/splitting",
        PickBatchSplitting.as_view(),
        name="pick-batch-splitting",
    ),
    path("schemas/pick-batch.json", schema, name="pick-batch-schema"),
]
