"""The OpenAPI document: what every operation shares is written here once."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from o2c.kernel.api import PROBLEM

PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "example": "urn:o2c:problem:order_invalid"},
        "title": {"type": "string", "example": "Order invalid"},
        "status": {"type": "integer", "example": 422},
        "detail": {"type": "string"},
        "code": {"type": "string", "example": "order_invalid"},
        "errors": {
            "type": "array",
            "description": "One entry per place in the request.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "example": "/lines/2/quantity"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
ALWAYS = {
    "400": "The request is malformed, or a field or parameter cannot be.",
    "401": "The key is missing, unknown, expired or revoked.",
    "403": "The key lacks the scope.",
    "404": "There is no such document of this customer.",
    "406": "We answer in JSON.",
    "429": "Too many requests; see Retry-After.",
}
WRITING = {
    "409": "The document's state does not allow it.",
    "413": "The body is too large.",
    "415": "Send application/json.",
    "422": "A business rule refused it, or the Idempotency-Key was used for another request.",
    "503": "Somebody else is changing the same thing; nothing was done. See Retry-After.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "A new random value per request, kept for seven days. A repeat with the same key and body"
        " is answered with the first response, marked `Idempotency-Replayed: true`."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "4f7c1c1e-5b6f-4d5e-8a53-0f8f1a0d9d11",
}
METHODS = ("get", "post")


class Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a caller says who it is: by what follows `Bearer`. Targets are named, not imported."""

    description: str

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": self.description}


class BearerKey(Bearer):  # type: ignore[no-untyped-call]
    target_class = "customers.authentication.ApiKeyAuthentication"
    name = "apiKey"
    description = "An API key of one customer: `Authorization: Bearer o2c_…`"


class SystemBearerKey(Bearer):  # type: ignore[no-untyped-call]
    target_class = "o2c.kernel.system_keys.SystemKeyAuthentication"
    name = "systemKey"
    description = "A key of a system of our own house: `Authorization: Bearer o2s_…`"


class CarrierToken(Bearer):  # type: ignore[no-untyped-call]
    target_class = "shipping.reports.access.CarrierAuthentication"
    name = "carrierToken"
    description = "A token of one carrier: `Authorization: Bearer o2ct_…`"


def only_the_api(endpoints: list[Any]) -> list[Any]:
    """Keep the endpoints of the API itself."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def complete(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add to every operation how it fails, and to every write its Idempotency-Key."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM_SCHEMA
    for name in schemas:
        if name.endswith("In"):  # what we take: StrictSerializer refuses all other fields
            schemas[name]["additionalProperties"] = False
    for path in result["paths"].values():
        for method in METHODS:
            if method in path:
                _complete(path[method], is_write=method == "post")
    return result


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    failures = ALWAYS | WRITING if is_write else ALWAYS
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, description in failures.items():
        answer = {"description": description, "content": {PROBLEM: {"schema": schema}}}
        operation["responses"].setdefault(status, answer)
    if is_write:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
