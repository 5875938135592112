"""Whether somebody who was let in may still come in: session, person and right in one statement.

For what open pages ask several times a second. It lets nobody in: the first time a page is asked
for, Django's session, user and permission decide, and `standing_of` says for whom they did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.models import Session
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from o2c.kernel.compiled import compiled
from o2c.kernel.models import User


@dataclass(frozen=True)
class Standing:
    """Who was let in; `proof` differs once their password does, and may be seen by anybody."""

    user_id: int
    proof: str


def standing_of(user: User) -> Standing:
    return Standing(user.pk, _proof_of(user))


def _proof_of(user: User) -> str:
    """Return a digest under our key: what the session stores does not leave the house."""
    return salted_hmac(__name__, user.get_session_auth_hash(), algorithm="sha256").hexdigest()


def session_of(request: HttpRequest) -> str:
    """Return the key of the session that a request names; nobody has looked at it yet."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def still_in(standing: Standing, session_key: str, permission: str) -> User | None:
    """Return the person, if the session has not ended and they may still do this; else None."""
    for user in _asking(permission)(standing.user_id, session_key, timezone.now()):
        if constant_time_compare(_proof_of(user), standing.proof):
            return user
    return None


@cache
def _asking(permission: str) -> Callable[[int, str, datetime], list[User]]:
    @compiled
    def ask(user_id: int, session_key: str, at: datetime) -> QuerySet[User]:
        session = Session.objects.filter(session_key=session_key, expire_date__gt=at)
        return ModelBackend().with_perm(permission).filter(Exists(session), pk=user_id)

    return ask
