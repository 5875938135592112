"""What went wrong on the way: who looks after it, what happens next, and how it ended."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from fulfillment.models import Warehouse
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.models import User
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from o2c.kernel.working_days import add_working_time
from shipping.events import CaseAssigned, GoodsRefused, ShipmentFailed
from shipping.models import DeliveryCase, ProofLine, Shipment

Kind = Shipment.ExceptionKind
Step = DeliveryCase.NextStep
# No case waits longer: a later date is a slip of the keyboard.
LONGEST = timedelta(days=366)
# What usually comes next, and within how many working hours somebody is to have acted.
USUAL: Mapping[str, tuple[str, timedelta]] = {
    Kind.LATE: (Step.ASK_CARRIER, timedelta(hours=10)),
    Kind.LOST: (Step.CLAIM, timedelta(hours=4)),
    Kind.DAMAGED: (Step.CLAIM, timedelta(hours=10)),
    Kind.REFUSED: (Step.TAKE_BACK, timedelta(hours=10)),
}
# A shipment that has arrived is neither of these any more.
ENDED_BY_ARRIVAL = (Kind.LATE, Kind.LOST)
# What is damaged is still claimed from the carrier when it is here again.
ENDED_BY_RETURN = (*ENDED_BY_ARRIVAL, Kind.REFUSED)


class CaseClosed(DomainError):
    """The case is resolved: nothing of it changes."""

    code = "case_closed"


def open_case(
    shipment: Shipment, *, kind: str, note: str, at: datetime, actor: Actor
) -> DeliveryCase | None:
    """Open a case of a locked shipment and announce it; nothing when one of its kind is open."""
    if shipment.cases.filter(kind=kind, state=DeliveryCase.State.OPEN).exists():
        return None
    case = new_case(shipment, shipment.warehouse, kind=kind, note=note, at=at)
    audit.create(case, at=at, actor=actor, touches=[shipment.label])
    announce(case, at=at, actor=actor)
    if kind == Kind.REFUSED:
        publish(GoodsRefused(shipment_id=shipment.pk, at=at, actor=actor))
    return case


def new_case(
    shipment: Shipment, warehouse: Warehouse, *, kind: str, note: str, at: datetime
) -> DeliveryCase:
    """Return a case as it begins, due within the warehouse's working hours. It is not stored."""
    next_step, span = USUAL[kind]
    zone = ZoneInfo(warehouse.time_zone)
    return DeliveryCase(
        shipment=shipment,
        kind=kind,
        note=note,
        next_step=next_step,
        due_at=add_working_time(at, span, country=warehouse.country, zone=zone),
        opened_at=at,
    )


def announce(case: DeliveryCase, *, at: datetime, actor: Actor) -> None:
    event = ShipmentFailed(shipment_id=case.shipment_id, case_id=case.pk, at=at, actor=actor)
    publish(event)


@service
def work_on_case(
    case_id: int,
    *,
    owner_id: int | None,
    next_step: str,
    due_at: datetime | None,
    note: str,
    at: datetime,
    actor: Actor,
) -> DeliveryCase:
    """Say who looks after a case, what comes next and until when.

    Raises:
        DeliveryCase.DoesNotExist: no such case.
        CaseClosed: it is resolved.
        InvalidInput: there is no such step, nobody with this key, or the date has passed or is
            more than a year away.
    """
    case = _open(case_id)
    if next_step not in Step.values:
        raise InvalidInput(_("Choose what comes next."), field="next_step")
    if owner_id and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise InvalidInput(_("Choose somebody of the list."), field="owner")
    if due_at and due_at != case.due_at and due_at < at:
        raise InvalidInput(_("This has passed already. Name a later time."), field="due_at")
    if due_at and due_at > at + LONGEST:
        raise InvalidInput(_("This is more than a year away. Name a sooner day."), field="due_at")
    is_new_owner = owner_id is not None and owner_id != case.owner_id
    case.owner_id, case.next_step, case.due_at, case.note = owner_id, next_step, due_at, note
    audit.save(case, at=at, actor=actor, touches=[f"shipment:{case.shipment_id}"])
    if is_new_owner and actor.id != str(owner_id):
        publish(CaseAssigned(case_id=case_id, at=at, actor=actor))
    return case


