"""REST endpoints for the floor: pick lists in their standard form, and its schema."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fulfillment.models import PickList
from fulfillment.standard_form import (
    SCHEMA_FILE,
    PickListOut,
    PickListSummaryOut,
    document_of,
    with_content,
)
from o2c.kernel.api import CursorPages
from o2c.kernel.representations import PageQuery, filters_of, query_of
from o2c.kernel.system_keys import ForSystems


class PickListQuery(PageQuery):
    state = serializers.ChoiceField(choices=PickList.State.values, required=False)
    warehouse = serializers.CharField(max_length=12, required=False)
    order = serializers.CharField(max_length=40, required=False, help_text="The order's number.")


class PickLists(ForSystems, generics.GenericAPIView[Any]):
    """Pick lists."""

    scope = "picking"
    queryset = PickList.objects.none()
    serializer_class = PickListSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_pick_lists",
        parameters=[PickListQuery],
        responses=PickListSummaryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the pick lists, newest first."""
        query = query_of(request, PickListQuery)
        asked = filters_of(query, state="state", warehouse="warehouse__code", order="order__number")
        rows = PickList.objects.select_related("warehouse", "order", "batch").filter(**asked)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(PickListSummaryOut(page, many=True).data)


class PickListDetail(ForSystems, APIView):
    """One pick list."""

    scope = "picking"

    @extend_schema(operation_id="get_pick_list", responses=PickListOut)
    def get(self, request: Request, number: str) -> Response:
        """Show a pick list in the standard form: what to take from where, and what was found."""
        return Response(document_of(get_object_or_404(with_content(), number=number)))


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer anybody with the published schema."""
    return HttpResponse(SCHEMA_FILE.read_bytes(), content_type="application/schema+json")


urlpatterns = [
    path("pick-lists", PickLists.as_view(), name="pick-lists"),
    path("pick-lists/<str:number>", PickListDetail.as_view(), name="pick-list"),
    path("schemas/pick-list.json", schema, name="pick-list-schema"),
]
