"""Asking carriers' systems for a shipment: wanted, answered, withdrawn. Nothing is sent here."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.models import StoredFile
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.carriers.adapter import Asked, Booked
from shipping.carriers.names import MANUAL, name_of
from shipping.carriers.requests import content_of
from shipping.events import BookingFailed, BookingWanted, BookingWithdrawn
from shipping.labels import tracking_number
from shipping.models import Booking, Carrier, CarrierService, Shipment

State, Problem = Booking.State, Booking.Problem
# So often a carrier that does not answer is asked before a person hears of it.
MOST_ATTEMPTS = 3
TEXT_LENGTH = 300


def alive_of(shipment: Shipment) -> Booking | None:
    """Return and lock the booking of a locked shipment that is wanted, made or failed."""
    alive = Booking.objects.filter(shipment=shipment, state__in=Booking.ALIVE)
    key = alive.values_list("pk", flat=True).first()
    return None if key is None else lock(Booking, key)


def ask_carrier(shipment: Shipment, carrier: Carrier, *, at: datetime, actor: Actor) -> bool:
    """Want a booking of a locked shipment; False: a person books this carrier's service.

    One that is wanted is not wanted twice; one that failed is tried again.
    """
    services = rows.fetch(CarrierService, "id", [shipment.service_id or 0])
    chosen = services[0] if services else None
    name, alive = name_of(carrier, chosen), alive_of(shipment)
    if alive is not None and alive.state == State.FAILED:
        if name != MANUAL:
            again(alive, at=at, actor=actor)
            return True
        withdraw(alive, at=at, actor=actor)
    elif alive is None and name != MANUAL:
        _want(shipment, carrier, chosen, name, at=at, actor=actor)
    return name != MANUAL or (alive is not None and alive.state == State.WANTED)


def move_booking(
    shipment: Shipment, booking: Booking, carrier: Carrier, *, at: datetime, actor: Actor
) -> None:
    """Withdraw the booking of a locked shipment that leaves its pickup; ask for the new one."""
    withdraw(booking, at=at, actor=actor)
    if shipment.state == Shipment.State.LABELLED:
        shipment.take_off_label()
    ask_carrier(shipment, carrier, at=at, actor=actor)


def withdraw(booking: Booking, *, at: datetime, actor: Actor) -> None:
    """Give a locked booking up; the carrier is told, unless it certainly knows nothing of it."""
    is_asked = booking.state == State.BOOKED or booking.may_be_known
    booking.state = State.WITHDRAWING if is_asked else State.WITHDRAWN
    booking.attempts, booking.problem, booking.problem_text = 0, "", ""
    booking.asked_at = at
    _save(booking, at=at, actor=actor)
    if is_asked:
        publish(BookingWithdrawn(booking_id=booking.pk, at=at, actor=actor))


def again(booking: Booking, *, at: datetime, actor: Actor) -> None:
    """Want a locked, failed booking again: under the same key, if the carrier may know that.

    What it certainly refused may have been mended since: it is asked as it is now, as a new one.
    """
    if not booking.may_be_known:
        shipment = lock(Shipment, booking.shipment_id)
        chosen = next(iter(rows.fetch(CarrierService, "id", [shipment.service_id or 0])), None)
        carrier = Carrier.objects.get(pk=booking.carrier_id)
        booking.key, booking.adapter = public_id("bkg"), name_of(carrier, chosen)
        booking.request = content_of(shipment, carrier, chosen, at=at)
    booking.state, booking.attempts, booking.asked_at = State.WANTED, 0, at
    booking.problem, booking.problem_text = "", ""
    _save(booking, at=at, actor=actor)
    publish(BookingWanted(booking_id=booking.pk, at=at, actor=actor))


@service
def start_attempt(booking_id: int, *, state: str) -> tuple[Booking, Asked] | None:
    """Count that the carrier is about to be asked; None: it need not be any more.

    Written before anything is sent: whoever dies on the way leaves a booking that may be known.
    """
    booking = lock(Booking, booking_id)
    if booking.state != state:
        return None
    is_first = not booking.may_be_known
    booking.attempts, booking.may_be_known = booking.attempts + 1, True
    rows.update(booking, ["attempts", "may_be_known"])
    booking.remember()
    return booking, Asked(
        key=booking.key, content=booking.request, attempt=booking.attempts, is_first=is_first
    )


@service
def note_booked(
    booking_id: int,
    booked: Booked,
    *,
    key: str,
    label: StoredFile | None,
    at: datetime,
    actor: Actor,
) -> Booking:
    """Note that the carrier has taken what was asked under `key`. Safe twice.

    What was given up meanwhile is withdrawn, so that the carrier never comes for it.
    """
    shipment = lock(Shipment, Booking.objects.values_list("shipment", flat=True).get(pk=booking_id))
    booking = lock(Booking, booking_id)
    if booking.key != key:
        return booking
    if booking.state in (State.WANTED, State.FAILED):
        return _take_up(booking, shipment, booked, label, at=at, actor=actor)
    if booking.state == State.BOOKED:
        if booking.reference != booked.reference:
            text = _("The carrier has also booked it as %(reference)s: cancel one with it.")
            booking.problem_text = text % {"reference": booked.reference}
            _save(booking, at=at, actor=actor)
        return booking
    booking.state, booking.reference = State.WITHDRAWING, booked.reference
    booking.attempts, booking.problem, booking.problem_text = 0, "", ""
    _save(booking, at=at, actor=actor)
    publish(BookingWithdrawn(booking_id=booking.pk, at=at, actor=actor))
    return booking


@service
def note_trouble(
    then: Booking, asked: Asked, *, problem: str, text: str, at: datetime, actor: Actor
) -> bool:
    """Note that the carrier did not take it, or did not forget it; True: ask again by and by.

    `then` is the booking when the carrier was asked: old news are not noted. Who does not answer
    is asked a few times before a person hears of it. Only who refuses the one time that it was
    asked certainly has no booking.
    """
    booking = lock(Booking, then.pk)
    if (booking.key, booking.state) != (then.key, then.state):
        return False
    is_latest = (booking.attempts, booking.asked_at) == (then.attempts, then.asked_at)
    if problem == Problem.REFUSED and asked.is_first and is_latest:
        booking.may_be_known = False
    booking.problem, booking.problem_text = problem, text[:TEXT_LENGTH]
    is_over = problem != Problem.AWAY or booking.attempts >= MOST_ATTEMPTS
    if is_over:
        booking.state = State.FAILED if booking.state == State.WANTED else State.STUCK
    _save(booking, at=at, actor=actor)
    if is_over:
        publish(BookingFailed(booking_id=booking.pk, at=at, actor=actor))
    return not is_over


@service
def note_withdrawn(booking_id: int, *, reference: str, at: datetime, actor: Actor) -> None:
    """Note that the carrier has forgotten it; not when it has taken it meanwhile."""
    booking = lock(Booking, booking_id)
    if booking.state == State.WITHDRAWING and booking.reference == reference:
        booking.state, booking.may_be_known = State.WITHDRAWN, False
        booking.problem, booking.problem_text = "", ""
        _save(booking, at=at, actor=actor)


def is_free(number: str, shipment: Shipment) -> bool:
    """Say whether no other shipment of the carrier has this tracking number."""
    others = Shipment.objects.filter(carrier=shipment.carrier_id, tracking_number=number)
    return not others.exclude(pk=shipment.pk).exists()


def _want(
    shipment: Shipment,
    carrier: Carrier,
    chosen: CarrierService | None,
    name: str,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    booking = Booking(
        shipment=shipment,
        carrier=carrier,
        adapter=name,
        key=public_id("bkg"),
        request=content_of(shipment, carrier, chosen, at=at),
        due_at=shipment.leaves_by,
        asked_at=at,
    )
    audit.create(booking, at=at, actor=actor, touches=[shipment.label])
    publish(BookingWanted(booking_id=booking.pk, at=at, actor=actor))


def _take_up(
    booking: Booking,
    shipment: Shipment,
    booked: Booked,
    label: StoredFile | None,
    *,
    at: datetime,
    actor: Actor,
) -> Booking:
    carrier = Carrier.objects.get(pk=booking.carrier_id)
    number = booked.tracking_number or tracking_number(carrier.code, shipment.pk)
    if not is_free(number, shipment):
        text = _("%(carrier)s gives the tracking number %(number)s, which another shipment has.")
        booking.state, booking.problem = State.FAILED, Problem.UNCLEAR
        booking.reference = booked.reference
        booking.problem_text = text % {"carrier": carrier, "number": number}
        _save(booking, at=at, actor=actor)
        publish(BookingFailed(booking_id=booking.pk, at=at, actor=actor))
        return booking
    if booked.price:
        booking.price_amount, booking.price_currency = booked.price.amount, booked.price.currency
    note_made(
        booking,
        shipment,
        number,
        booked.reference,
        problem=booked.problem,
        label=label,
        at=at,
        actor=actor,
    )
    return booking


def note_made(
    booking: Booking,
    shipment: Shipment,
    number: str,
    reference: str,
    *,
    problem: str = "",
    label: StoredFile | None = None,
    at: datetime,
    actor: Actor,
) -> None:
    """Give a locked shipment the tracking number of its locked booking: it may leave.

    `problem` says what of the carrier's answer a person has to ask for.
    """
    shipment.attach_label(tracking_number=number)
    shipment.booking_reference, shipment.label_file = reference, label
    audit.save(shipment, at=at, actor=actor)
    booking.state, booking.reference, booking.booked_at = State.BOOKED, reference, at
    booking.problem, booking.problem_text = "", problem
    _save(booking, at=at, actor=actor)


def _save(booking: Booking, *, at: datetime, actor: Actor) -> None:
    audit.save(booking, at=at, actor=actor, touches=[f"shipment:{booking.shipment_id}"])
