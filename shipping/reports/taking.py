"""Taking in what a carrier reports: to the shipments that it concerns, the rest to a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from shipping.models import Carrier, Shipment, StrayEvent, TrackingEvent
from shipping.reports.shapes import Report, Told
from shipping.services import record_reports
from shipping.services.tracking import AHEAD

Problem = StrayEvent.Problem
# What tells a carrier's report from all its others: tracking number and event id.
Key = tuple[str, str]
# Two messages with one event at the same moment: the second waits here for the first, which has
# named its events in the same order.
KEEP = """
    INSERT INTO shipping_strayevent
           (tracking_number, event_id, code, note, happened_at, problem,
            carrier_id, channel, recorded_at, state, resolution)
    SELECT kept.*, %(carrier)s, %(channel)s, %(at)s, 'open', ''
      FROM unnest(%(numbers)s::text[], %(events)s::text[], %(codes)s::text[], %(notes)s::text[],
                  %(times)s::timestamptz[], %(problems)s::text[])
           AS kept (tracking_number, event_id) ORDER BY tracking_number, event_id
        ON CONFLICT (carrier_id, tracking_number, event_id) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of reports: recorded now, known before, or waiting for a person and why."""

    recorded: Collection[Key]
    known: Collection[Key]
    waiting: Mapping[Key, str]


def take_reports(
    carrier: Carrier, reports: Sequence[Report], *, channel: str, at: datetime, actor: Actor
) -> Taken:
    """Give each report to its shipment; what none can have is kept for a person to look at.

    Safe to repeat. Each shipment is a step of its own; a report that is known costs none.
    """
    fresh = {(one.tracking_number, one.event_id): _in_our_words(carrier, one) for one in reports}
    known = _known(carrier, fresh)
    for key in known:
        del fresh[key]
    numbers = {number for number, _event in fresh}
    found = Shipment.objects.filter(carrier=carrier, tracking_number__in=numbers)
    shipments = dict(found.values_list("tracking_number", "pk"))
    waiting: dict[Key, str] = {}
    for number in sorted(numbers, key=lambda one: shipments.get(one, 0)):
        mine = [report for (of, _event), report in fresh.items() if of == number]
        waiting |= _take(
            carrier.pk, shipments.get(number), mine, channel=channel, at=at, actor=actor
        )
    return Taken(recorded=fresh.keys() - waiting.keys(), known=known, waiting=waiting)


@service
def _take(
    carrier_id: int,
    shipment_id: int | None,
    reports: Sequence[Report],
    *,
    channel: str,
    at: datetime,
    actor: Actor,
) -> dict[Key, str]:
    """Record what one number's shipment can have, and keep the rest, while nobody moves it."""
    if shipment_id is None:
        problems: dict[str, str] = {
            report.event_id: Problem.FUTURE if report.happened_at > at + AHEAD else Problem.UNKNOWN
            for report in reports
        }
    else:
        problems = record_reports(shipment_id, reports, channel=channel, at=at, actor=actor)
    strays = [report for report in reports if report.event_id in problems]
    if strays:
        _keep(carrier_id, strays, problems, channel=channel, at=at, actor=actor)
    return {(one.tracking_number, one.event_id): problems[one.event_id] for one in strays}


def _keep(
    carrier_id: int,
    strays: Sequence[Report],
    problems: Mapping[str, str],
    *,
    channel: str,
    at: datetime,
    actor: Actor,
) -> None:
    values: dict[str, Any] = {
        "carrier": carrier_id,
        "channel": channel,
        "at": at,
        "numbers": [one.tracking_number for one in strays],
        "events": [one.event_id for one in strays],
        "codes": [one.code for one in strays],
        "notes": [one.note for one in strays],
        "times": [one.happened_at for one in strays],
        "problems": [str(problems[one.event_id]) for one in strays],
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        for (stray_id,) in cursor.fetchall():
            audit.record(f"strayevent:{stray_id}", "create", at=at, actor=actor)


def _known(carrier: Carrier, fresh: Mapping[Key, Report]) -> set[Key]:
    """Return what a shipment has already, and what waits or was settled."""
    numbers, events = {number for number, _event in fresh}, {event for _number, event in fresh}
    codes = {report.code for report in fresh.values()}
    times = {report.happened_at for report in fresh.values()}
    recorded = TrackingEvent.objects.filter(
        Q(event_id__in=events) | Q(code__in=codes, at__in=times),
        shipment__carrier=carrier,
        shipment__tracking_number__in=numbers,
    ).values_list("shipment__tracking_number", "event_id", "code", "at")
    kept = StrayEvent.objects.filter(
        Q(event_id__in=events) | Q(code__in=codes, happened_at__in=times),
        carrier=carrier,
        tracking_number__in=numbers,
    ).values_list("tracking_number", "event_id", "code", "happened_at")
    groups: dict[str, list[tuple[str, str, datetime]]] = defaultdict(list)
    for number, event_id, code, happened_at in [*recorded, *kept]:
        groups[number].append((event_id, code, happened_at))
    told = {number: Told(groups[number]) for number in numbers}
    return {key for key, report in fresh.items() if told[key[0]].holds(report)}


def _in_our_words(carrier: Carrier, report: Report) -> Report:
    """Translate the carrier's code where its set-up says what it means."""
    codes = carrier.settings.get("codes", {})
    return replace(report, code=codes.get(report.code, report.code))
