"""Setting up carriers and what belongs to them, one carrier at a time."""

from collections.abc import Mapping, Sequence
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
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.sealing import seal
from o2c.kernel.transactions import service
from shipping.carriers.names import NAMES
from shipping.models import (
    Carrier,
    CarrierSecrets,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
    Shipment,
)

# What belongs to a carrier, and how a part finds it.
PARTS: Mapping[str, tuple[type[Model], str]] = {
    "services": (CarrierService, "carrier"),
    "zones": (FreightZone, "carrier"),
    "rates": (FreightRate, "service__carrier"),
    "pickups": (PickupSchedule, "carrier"),
    "closures": (PickupClosure, "carrier"),
}
MOST_AT_ONCE = 7


class PartInUse(DomainError):
    """Something else rests on it."""

    code = "part_in_use"


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


@service
def add_parts(
    carrier_id: int, kind: str, *, rows: Sequence[Mapping[str, Any]], at: datetime, actor: Actor
) -> list[Model]:
    """Add services, zones, rates, pickups or closures to a carrier: all of them, or none.

    Raises:
        Carrier.DoesNotExist: no such carrier.
        InvalidInput: there is one like it, or something cannot be right.
    """
    carrier = lock(Carrier, carrier_id)
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise InvalidInput(_("Choose one day at least."), field="weekdays")
    model, path = PARTS[kind]
    owner = {"carrier": carrier} if path == "carrier" else {}
    made = []
    for values in rows:
        row = model(**owner, **values)
        _check_part(row, carrier)
        row.save(force_insert=True)
        told = {name: (None, _plain(value)) for name, value in values.items()}
        _note(carrier, f"add {kind}", row, at=at, actor=actor, changes=told)
        made.append(row)
    return made


@service
def change_part(
    carrier_id: int,
    kind: str,
    part_id: int,
    *,
    values: Mapping[str, Any],
    at: datetime,
    actor: Actor,
) -> Model:
    """Replace what is known of one of a carrier's parts.

    Raises:
        Carrier.DoesNotExist, ObjectDoesNotExist: no such carrier, or it has no such part.
        InvalidInput: there is one like it, or something cannot be right.
    """
    carrier = lock(Carrier, carrier_id)
    row = _part(carrier, kind, part_id)
    changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = (_plain(before), _plain(value))
            setattr(row, name, value)
    if changes:
        _check_part(row, carrier)
        row.save(update_fields=list(changes))
        _note(carrier, f"change {kind}", row, at=at, actor=actor, changes=changes)
    return row


@service
def remove_part(carrier_id: int, kind: str, part_id: int, *, at: datetime, actor: Actor) -> None:
    """Remove one of a carrier's parts on which nothing rests.

    Raises:
        Carrier.DoesNotExist, ObjectDoesNotExist: no such carrier, or it has no such part.
        PartInUse: something rests on it.
    """
    carrier = lock(Carrier, carrier_id)
    row = _part(carrier, kind, part_id)
    _ensure_unused(row)
    _note(carrier, f"remove {kind}", row, at=at, actor=actor)
    row.delete()


def _note(
    carrier: Carrier,
    action: str,
    row: Model,
    *,
    at: datetime,
    actor: Actor,
    changes: dict[str, tuple[Any, Any]] | None = None,
) -> None:
    """Note what was done about a part; the reason says which."""
    label, which = f"carrier:{carrier.pk}", str(row)
    audit.record(label, action, at=at, actor=actor, changes=changes, reason=which)


def _part(carrier: Carrier, kind: str, part_id: int) -> Model:
    model, path = PARTS[kind]
    found: Model = model._default_manager.filter(**{path: carrier}).get(pk=part_id)
    return found


def _ensure_unused(row: Model) -> None:
    if isinstance(row, CarrierService):
        if Shipment.objects.filter(service=row).exists():
            raise PartInUse(_("Shipments went by this service. Take it out of use instead."))
        if row.pickups.exists() or row.rates.exists():
            raise PartInUse(_("Pickups or tariffs name this service. Remove those first."))
    if isinstance(row, FreightZone) and row.rates.exists():
        raise PartInUse(_("Tariffs name this zone. Remove those first."))


def _check_part(row: Model, carrier: Carrier) -> None:
    if isinstance(row, FreightRate):
        if row.service.carrier_id != carrier.pk or row.zone.carrier_id != carrier.pk:
            raise InvalidInput(_("Choose a service and a zone of this carrier."), field="service")
        if row.valid_until and row.valid_until < row.valid_from:
            raise InvalidInput(_("It ends before it begins."), field="valid_until")
    chosen = getattr(row, "service", None)
    if isinstance(row, PickupSchedule) and chosen and chosen.carrier_id != carrier.pk:
        raise InvalidInput(_("Choose a service of this carrier."), field="service")
    if isinstance(row, CarrierService) and row.adapter not in ("", *NAMES):
        raise InvalidInput(_("Choose how it is booked."), field="adapter")
    _ensure_clean(row)


def _check(carrier: Carrier, details: CarrierDetails) -> None:
    url = details.tracking_url
    if url and not (url.startswith("https://") and "{number}" in url):
        message = _("Write https://… with {number} in the place of the tracking number.")
        raise InvalidInput(message, field="tracking_url")
    if not (carrier.code.isascii() and carrier.code.isalnum() and carrier.code.isupper()):
        message = _("Write capital letters and digits, with one letter at least.")
        raise InvalidInput(message, field="code")
    _ensure_clean(carrier)


def _ensure_clean(row: Model) -> None:
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
            changes[name] = (_plain(before), _plain(value))
            setattr(carrier, name, value)
    if check:
        check()
    if changes:
        carrier.save(update_fields=list(changes))
        audit.record(f"carrier:{carrier.pk}", "change", at=at, actor=actor, changes=changes)


def _plain(value: Any) -> Any:
    """Return a value as the trail keeps it."""
    if isinstance(value, Model | datetime) or hasattr(value, "isoformat"):
        return str(value)
    return value
