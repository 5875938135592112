"""Who calls the REST API: one customer's system, by its key."""

import hashlib
import secrets
import time
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from customers.models import ApiKey, Customer
from o2c.kernel import clock, rates
from o2c.kernel.actors import Actor
from o2c.kernel.compiled import compiled

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it reads the settings that name this module

# What a key may be allowed to do.
SCOPES = (
    *("products:read", "orders:read", "orders:write", "shipments:read"),
    *("returns:read", "returns:write", "invoices:read"),
)
# The prefix finds the key in a listing and lets scanners recognise a leaked one.
PREFIX = "o2c_"
PREFIX_LENGTH = 12


class Caller:
    """The principal of a request: a customer's API key. Not a person, so it has no account."""

    is_authenticated = True

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    @property
    def customer(self) -> Customer:
        return self.key.customer

    @property
    def actor(self) -> Actor:
        return Actor(
            kind="api_key", id=str(self.key.pk), name=f"{self.key.customer}: {self.key.name}"
        )


def caller_of(request: Request) -> Caller:
    """Return who calls; the views' permission lets nobody else in."""
    assert isinstance(request.user, Caller)
    return request.user


def new_secret() -> str:
    """Return a new API key: 32 random bytes behind a recognisable prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def usable_keys(*, at: datetime) -> QuerySet[ApiKey]:
    """Return the keys that work at this moment."""
    alive = Q(expires_at=None) | Q(expires_at__gt=at)
    return ApiKey.objects.filter(alive, revoked_at=None, customer__is_active=True)


@compiled
def _key_of(secret_hash: str, at: datetime) -> QuerySet[ApiKey]:
    """Find a key with its customer and what an order's reply says of it; one statement."""
    keys = usable_keys(at=at).select_related("customer__payment_terms")
    return keys.filter(secret_hash=secret_hash)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer o2c_…`"""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            return None
        now = clock.now()
        key = next(iter(_key_of(hash_of(secret.strip()), now)), None)
        if key is None:
            raise AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        today = now.date()
        if key.last_used_on != today:  # one statement a day
            ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
        return Caller(key), f"api_key:{key.pk}"

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasApiKey(BasePermission):
    """The key must be there, and its scopes must cover the view's `scope`."""

    message = _("This API key may not do that. Ask for a key with the scope that is needed.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, Caller):
            return False
        needed = getattr(view, "scope", "")
        access = "read" if request.method in {"GET", "HEAD", "OPTIONS"} else "write"
        return f"{needed}:{access}" in request.user.key.scopes


class ApiKeyThrottle(SimpleRateThrottle):
    """So many requests a minute per key: one caller's loop does not slow the others."""

    scope = "api_key"
    num_requests: int | None
    duration: int | None
    _wait = 0.0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.auth:
            self._wait = rates.wait_of(
                str(request.auth),
                limit=self.num_requests or 0,
                seconds=self.duration or 0,
                at=time.time(),
            )
        return not self._wait

    def wait(self) -> float:
        return self._wait
