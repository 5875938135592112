"""What every REST endpoint shares: problem+json, idempotent writes, cursor pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status, views
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from o2c.kernel import actors, idempotency
from o2c.kernel.errors import REFUSALS, DomainError, InvalidInput, explain, is_unwritable
from o2c.kernel.transactions import Busy

PROBLEM = "application/problem+json"
# Problem types are stable names, not pages that somebody must keep alive.
TYPE = "urn:o2c:problem:"


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large. Send less at once.")
    default_code = "body_too_large"


class NoSuchEndpoint(views.APIView):
    """Answers every other address below /api/."""

    permission_classes = []
    http_method_names = []
    schema = None

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        raise exceptions.NotFound(_("There is no such endpoint. Look at /api/v1/docs/."))


class CursorPages(CursorPagination):
    """Pages by an opaque cursor, newest first, at most 200 rows."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-pk"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page in the words of OpenAPI 3.1."""
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every failure as RFC 9457 problem+json; a refusal says what to do about it."""
    if isinstance(exc, ObjectDoesNotExist | Http404):
        exc = exceptions.NotFound()
    if isinstance(exc, RequestDataTooBig):
        exc = BodyTooLarge()
    if is_unwritable(exc):
        exc = exceptions.ParseError()
    if isinstance(exc, REFUSALS):
        return _refusal(exc)
    response = views.exception_handler(exc, context)
    if response is None or not isinstance(exc, exceptions.APIException):
        return response
    return _problem_of(exc, response)


def _refusal(exc: Exception) -> Response:
    code, detail = explain(exc)
    answer: int = status.HTTP_409_CONFLICT
    if isinstance(exc, InvalidInput | idempotency.KeyReused):
        answer = status.HTTP_422_UNPROCESSABLE_ENTITY
    if isinstance(exc, Busy):
        answer = status.HTTP_503_SERVICE_UNAVAILABLE
    findings = exc.findings if isinstance(exc, InvalidInput) else ()
    if not findings and isinstance(exc, DomainError) and exc.field:
        findings = [(code, exc.field, detail)]
    errors = [
        {"pointer": _pointer(field), "code": rule, "detail": message}
        for rule, field, message in findings
    ]
    response = problem(status=answer, code=code, detail=detail, errors=errors)
    if isinstance(exc, Busy):
        response["Retry-After"] = "1"
    return response


def _problem_of(exc: exceptions.APIException, response: Response) -> Response:
    """Turn the framework's own error into a problem, its headers kept."""
    errors: list[dict[str, str]] = []
    code = str(getattr(exc, "default_code", "error"))
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_flatten(exc.get_full_details()))
        detail = _("The request is not valid. Each entry of `errors` names a place and what to do.")
    else:
        codes = exc.get_codes()
        code, detail = (codes if isinstance(codes, str) else code), str(exc.detail)
    answer = problem(status=response.status_code, code=code, detail=detail, errors=errors)
    for name in ("Retry-After", "WWW-Authenticate", "Allow"):
        if response.has_header(name):
            answer[name] = response[name]
    return answer


def problem(
    *, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **extra: Any
) -> Response:
    """Return a problem+json answer (RFC 9457) with our stable `code`."""
    body = {
        "type": TYPE + code,
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
        "request_id": actors.request_id.get(),
        **extra,
    }
    return Response(body, status=status, content_type=PROBLEM)


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """Run a write once per `Idempotency-Key` and answer repeats with the first response.

    The key, the work and the reply are one transaction: a concurrent repeat waits for the
    first request, and a failed request leaves no key. A view that takes larger bodies than
    others says so by its `max_bytes`.
    """

    @wraps(method)
    def wrapper(self: views.APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= 255:  # noqa: PLR2004  the column's width
            raise exceptions.ValidationError(
                {"Idempotency-Key": _("Send this header: a new random value per request.")}
            )

        if len(request.body) > getattr(self, "max_bytes", settings.API_MAX_BYTES):
            raise BodyTooLarge

        def work() -> idempotency.Reply:
            response = method(self, request, *args, **kwargs)
            return idempotency.Reply(status=response.status_code, body=response.data)

        asked = f"{request.method} {request.path}".encode()
        reply = idempotency.once(
            owner=str(request.auth),
            key=key,
            fingerprint=idempotency.fingerprint(asked, request.body),
            work=work,
        )
        headers = {"Idempotency-Replayed": "true"} if reply.is_replay else {}
        return Response(reply.body, status=reply.status, headers=headers)

    return wrapper


def _pointer(field: str) -> str:
    return "/" + field.replace(".", "/") if field else ""


def _flatten(details: Any, path: str = "") -> Any:
    """Yield one entry per message of a nested validation error, with its JSON pointer."""
    if isinstance(details, dict) and "message" in details and "code" in details:
        yield {"pointer": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flatten(inner, f"{path}/{name}" if name != "non_field_errors" else path)
    else:
        for position, inner in enumerate(details):
            is_leaf = isinstance(inner, dict) and "message" in inner
            yield from _flatten(inner, path if is_leaf else f"{path}/{position}")
