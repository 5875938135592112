"""What the screens of bookings show, each in a fixed number of statements."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from shipping.models import Booking, Shipment

State, Problem = Booking.State, Booking.Problem
PAGE_SIZE = 50
# Who has not been answered for so long is shown to people, though it is tried again by itself.
OVERDUE = timedelta(minutes=10)
MOST_SHOWN = 10


def to_mend(*, at: datetime) -> QuerySet[Booking]:
    """Return the bookings that wait for a person, those first whose pickup comes first."""
    waiting = Q(state__in=Booking.TO_MEND)
    waiting |= Q(state__in=Booking.WAITING, asked_at__lt=at - OVERDUE)
    bookings = Booking.objects.filter(waiting).select_related(
        "shipment__customer", "shipment__ship_to", "shipment__warehouse", "carrier", "owner"
    )
    return bookings.order_by(F("due_at").asc(nulls_last=True), "pk")


def count_to_mend(*, at: datetime) -> int:
    return to_mend(at=at).count()


def of_shipment(shipment: Shipment) -> list[Booking]:
    """Return the bookings of a shipment, the latest first.

    `above_tariff`: how much more the carrier asks for than its tariff; null: nobody can compare.
    """
    is_comparable = Q(state=State.BOOKED, price_currency=F("shipment__freight_currency"))
    more = F("price_amount") - F("shipment__freight_cost")
    bookings = shipment.bookings.annotate(above_tariff=Case(When(is_comparable, then=more)))
    return list(bookings.select_related("carrier", "owner").order_by("-pk")[:MOST_SHOWN])


def is_awaited(number: str, *, attempts: int) -> bool:
    """Say whether a shipment's carrier has still not answered, nor been tried once more."""
    awaited = Booking.objects.filter(shipment__number=number, state=State.WANTED)
    return awaited.filter(attempts=attempts).exists()


def next_step(booking: Booking) -> str:
    """Say what a person can do about a booking; empty: nothing needs doing."""
    if booking.state == State.STUCK:
        return _("Cancel it with the carrier, then say so; or try again.")
    if booking.state in Booking.WAITING:
        return _("It is asked again by itself. Try again if the pickup is near.")
    if booking.state != State.FAILED:
        return ""
    if booking.problem == Problem.REFUSED and not booking.may_be_known:
        return _("Mend what it says and try again, choose another pickup, or book by hand.")
    if booking.problem in (Problem.REFUSED, Problem.UNCLEAR):
        return _("Ask the carrier whether it has it: then enter its number, or try again.")
    return _("Try again. If it stays away, telephone, and enter the number that you are given.")
