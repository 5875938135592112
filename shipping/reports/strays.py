"""Reports that no shipment could have: placed later by themselves or by a person, or dismissed."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.transactions import service
from shipping.models import Shipment, StrayEvent
from shipping.reports.shapes import Report
from shipping.services import record_reports
from shipping.services.tracking import Problem, problem_of

# Times that no person can let stand.
IMPOSSIBLE = {Problem.FUTURE, Problem.EARLY}
# Reports whose shipment is there now and has left since.
PLACEABLE = """
    SELECT s.id, array_agg(e.id ORDER BY e.id)
      FROM shipping_strayevent e
      JOIN shipping_shipment s ON s.carrier_id = e.carrier_id
                              AND s.tracking_number = e.tracking_number
     WHERE e.state = 'open' AND e.problem IN ('unknown', 'not_left')
       AND s.dispatched_at IS NOT NULL AND (%(shipment)s IS NULL OR s.id = %(shipment)s)
     GROUP BY s.id ORDER BY s.id LIMIT 500
"""


class StraySettled(DomainError):
    """Somebody has placed or dismissed it."""

    code = "stray_settled"


class StillStray(DomainError):
    """The shipment cannot have the report."""

    code = "still_stray"


def place_of(shipment_id: int, *, at: datetime, actor: Actor) -> int:
    """Give a shipment what its carrier reported too early; return how many. Safe to repeat."""
    return _place_all(shipment_id, at=at, actor=actor)


def place_waiting(*, at: datetime, actor: Actor) -> int:
    """Give every report that came too early to its shipment; return how many. Safe to repeat."""
    return _place_all(None, at=at, actor=actor)


@service
def place_stray(stray_id: int, *, shipment_number: str, at: datetime, actor: Actor) -> Shipment:
    """Give a report to the shipment that a person names.

    A time that a shipment cannot have is replaced by when the report came, or when the shipment
    left if that was later, and says so.

    Raises:
        StrayEvent.DoesNotExist: no such report.
        StraySettled: it is placed or dismissed already.
        InvalidInput: no shipment has this number.
        StillStray: the shipment has not left.
    """
    stray = _open(stray_id)
    wanted = Shipment.objects.filter(number__iexact=shipment_number.strip())
    shipment = wanted.first()
    if shipment is None:
        raise InvalidInput(_("No shipment has this number."), field="shipment")
    report = _report_of(stray)
    how = ""
    if IMPOSSIBLE & {stray.problem, problem_of(shipment, report, at=at)}:
        earliest = shipment.dispatched_at or stray.recorded_at
        report = _report_of(stray, happened_at=max(stray.recorded_at, earliest))
        how = (
            _("Its time cannot be: the time of receipt counts.")
            if report.happened_at == stray.recorded_at
            else _("Its time cannot be: the time at which the shipment left counts.")
        )
    return _give(stray, shipment.pk, report, how=how, at=at, actor=actor)


@service
def dismiss_stray(stray_id: int, *, reason: str, at: datetime, actor: Actor) -> StrayEvent:
    """Put a report aside for good.

    Raises:
        StrayEvent.DoesNotExist: no such report.
        StraySettled: it is placed or dismissed already.
        InvalidInput: no reason is given.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why it is dismissed."), field="reason")
    stray = _open(stray_id)
    stray.state, stray.resolution = StrayEvent.State.DISMISSED, reason.strip()
    return audit.save(stray, at=at, actor=actor, reason=stray.resolution)


def _give(
    stray: StrayEvent, shipment_id: int, report: Report, *, how: str, at: datetime, actor: Actor
) -> Shipment:
    problems = record_reports(shipment_id, [report], channel=stray.channel, at=at, actor=actor)
    if problems:
        why = Problem(problems[report.event_id]).label
        raise StillStray(_("It cannot go there: %(why)s.") % {"why": why}, field="shipment")
    _settle(stray, shipment_id, how=how, at=at, actor=actor)
    return lock(Shipment, shipment_id)


def _place_all(shipment_id: int | None, *, at: datetime, actor: Actor) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PLACEABLE, {"shipment": shipment_id})
        found = cursor.fetchall()
    return sum(_place_some(key, stray_ids, at=at, actor=actor) for key, stray_ids in found)


@service
def _place_some(shipment_id: int, stray_ids: list[int], *, at: datetime, actor: Actor) -> int:
    """Place what one shipment can have now; what it cannot have waits on, with its reason."""
    held = lock_many(StrayEvent, stray_ids).values()
    strays = {one.event_id: one for one in held if one.state == StrayEvent.State.OPEN}
    placed = 0
    for channel in sorted({one.channel for one in strays.values()}):
        mine = [_report_of(one) for one in strays.values() if one.channel == channel]
        problems = record_reports(shipment_id, mine, channel=channel, at=at, actor=actor)
        for report in mine:
            stray = strays[report.event_id]
            if report.event_id in problems:
                stray.problem = problems[report.event_id]
                audit.save(stray, at=at, actor=actor)
            else:
                _settle(stray, shipment_id, how="", at=at, actor=actor)
                placed += 1
    return placed


def _settle(stray: StrayEvent, shipment_id: int, *, how: str, at: datetime, actor: Actor) -> None:
    stray.state, stray.shipment_id, stray.resolution = StrayEvent.State.PLACED, shipment_id, how
    audit.save(stray, at=at, actor=actor, touches=[f"shipment:{shipment_id}"])


def _report_of(stray: StrayEvent, *, happened_at: datetime | None = None) -> Report:
    return Report(
        tracking_number=stray.tracking_number,
        event_id=stray.event_id,
        code=stray.code,
        note=stray.note,
        happened_at=happened_at or stray.happened_at,
    )


def _open(stray_id: int) -> StrayEvent:
    stray = lock(StrayEvent, stray_id)
    if stray.state != StrayEvent.State.OPEN:
        raise StraySettled(_("Somebody has settled this report already."))
    return stray
