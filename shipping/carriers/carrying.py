"""Speaking to carriers after the commit: at least once, and safe twice by the booking's key."""

from datetime import datetime

from o2c.kernel import files
from o2c.kernel.actors import Actor
from o2c.kernel.models import StoredFile
from o2c.kernel.sealing import SealBroken
from shipping.carriers.adapter import (
    TROUBLE,
    Asked,
    CarrierAdapter,
    CarrierAway,
    CarrierRefused,
)
from shipping.carriers.registry import adapter_of
from shipping.models import Booking, Carrier
from shipping.services.booking import note_booked, note_trouble, note_withdrawn, start_attempt

State, Problem = Booking.State, Booking.Problem


def book(booking_id: int, *, at: datetime, actor: Actor) -> None:
    """Ask the carrier to take a shipment, and note what it says.

    Raises:
        CarrierAway: it does not answer; the outbox tries again.
    """
    started = start_attempt(booking_id, state=State.WANTED)
    if started is None:
        return
    booking, asked = started
    try:
        adapter = _adapter_of(booking, at=at)
        booked = adapter.book(asked)
    except (*TROUBLE, SealBroken) as trouble:
        _note(booking, asked, trouble, at=at, actor=actor)
        return
    label = _label_of(adapter, booking, asked)
    note_booked(booking_id, booked, key=asked.key, label=label, at=at, actor=actor)


def withdraw(booking_id: int, *, at: datetime, actor: Actor) -> None:
    """Ask the carrier to forget a booking, and note what it says.

    Raises:
        CarrierAway: it does not answer; the outbox tries again.
    """
    started = start_attempt(booking_id, state=State.WITHDRAWING)
    if started is None:
        return
    booking, asked = started
    try:
        _adapter_of(booking, at=at).cancel(asked.key, booking.reference)
    except (*TROUBLE, SealBroken) as trouble:
        _note(booking, asked, trouble, at=at, actor=actor)
        return
    note_withdrawn(booking_id, reference=booking.reference, at=at, actor=actor)


def _note(
    booking: Booking, asked: Asked, trouble: Exception, *, at: datetime, actor: Actor
) -> None:
    problem = Problem.UNCLEAR
    if isinstance(trouble, CarrierAway):
        problem = Problem.AWAY
    elif isinstance(trouble, CarrierRefused | SealBroken):
        problem = Problem.REFUSED
    is_tried_again = note_trouble(
        booking, asked, problem=problem, text=str(trouble), at=at, actor=actor
    )
    if is_tried_again:
        raise trouble


def _label_of(adapter: CarrierAdapter, booking: Booking, asked: Asked) -> StoredFile | None:
    """Return the carrier's label, kept; ours is drawn when it gives none, or not now."""
    try:
        document = adapter.label(asked.key)
    except TROUBLE:
        return None
    if document is None:
        return None
    name = f"{asked.content['shipment']}.pdf"
    return files.store(document, name=name, media_type="application/pdf")


def _adapter_of(booking: Booking, *, at: datetime) -> CarrierAdapter:
    carrier = Carrier.objects.select_related("secrets").get(pk=booking.carrier_id)
    return adapter_of(carrier, booking.adapter, at=at)
