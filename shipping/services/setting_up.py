"""Setting up carriers, and how each is spoken to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.sealing import seal
from o2c.kernel.transactions import service
from shipping.carriers.names import NAMES
from shipping.models import Carrier, CarrierSecrets


@dataclass(frozen=True, kw_only=True)
class CarrierDetails:
    """What is known of a carrier; `tracking_url` has {number} in the number's place."""

    name: str
    tracking_url: str = ""
    is_active: bool = True


@service
def add_carrier(*, code: str, details: CarrierDetails, at: datetime, actor: Actor) -> Carrier:
    """Add a carrier; it is booked by hand until its connection is set up.

    Raises:
        InvalidInput: the code is another's, or something cannot be right.
    """
    carrier = Carrier(code=code, **asdict(details))
    _check(carrier, details)
    try:
        with transaction.atomic():
            carrier.save(force_insert=True)
    except IntegrityError:  # somebody else has added it at the same moment
        raise InvalidInput(_("Another carrier has this code."), field="code") from None
    audit.record(f"carrier:{carrier.pk}", "create", at=at, actor=actor)
    return carrier


@service
def change_carrier(
    carrier_id: int, *, details: CarrierDetails, at: datetime, actor: Actor
) -> Carrier:
    """Replace what is known of a carrier. Its code stays: labels and messages bear it.

    Raises:
        Carrier.DoesNotExist: no such carrier.
        InvalidInput: something cannot be right.
    """
    carrier = lock(Carrier, carrier_id)
    _set(carrier, asdict(details), at=at, actor=actor, check=lambda: _check(carrier, details))
    return carrier


@service
def connect_carrier(
    carrier_id: int,
    *,
    adapter: str,
    settings: Mapping[str, Any],
    api_token: str,
    at: datetime,
    actor: Actor,
) -> Carrier:
    """Say how a carrier is spoken to. Other settings stay, and the token when it is empty.

    Raises:
        Carrier.DoesNotExist: no such carrier.
        InvalidInput: there is no such way, or another system is to get the token of the last one.
    """
    if adapter not in NAMES:
        raise InvalidInput(_("Choose how it is booked."), field="adapter")
    carrier = lock(Carrier, carrier_id)
    whole = {**carrier.settings, **settings}
    if not api_token:
        _ensure_same_system(carrier, whole)
    _set(carrier, {"adapter": adapter, "settings": whole}, at=at, actor=actor)
    if api_token:
        CarrierSecrets.objects.update_or_create(
            carrier=carrier, defaults={"api_token": seal(api_token)}
        )
        label = f"carrier:{carrier.pk}"
        audit.record(label, "change secrets", at=at, actor=actor, reason="api_token")
    return carrier


def _ensure_same_system(carrier: Carrier, settings: Mapping[str, Any]) -> None:
    """Refuse to send a stored token to another machine than the one that it was entered for."""
    old, new = (_system_of(values) for values in (carrier.settings, settings))
    if (
        new
        and old != new
        and CarrierSecrets.objects.filter(carrier=carrier).exclude(api_token="").exists()
    ):
        message = _("The stored token is for another system: enter the token for this one.")
        raise InvalidInput(message, field="api_token")


def _system_of(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return scheme and host with port of a carrier's system; None: it has none."""
    parts = urlsplit(str(settings.get("base_url", "")))
    return (parts.scheme, parts.netloc.lower()) if parts.netloc else None


def _check(carrier: Carrier, details: CarrierDetails) -> None:
    url = details.tracking_url
    if url and not (url.startswith("https://") and "{number}" in url):
        message = _("Write https://… with {number} in the place of the tracking number.")
        raise InvalidInput(message, field="tracking_url")
    if not (carrier.code.isascii() and carrier.code.isalnum() and carrier.code.isupper()):
        message = _("Write capital letters and digits, with one letter at least.")
        raise InvalidInput(message, field="code")
    ensure_clean(carrier)


def ensure_clean(row: Model) -> None:
    """Refuse what the columns do not hold, and what is there already."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        text = " ".join(messages) if field != "__all__" else _("There is one like this already.")
        raise InvalidInput(text, field="" if field == "__all__" else field) from None


def _set(
    carrier: Carrier,
    values: Mapping[str, Any],
    *,
    at: datetime,
    actor: Actor,
    check: Any = None,
) -> None:
    changes = {}
    for name, value in values.items():
        before = getattr(carrier, name)
        if before != value:
            changes[name] = (as_kept(before), as_kept(value))
            setattr(carrier, name, value)
    if check:
        check()
    if changes:
        carrier.save(update_fields=list(changes))
        audit.record(f"carrier:{carrier.pk}", "change", at=at, actor=actor, changes=changes)


def as_kept(value: Any) -> Any:
    """Return a value as the trail keeps it."""
    if isinstance(value, Model | datetime) or hasattr(value, "isoformat"):
        return str(value)
    return value