@service
def take_case(case_id: int, *, user_id: int, at: datetime, actor: Actor) -> DeliveryCase:
    """Look after a case oneself, whoever did before.

    Raises:
        DeliveryCase.DoesNotExist: no such case.
        CaseClosed: it is resolved.
    """
    case = _open(case_id)
    case.owner_id = user_id
    return audit.save(case, at=at, actor=actor, touches=[f"shipment:{case.shipment_id}"])


@service
def resolve_case(case_id: int, *, resolution: str, at: datetime, actor: Actor) -> DeliveryCase:
    """End a case with words on how it ended.

    With the last one of a shipment that has arrived its trouble is over: it is delivered again.

    Raises:
        DeliveryCase.DoesNotExist: no such case.
        CaseClosed: it is resolved already.
        InvalidInput: there are no words.
    """
    if not resolution.strip():
        raise InvalidInput(_("Say how it ended."), field="resolution")
    shipment = lock(Shipment, DeliveryCase.objects.get(pk=case_id).shipment_id)
    case = _open(case_id)
    _resolve([case], resolution=resolution.strip(), at=at, actor=actor)
    if _is_settled(shipment, case) and shipment.delivered_at is not None:
        shipment.deliver(at=shipment.delivered_at, received_by=shipment.received_by)
        audit.save(shipment, at=at, actor=actor, reason=case.resolution)
    return case


@service
def note_told(case_id: int, *, at: datetime, actor: Actor) -> None:
    """Note that the customer knows; the first time counts."""
    case = lock(DeliveryCase, case_id)
    if case.told_at is None:
        case.told_at = at
        audit.save(case, at=at, actor=actor)


def end_by_arrival(shipment: Shipment, *, at: datetime, actor: Actor) -> None:
    """Resolve what a locked shipment's arrival has ended."""
    _end([shipment], ENDED_BY_ARRIVAL, resolution=_("It has arrived."), at=at, actor=actor)


def end_by_loss(shipment: Shipment, *, resolution: str, at: datetime, actor: Actor) -> None:
    """Resolve all that is open of a locked shipment: it never arrives."""
    _end([shipment], Kind.values, resolution=resolution, at=at, actor=actor)


def end_by_return(
    shipments: Iterable[Shipment], *, resolution: str, at: datetime, actor: Actor
) -> None:
    """Resolve what is over when locked shipments are here again."""
    _end(shipments, ENDED_BY_RETURN, resolution=resolution, at=at, actor=actor)


def hold_open(shipments: Iterable[Shipment], kinds: Iterable[str]) -> list[DeliveryCase]:
    """Lock the open cases of such kinds of locked shipments."""
    there = DeliveryCase.objects.filter(
        shipment__in=list(shipments), state=DeliveryCase.State.OPEN, kind__in=list(kinds)
    )
    held = lock_many(DeliveryCase, there.values_list("pk", flat=True)).values()
    return [case for case in held if case.state == DeliveryCase.State.OPEN]


def _end(
    shipments: Iterable[Shipment],
    kinds: Iterable[str],
    *,
    resolution: str,
    at: datetime,
    actor: Actor,
) -> None:
    still_open = hold_open(shipments, kinds)
    _resolve(still_open, resolution=resolution, at=at, actor=actor)


def _resolve(cases: Iterable[DeliveryCase], *, resolution: str, at: datetime, actor: Actor) -> None:
    changed = {}
    for case in cases:
        case.state, case.resolved_at = DeliveryCase.State.RESOLVED, at
        case.resolution = resolution
        changed[case] = [f"shipment:{case.shipment_id}"]
    audit.save_many(changed, at=at, actor=actor, reason=resolution)


def _is_settled(shipment: Shipment, case: DeliveryCase) -> bool:
    """Say whether nothing but this case kept a shipment in trouble, and something was taken."""
    if shipment.state != Shipment.State.EXCEPTION:
        return False
    others = shipment.cases.filter(state=DeliveryCase.State.OPEN).exclude(pk=case.pk)
    proved = ProofLine.objects.filter(proof__shipment=shipment)
    is_taken = proved.filter(accepted__gt=0).exists() or not proved.exists()
    return is_taken and not others.exists()


def _open(case_id: int) -> DeliveryCase:
    case = lock(DeliveryCase, case_id)
    if case.state != DeliveryCase.State.OPEN:
        raise CaseClosed(_("This case is resolved: “%(how)s”.") % {"how": case.resolution})
    return case
