"""Who comes to the REST API for carriers: one carrier's system, by its token."""

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from shipping.models import Carrier
from shipping.selectors import carriers_that_report

if TYPE_CHECKING:
    from rest_framework.views import APIView

PREFIX = "o2ct_"


class CarrierCaller:
    """The principal of a request: a carrier's system."""

    is_authenticated = True

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier


def new_token() -> str:
    """Return a new token: 32 random bytes behind a recognisable prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class CarrierAuthentication(BaseAuthentication):
    """`Authorization: Bearer o2ct_…`"""

    def authenticate(self, request: Request) -> tuple[CarrierCaller, str] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        found = carriers_that_report().filter(secrets__access_hash=hash_of(token.strip()))
        carrier = found.first()
        if carrier is None:
            raise AuthenticationFailed(_("This token is unknown, or was replaced by another."))
        return CarrierCaller(carrier), f"carrier:{carrier.pk}"

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsCarrier(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.user, CarrierCaller)


def carrier_of(request: Request) -> Carrier:
    """Return which carrier calls; the views' permission lets nobody else in."""
    assert isinstance(request.user, CarrierCaller)
    return request.user.carrier
