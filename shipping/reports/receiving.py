"""Webhooks: who sent one is proven, then what it reports is taken in.

X-Timestamp: 1795342800            seconds since 1970, when it was signed
X-Signature: sha256=<hex>          HMAC-SHA256 of `<timestamp>.<body>` with the shared secret
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.sealing import unseal
from shipping.models import Carrier, CarrierSecrets
from shipping.reports.reading import read_message
from shipping.reports.taking import Taken, take_reports

# A signature is good for so long: a message that somebody has listened to is soon worth nothing.
GOOD_FOR = timedelta(minutes=5)
LONGEST_TIMESTAMP = 12


class SignatureWrong(DomainError):
    """Nobody proves to be the carrier: nothing is kept but a count."""

    code = "signature_wrong"


class TooLarge(DomainError):
    code = "body_too_large"


def receive(carrier: Carrier, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Taken:
    """Prove a webhook and take in what it reports.

    Raises:
        TooLarge: more than we take.
        SignatureWrong: the carrier's secret has not signed this body lately; it is counted.
        InvalidInput: signed, and not in the shape that we read.
    """
    if len(body) > settings.TRACKING_MAX_BYTES:
        raise TooLarge(_("The message is larger than we take."))
    if not _is_proven(carrier, headers, body, at=at):
        secrets = CarrierSecrets.objects.filter(carrier=carrier)
        secrets.update(refused_count=F("refused_count") + 1, last_refused_at=at)
        raise SignatureWrong(
            _("The signature is wrong or too old. Compare the signing secrets and the clocks.")
        )
    actor = actor_of(carrier)
    return take_reports(carrier, read_message(body), channel="webhook", at=at, actor=actor)


def signature_of(body: bytes, *, timestamp: str, secret: str) -> str:
    """Return what X-Signature has to be."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def actor_of(carrier: Carrier) -> Actor:
    return Actor(kind="carrier", id=carrier.code, name=carrier.name)


def _is_proven(carrier: Carrier, headers: Mapping[str, str], body: bytes, *, at: datetime) -> bool:
    sealed = carrier.secrets.signing_secret
    timestamp, signature = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
    if not sealed or not _is_fresh(timestamp, at=at):
        return False
    wanted = signature_of(body, timestamp=timestamp, secret=unseal(sealed))
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _is_fresh(timestamp: str, *, at: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < LONGEST_TIMESTAMP):
        return False
    return abs(at - datetime.fromtimestamp(int(timestamp), UTC)) <= GOOD_FOR
