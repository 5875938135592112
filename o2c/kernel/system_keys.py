"""Who calls the REST API for our own house: its warehouse or purchasing system, by its key."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from o2c.kernel import audit, clock
from o2c.kernel.actors import Actor
from o2c.kernel.models import SystemKey
from o2c.kernel.transactions import service

if TYPE_CHECKING:
    from rest_framework.permissions import _PermissionClass
    from rest_framework.views import APIView  # it reads the settings that name these classes

# What a key may be allowed to do. A view names the first half as its `scope`.
SCOPES = ("stock:read", "stock:write", "picking:read", "picking:write", "shipping:write")
PREFIX = "o2s_"
PREFIX_LENGTH = 12


class System:
    """The principal of a request: a system of ours. Not a person, so it has no account."""

    is_authenticated = True

    def __init__(self, key: SystemKey) -> None:
        self.key = key

    @property
    def actor(self) -> Actor:
        return Actor(kind="api_key", id=f"system:{self.key.pk}", name=self.key.name)


def system_of(request: Request) -> System:
    """Return which system calls; the views' permission lets nobody else in."""
    assert isinstance(request.user, System)
    return request.user


class SystemKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer o2s_…`"""

    def authenticate(self, request: Request) -> tuple[System, str] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            return None
        key = SystemKey.objects.filter(
            secret_hash=_hash_of(secret.strip()), revoked_at=None
        ).first()
        if key is None:
            raise AuthenticationFailed(_("This key of a system is unknown or revoked."))
        today = clock.now().date()
        if key.last_used_on != today:  # one statement a day
            SystemKey.objects.filter(pk=key.pk).update(last_used_on=today)
        return System(key), f"system_key:{key.pk}"

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasSystemKey(BasePermission):
    """The key must be there, and its scopes must cover the view's `scope`."""

    message = _("This key may not do that. Ask for a key with the scope that is needed.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, System):
            return False
        needed = getattr(view, "scope", "")
        access = "read" if request.method in {"GET", "HEAD", "OPTIONS"} else "write"
        return f"{needed}:{access}" in request.user.key.scopes


class ForSystems:
    """A view that systems of our own call, with a key for its `scope`."""

    scope: str
    authentication_classes: Sequence[type[BaseAuthentication]] = (SystemKeyAuthentication,)
    permission_classes: "Sequence[_PermissionClass]" = (HasSystemKey,)


@service
def create_system_key(
    *, name: str, scopes: list[str], at: datetime, actor: Actor
) -> tuple[SystemKey, str]:
    """Make a key for a system of ours; return it with its secret, which nobody sees again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = SystemKey.objects.create(
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=_hash_of(secret),
        scopes=scopes,
        created_at=at,
    )
    changes = {key.prefix: ("", ", ".join(scopes))}
    audit.record(f"systemkey:{key.pk}", "create", at=at, actor=actor, changes=changes)
    return key, secret


@service
def revoke_system_key(key_id: int, *, reason: str, at: datetime, actor: Actor) -> SystemKey:
    """Stop a key from working; revoking it again changes nothing.

    Raises:
        SystemKey.DoesNotExist: no such key.
    """
    is_first = SystemKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at)
    if is_first:
        audit.record(f"systemkey:{key_id}", "revoke", at=at, actor=actor, reason=reason)
    return SystemKey.objects.get(pk=key_id)


def _hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
