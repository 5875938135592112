"""REST endpoints for carriers: what happened to a shipment."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from o2c.kernel import clock
from o2c.kernel.api import idempotent
from o2c.kernel.representations import body_of
from shipping.models import StrayEvent
from shipping.reports.access import CarrierAuthentication, IsCarrier, carrier_of
from shipping.reports.reading import TrackingIn, report_of
from shipping.reports.receiving import actor_of
from shipping.reports.taking import take_reports

RECORDED, KNOWN, WAITING = "recorded", "known", "waiting"


class TrackedEventOut(serializers.Serializer[Any]):
    """What became of an event; `waiting`: a person of ours looks at it, and `reason` says why."""

    event_id = serializers.CharField()
    result = serializers.ChoiceField(choices=[RECORDED, KNOWN, WAITING])
    reason = serializers.CharField()


class TrackedOut(serializers.Serializer[Any]):
    tracking_number = serializers.CharField()
    events = TrackedEventOut(many=True)


class Tracking(APIView):
    """For carriers' systems, with a token of ours."""

    authentication_classes = [CarrierAuthentication]
    permission_classes = [IsCarrier]

    @extend_schema(operation_id="report_tracking", request=TrackingIn, responses=TrackedOut)
    @idempotent
    def post(self, request: Request) -> Response:
        """Report what happened to a shipment, in any order; an event told twice counts once."""
        sent = body_of(request, TrackingIn)
        number = sent["tracking_number"]
        carrier = carrier_of(request)
        reports = [report_of(event, number) for event in sent["events"]]
        taken = take_reports(
            carrier, reports, channel="api", at=clock.now(), actor=actor_of(carrier)
        )
        results = []
        for report in reports:
            key = (number, report.event_id)
            problem = taken.waiting.get(key, "")
            result = WAITING if problem else RECORDED if key in taken.recorded else KNOWN
            reason = str(StrayEvent.Problem(problem).label) if problem else ""
            results.append({"event_id": report.event_id, "result": result, "reason": reason})
        return Response({"tracking_number": number, "events": results})


urlpatterns = [path("tracking", Tracking.as_view(), name="tracking")]
