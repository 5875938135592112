"""What belongs to a carrier: services, zones, tariffs, pickups, closures; one carrier at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from shipping.carriers.names import NAMES
from shipping.models import (
    Carrier,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
    Shipment,
)
from shipping.services.setting_up import as_kept, ensure_clean

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
        told = {name: (None, as_kept(value)) for name, value in values.items()}
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
            changes[name] = (as_kept(before), as_kept(value))
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
    ensure_clean(row)
