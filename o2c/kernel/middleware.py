"""What every request carries: an id that the audit trail keeps, and the person's own time."""

import re
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.defaults import bad_request

from o2c.kernel import actors
from o2c.kernel.errors import is_unwritable

GetResponse = Callable[[HttpRequest], HttpResponse]
# What a caller may choose as request id; anything else is replaced, so logs stay clean.
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id, or keep the caller's, and answer with it."""

    def handle(request: HttpRequest) -> HttpResponse:
        asked = request.headers.get("Request-Id", "")
        chosen = asked if WELL_FORMED.fullmatch(asked) else uuid.uuid4().hex
        token = actors.request_id.set(chosen)
        try:
            response = get_response(request)
        finally:
            actors.request_id.reset(token)
        response["Request-Id"] = chosen
        return response

    return handle


def local_time(get_response: GetResponse) -> GetResponse:
    """Show times in the person's own time zone."""

    def handle(request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "")
        with timezone.override(ZoneInfo(name) if name else None):
            return get_response(request)

    return handle


class UnwritableText:
    """Answer text that no row can hold as a bad request, wherever it was put."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django for what a view raises."""
        return bad_request(request, error) if is_unwritable(error) else None
