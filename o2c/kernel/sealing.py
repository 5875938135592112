"""Secrets of other systems that we must be able to use: sealed in the database, opened for use.

The key follows from SECRET_KEY, so that a copy of the database alone opens nothing. After a
change of SECRET_KEY the old one goes to SECRET_KEY_FALLBACKS until the secrets are entered again.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError


class SealBroken(DomainError):
    """A sealed secret cannot be opened with the keys that are configured."""

    code = "seal_broken"


def seal(secret: str) -> str:
    """Return the secret as it may be stored."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret; never log it, show it or put it into the audit trail.

    Raises:
        SealBroken: SECRET_KEY is another one than when the secret was sealed.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken(
            _("The stored secret cannot be opened: SECRET_KEY has changed. Enter the secret again.")
        ) from None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"o2c sealed secrets\0" + key.encode()).digest())
