"""What people do about a booking that failed: try again, book by hand, say that it is cancelled."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.carriers.adapter import NUMBER_LENGTH, REFERENCE_LENGTH
from shipping.carriers.names import MANUAL
from shipping.events import BookingWanted, BookingWithdrawn
from shipping.labels import is_scannable
from shipping.models import Booking, Shipment
from shipping.services.booking import again, alive_of, is_free, note_made, withdraw
from shipping.services.planning import NoPickup

State = Booking.State


class BookingSettled(DomainError):
    """The booking is not one that waits for a person."""

    code = "booking_settled"


@service
def retry_booking(booking_id: int, *, at: datetime, actor: Actor) -> Booking:
    """Ask the carrier once more: to take it, or to forget it. It has one booking all the same.

    Raises:
        Booking.DoesNotExist: no such booking.
        BookingSettled: it is made or given up.
    """
    booking = _held(booking_id)
    if booking.state == State.FAILED:
        again(booking, at=at, actor=actor)
        return booking
    if booking.state not in (*Booking.WAITING, State.STUCK):
        raise _settled(booking)
    is_wanted = booking.state == State.WANTED
    booking.state = State.WANTED if is_wanted else State.WITHDRAWING
    booking.attempts, booking.asked_at = 0, at
    audit.save(booking, at=at, actor=actor, touches=[f"shipment:{booking.shipment_id}"])
    event = BookingWanted if is_wanted else BookingWithdrawn
    publish(event(booking_id=booking_id, at=at, actor=actor))
    return booking


@service
def book_by_hand(
    shipment_id: int,
    *,
    tracking_number: str,
    reference: str = "",
    is_same: bool = False,
    at: datetime,
    actor: Actor,
) -> Booking:
    """Note that a person has booked a shipment with its carrier, and the number it has there.

    What the carrier's system was asked before, and may know, is cancelled with it: nobody shall
    come twice. `is_same`: the number is that very booking's.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NoPickup: no carrier is planned to take it.
        BookingSettled: the carrier's system is being asked.
        InvalidInput: there is no such number, or another shipment of the carrier has it.
        TransitionNotAllowed: it has a label, or has left.
    """
    number, reference = tracking_number.strip(), reference.strip()
    shipment = lock(Shipment, shipment_id)
    if shipment.carrier_id is None:
        raise NoPickup(_("Choose a pickup first: the label is its carrier's."))
    _ensure_usable(number, reference, shipment)
    booking = alive_of(shipment)
    if booking is not None and booking.state == State.WANTED:
        raise BookingSettled(_("The carrier is being asked. Wait for its answer, or try again."))
    if booking is not None and booking.may_be_known and not is_same:
        withdraw(booking, at=at, actor=actor)
        booking = None
    booking = booking or _by_hand(shipment, shipment.carrier_id, at=at, actor=actor)
    booking.is_by_hand = True
    # What its system has is cancelled with its system.
    booking.adapter = booking.adapter if booking.may_be_known else MANUAL
    note_made(booking, shipment, number, reference, at=at, actor=actor)
    return booking


def _ensure_usable(number: str, reference: str, shipment: Shipment) -> None:
    """Refuse a number that no label can show or another shipment has, and a wrong reference."""
    if not 0 < len(number) <= NUMBER_LENGTH or not is_scannable(number):
        message = _("Enter the carrier's number: letters, digits and signs of a plain keyboard.")
        raise InvalidInput(message, field="tracking_number")
    if len(reference) > REFERENCE_LENGTH or not reference.isprintable():
        raise InvalidInput(_("Enter 60 characters at most."), field="reference")
    if not is_free(number, shipment):
        message = _("Another shipment of this carrier has this number.")
        raise InvalidInput(message, field="tracking_number")


@service
def take_booking(booking_id: int, *, user_id: int, at: datetime, actor: Actor) -> Booking:
    """Look after a failed booking oneself, whoever did before.

    Raises:
        Booking.DoesNotExist: no such booking.
        BookingSettled: it is made or given up.
    """
    booking = _held(booking_id)
    if booking.state not in (*Booking.TO_MEND, *Booking.WAITING):
        raise _settled(booking)
    booking.owner_id = user_id
    touches = [f"shipment:{booking.shipment_id}"]
    return audit.save(booking, at=at, actor=actor, touches=touches)


@service
def settle_stuck(booking_id: int, *, at: datetime, actor: Actor) -> Booking:
    """Note that a person has cancelled with the carrier what its system did not forget.

    Raises:
        Booking.DoesNotExist: no such booking.
        BookingSettled: it is not stuck.
    """
    booking = _held(booking_id)
    if booking.state != State.STUCK:
        raise _settled(booking)
    booking.state, booking.is_by_hand, booking.may_be_known = State.WITHDRAWN, True, False
    touches = [f"shipment:{booking.shipment_id}"]
    return audit.save(booking, at=at, actor=actor, reason=booking.problem_text, touches=touches)


def _held(booking_id: int) -> Booking:
    """Lock a booking after its shipment."""
    found = Booking.objects.filter(pk=booking_id).values_list("shipment", flat=True).first()
    if found is None:
        raise Booking.DoesNotExist(f"There is no booking {booking_id}.")
    lock(Shipment, found)
    return lock(Booking, booking_id)


def _by_hand(shipment: Shipment, carrier_id: int, *, at: datetime, actor: Actor) -> Booking:
    """Make the booking of a shipment that nobody has asked for; it is made in the same step."""
    booking = Booking(
        shipment=shipment,
        carrier_id=carrier_id,
        adapter=MANUAL,
        key=public_id("bkg"),
        state=State.FAILED,
        problem_text=_("booked by hand"),
        due_at=shipment.leaves_by,
        asked_at=at,
    )
    return audit.create(booking, at=at, actor=actor, touches=[shipment.label])


def _settled(booking: Booking) -> BookingSettled:
    words = booking.get_state_display().lower()
    return BookingSettled(_("This booking is %(state)s already.") % {"state": words})
