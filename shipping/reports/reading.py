"""From a carrier's JSON to reports: the same shape by REST API and by webhook."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import StrictSerializer
from shipping.reports.shapes import (
    CODE_LENGTH,
    EVENT_LENGTH,
    NOTE_LENGTH,
    NUMBER_LENGTH,
    Report,
    is_plausible,
)

MOST_EVENTS = 200


class TrackingEventIn(StrictSerializer):
    """One event, told from the others of its shipment by `event_id`."""

    event_id = serializers.CharField(max_length=EVENT_LENGTH)
    code = serializers.CharField(
        max_length=CODE_LENGTH,
        help_text=(
            "picked_up, in_transit, out_for_delivery, delivered, late, lost, damaged, refused, or"
            " the carrier's own."
        ),
    )
    note = serializers.CharField(
        max_length=NOTE_LENGTH,
        required=False,
        allow_blank=True,
        default="",
        help_text="For people; with `delivered`, who received it.",
    )
    at = serializers.DateTimeField(help_text="When it happened, with its offset from UTC.")

    def validate_at(self, value: datetime) -> datetime:
        if not is_plausible(value):
            raise serializers.ValidationError(_("This year cannot be."))
        return value


class TrackingIn(StrictSerializer):
    """What happened to one shipment, in any order."""

    tracking_number = serializers.CharField(max_length=NUMBER_LENGTH)
    events = TrackingEventIn(many=True, allow_empty=False, max_length=MOST_EVENTS)  # type: ignore[call-arg]


class _NumberedIn(TrackingEventIn):
    tracking_number = serializers.CharField(max_length=NUMBER_LENGTH)


class _MessageIn(StrictSerializer):
    events = _NumberedIn(many=True, allow_empty=False, max_length=MOST_EVENTS)  # type: ignore[call-arg]


def read_message(body: bytes) -> list[Report]:
    """Read a webhook: `{"events": [{"tracking_number": …, "event_id": …, …}]}`.

    Raises:
        InvalidInput: it is not that; the message names the first place that is wrong.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput(_("The message is not JSON.")) from None
    if not isinstance(content, dict):
        raise InvalidInput(_("Send an object with “events”."))
    message = _MessageIn(data=content)
    if not message.is_valid():
        place, words = _first_of(message.errors)
        raise InvalidInput(f"{place.strip('/')}: {words}", field=place.strip("/"))
    return [
        report_of(event, event["tracking_number"]) for event in message.validated_data["events"]
    ]


def report_of(event: Mapping[str, Any], tracking_number: str) -> Report:
    """Return a checked event as a report."""
    return Report(
        tracking_number=tracking_number,
        event_id=event["event_id"],
        code=event["code"],
        note=event["note"],
        happened_at=event["at"],
    )


def _first_of(errors: Any, path: str = "") -> tuple[str, str]:
    """Return the place and the words of the first error of nested ones."""
    if isinstance(errors, Mapping):
        name, inner = next(iter(errors.items()))
        return _first_of(inner, f"{path}/{name}")
    if isinstance(errors, list):
        for position, inner in enumerate(errors):
            if inner:
                is_words = isinstance(inner, str)
                return _first_of(inner, path if is_words else f"{path}/{position}")
    return path, str(errors)
