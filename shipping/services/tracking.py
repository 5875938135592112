"""What carriers and our people report about a shipment on its way."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import LostHasArrived
from shipping.models import Shipment, StrayEvent, TrackingEvent
from shipping.reports.shapes import Report, Told
from shipping.services.cases import ENDED_BY_ARRIVAL, open_case
from shipping.services.holding import hold
from shipping.services.proving import arrive

MOVING = frozenset({"picked_up", "in_transit", "out_for_delivery"})
DELIVERED = "delivered"
# A carrier's clock may be ahead of ours by so much.
AHEAD = timedelta(minutes=15)
# A driver scans before our people press Dispatch; nothing is reported longer before.
BEFORE = timedelta(days=1)
Problem = StrayEvent.Problem
Kind = Shipment.ExceptionKind


class NotReportable(DomainError):
    """The shipment cannot have this report."""

    code = "not_reportable"


class News(Protocol):
    """What moves a shipment: a new report, or one that is kept."""

    @property
    def code(self) -> str: ...

    @property
    def note(self) -> str: ...


@service
def record_tracking(
    shipment_id: int,
    *,
    event_id: str,
    code: str,
    note: str,
    happened_at: datetime,
    at: datetime,
    actor: Actor,
    channel: str = "hand",
) -> Shipment:
    """Keep one report of a shipment that is known; see `record_reports`.

    Raises:
        NotReportable: it has not left, or the time cannot be.
    """
    report = Report(
        tracking_number="", event_id=event_id, code=code, note=note, happened_at=happened_at
    )
    problems = record_reports(shipment_id, [report], channel=channel, at=at, actor=actor)
    if problems:
        word = Problem(problems[event_id]).label
        raise NotReportable(_("This is not recorded: %(why)s.") % {"why": word})
    return lock(Shipment, shipment_id)


@service
def record_reports(
    shipment_id: int, reports: Iterable[Report], *, channel: str, at: datetime, actor: Actor
) -> dict[str, str]:
    """Keep what a carrier reports of one shipment, and move it as the news say.

    The same event twice is one: by its id or, where it has none, by code and time. They may come
    in any order, and with codes that we do not know: the shipment ends where it would be had they
    come in theirs. Codes that move it: `picked_up`, `in_transit`, `out_for_delivery`,
    `delivered`, and the kinds of exceptions.

    Returns:
        `{event id: StrayEvent.Problem}` of those that it cannot have; nothing of them is kept.
    """
    held = hold(shipment_id)
    shipment = held.shipment
    kept = list(shipment.tracking.order_by("at", "pk"))
    told = Told((event.event_id, event.code, event.at) for event in kept)
    fresh = {report.event_id: report for report in told.news_of(reports)}
    problems = {key: problem_of(shipment, report, at=at) for key, report in fresh.items()}
    made = [
        TrackingEvent(
            shipment=shipment,
            event_id=key,
            code=report.code,
            note=report.note,
            channel=channel,
            at=report.happened_at,
            recorded_at=at,
        )
        for key, report in sorted(fresh.items(), key=lambda pair: pair[1].happened_at)
        if not problems[key]
    ]
    rows.append(made)
    for event in made:
        later = [other for other in kept if other.at > event.at]
        _follow(shipment, event, later, at=at, actor=actor)
        kept.append(event)
        kept.sort(key=lambda one: one.at)
    return {key: problem for key, problem in problems.items() if problem}


def problem_of(shipment: Shipment, report: Report, *, at: datetime) -> str:
    """Say why a shipment cannot have a report; empty: it can."""
    if report.happened_at > at + AHEAD:
        return Problem.FUTURE
    if shipment.dispatched_at is None:
        return Problem.NOT_LEFT
    earliest = shipment.dispatched_at - BEFORE
    if report.code == DELIVERED:
        earliest = shipment.dispatched_at
    return Problem.EARLY if report.happened_at < earliest else ""


def _follow(
    shipment: Shipment,
    event: TrackingEvent,
    later: Sequence[TrackingEvent],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Move the shipment as an event says, and what came of it before it was known."""
    later = [one for one in later if _matters(shipment, one.code)]
    if shipment.state == Shipment.State.LOST and event.code == DELIVERED:
        publish(LostHasArrived(shipment_id=shipment.pk, at=at, actor=actor))
    elif event.code == DELIVERED:
        is_news = shipment.delivered_at is None or not later
        if is_news and can_proceed(shipment.deliver):
            arrive(shipment.pk, received_by=event.note, received_at=event.at, at=at, actor=actor)
            for one in later:
                _move(shipment, one, at=at, actor=actor)
    elif not later:
        _move(shipment, event, at=at, actor=actor)
    elif event.code in Kind.values and _matters(shipment, event.code):
        open_case(shipment, kind=event.code, note=event.note, at=at, actor=actor)


def _move(shipment: Shipment, news: News, *, at: datetime, actor: Actor) -> None:
    if not _matters(shipment, news.code):
        return
    if news.code in MOVING and can_proceed(shipment.move):
        shipment.move()
        audit.save(shipment, at=at, actor=actor)
    elif news.code in Kind.values and can_proceed(shipment.fail):
        report_exception(shipment.pk, kind=news.code, note=news.note, at=at, actor=actor)


def _matters(shipment: Shipment, code: str) -> bool:
    """Say whether a code may move it: what has arrived is on its way no more, nor late or lost.

    What is lost or came back has an end: nothing moves it.
    """
    if shipment.state in Shipment.OVER:
        return False
    if code in MOVING or code in ENDED_BY_ARRIVAL:
        return shipment.delivered_at is None
    return code == DELIVERED or code in Kind.values


@service
def report_exception(
    shipment_id: int, *, kind: str, note: str, at: datetime, actor: Actor
) -> Shipment:
    """Note that a shipment is late, lost, damaged or refused; a case is opened of it.

    Raises:
        TransitionNotAllowed: it has not left.
        InvalidInput: there is no such kind.
    """
    if kind not in Kind.values:
        raise InvalidInput(_("Choose what went wrong."), field="kind")
    shipment = lock(Shipment, shipment_id)
    shipment.fail(kind=kind, note=note)
    audit.save(shipment, at=at, actor=actor, reason=note)
    open_case(shipment, kind=kind, note=note, at=at, actor=actor)
    return shipment
