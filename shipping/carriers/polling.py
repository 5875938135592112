"""Asking carriers' systems where our goods are: in turns, so many at once, safe to repeat."""

import logging
import time
from datetime import datetime

from django.db import DatabaseError
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import notices, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.sealing import SealBroken
from o2c.kernel.transactions import service
from shipping.carriers.adapter import TROUBLE, Tracked
from shipping.carriers.names import FILE, MANUAL
from shipping.carriers.registry import adapter_of
from shipping.models import Booking, Carrier, CarrierPoll, Shipment
from shipping.reports.receiving import actor_of
from shipping.reports.taking import Taken, take_reports
from shipping.selectors import carriers_that_report

logger = logging.getLogger(__name__)

# So many shipments of a carrier are asked for in one turn, those first that waited longest.
MOST = 200
TEXT_LENGTH = 300
# Seconds, after which no other carrier is asked: the next turn begins with it.
BUDGET = 120
# After so many failures in a row people are told, once.
TOLD_AFTER = 3


def poll_all(*, at: datetime) -> int:
    """Ask each carrier that reports; return how many events are new. One that fails stops no other.

    Who waited longest comes first, so that slow ones do not keep the others from their turn.
    """
    carriers = carriers_that_report().select_related("secrets")
    oldest = F("poll__polled_at").asc(nulls_first=True)
    until, count = time.monotonic() + BUDGET, 0
    for carrier in carriers.order_by(oldest, "pk"):
        for name in _names_of(carrier):
            count += _poll(carrier, name, at=at)
        if time.monotonic() > until:
            break
    return count


def poll(carrier: Carrier, name: str, *, at: datetime, actor: Actor) -> tuple[Taken, Tracked]:
    """Ask one carrier's system by one of its adapters and take in what it reports.

    Return what was taken in, and how the asking went.

    Raises:
        CarrierAway, CarrierRefused, CarrierUnclear, SealBroken: nothing is taken in.
    """
    waiting = dict(_waiting(carrier, name))
    adapter = adapter_of(carrier, name, at=at)
    tracked = adapter.track(list(waiting.values())) if waiting or name == FILE else Tracked()
    taken = take_reports(carrier, tracked.reports, channel="poll", at=at, actor=actor)
    adapter.settle()
    asked = set(tracked.asked)
    _note_asked([key for key, number in waiting.items() if number in asked], at=at)
    return taken, tracked


def _poll(carrier: Carrier, name: str, *, at: datetime) -> int:
    try:
        taken, tracked = poll(carrier, name, at=at, actor=actor_of(carrier))
    except EXPECTED as trouble:
        is_answered = not isinstance(trouble, (*TROUBLE, SealBroken))
        _note_poll(carrier, explain(trouble)[1], is_answered=is_answered, at=at)
        return 0
    except DatabaseError:
        logger.exception("What %s reports could not be written", carrier)
        words = _("What it reports could not be written. It is asked again.")
        _note_poll(carrier, words, is_answered=True, at=at)
        return 0
    _note_poll(carrier, tracked.problem, is_answered=tracked.is_answered, at=at)
    return len(taken.recorded)


def _note_poll(carrier: Carrier, problem: str, *, is_answered: bool, at: datetime) -> None:
    if note_poll(carrier.pk, problem, is_answered=is_answered, at=at) == TOLD_AFTER:
        _tell(carrier, problem, at=at)


def _names_of(carrier: Carrier) -> list[str]:
    """Return the adapters by which a carrier can be asked: what it has now, and had."""
    booked = Booking.objects.filter(carrier=carrier, state=Booking.State.BOOKED).order_by()
    on_the_way = booked.filter(shipment__state__in=Shipment.ON_THE_WAY)
    names = {carrier.adapter, *on_the_way.values_list("adapter", flat=True).distinct()}
    return sorted(names - {MANUAL})


def _waiting(carrier: Carrier, name: str) -> list[tuple[int, str]]:
    """Return bookings and tracking numbers; one made by hand is asked for by the usual adapter."""
    mine = Q(adapter=name) | Q(is_by_hand=name == carrier.adapter, adapter=MANUAL)
    bookings = Booking.objects.filter(
        mine,
        carrier=carrier,
        state=Booking.State.BOOKED,
        shipment__state__in=Shipment.ON_THE_WAY,
    )
    oldest = bookings.order_by(F("polled_at").asc(nulls_first=True), "pk")
    return list(oldest.values_list("pk", "shipment__tracking_number")[:MOST])


@service
def _note_asked(booking_ids: list[int], *, at: datetime) -> None:
    Booking.objects.filter(pk__in=booking_ids).update(polled_at=at)


@service
def note_poll(carrier_id: int, problem: str, *, is_answered: bool, at: datetime) -> int:
    """Note how an asking went; return how many in a row had a problem.

    One that was answered may have one too: a part that cannot be read.
    """
    row, _made = CarrierPoll.objects.get_or_create(
        carrier_id=carrier_id, defaults={"polled_at": at, "failures": 0}
    )
    failures = row.failures + 1 if problem else 0
    answered = {"answered_at": at} if is_answered else {}
    CarrierPoll.objects.filter(pk=row.pk).update(
        polled_at=at, failures=failures, problem_text=problem[:TEXT_LENGTH], **answered
    )
    return failures


def _tell(carrier: Carrier, problem: str, *, at: datetime) -> None:
    notices.tell(
        notices.people_of(roles.SHIPPING),
        key=f"poll-{carrier.pk}-{at:%Y%m%d%H%M}",
        text=f"{carrier}: {problem}",
        link=reverse("shipping:carrier-connection", args=[carrier.code]),
        at=at,
    )
