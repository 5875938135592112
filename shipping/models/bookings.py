"""What we ask of carriers' systems, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited
from shipping.models.carriers import Carrier
from shipping.models.shipments import Shipment


class Booking(Audited):
    """A shipment asked of a carrier, once per `key` however often it is sent.

    wanted -> booked | failed          failed -> wanted (again), -> booked (by hand)
    wanted, booked, failed -> withdrawing -> withdrawn | stuck          stuck -> withdrawing
    """

    class State(models.TextChoices):
        WANTED = "wanted", _("Asked")
        BOOKED = "booked", _("Booked")
        FAILED = "failed", _("Failed")
        WITHDRAWING = "withdrawing", _("Being cancelled")
        STUCK = "stuck", _("Not cancelled")
        WITHDRAWN = "withdrawn", _("Cancelled")

    # A shipment has one booking that is alive.
    ALIVE = (State.WANTED, State.BOOKED, State.FAILED)
    # What waits for the carrier, and what waits for a person.
    WAITING = (State.WANTED, State.WITHDRAWING)
    TO_MEND = (State.FAILED, State.STUCK)

    class Problem(models.TextChoices):
        AWAY = "away", _("no answer")
        REFUSED = "refused", _("refused")
        UNCLEAR = "unclear", _("unreadable answer")

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="bookings")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="bookings")
    # Which of `shipping.carriers` asks; the same one cancels, whatever is set up later.
    adapter = models.CharField(max_length=20)
    # The idempotency key: a carrier that gets it twice has one booking.
    key = models.CharField(max_length=40, unique=True)
    # What is asked, as it was when it was first asked; see `shipping.carriers.requests`.
    request = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    state = models.CharField(max_length=12, choices=State.choices, default=State.WANTED)
    reference = models.CharField(max_length=60, blank=True, default="", db_default="")
    # What the carrier says that it will charge, excluding tax; null: it does not say.
    price_amount = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    price_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    is_by_hand = models.BooleanField(default=False, db_default=False)
    # How often the carrier was asked since somebody last wanted it.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The carrier may have a booking under this key: it was asked, and has not only refused.
    may_be_known = models.BooleanField(default=False, db_default=False)
    problem = models.CharField(
        max_length=10, choices=Problem.choices, blank=True, default="", db_default=""
    )
    problem_text = models.CharField(max_length=300, blank=True, default="", db_default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # By when it is to be mended: its pickup; null: it has none.
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    # When the carrier was last asked where the goods are.
    polled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(state__in=["wanted", "booked", "failed"]),
                name="shipping_booking_one_alive",
            ),
            models.CheckConstraint(
                name="shipping_booking_trouble_is_explained",
                condition=~Q(state__in=["failed", "stuck"]) | ~Q(problem_text=""),
            ),
            models.CheckConstraint(
                name="shipping_booking_booked_has_date",
                condition=~Q(state="booked") | Q(booked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="shipping_booking_price_has_currency",
                condition=Q(price_amount=None, price_currency="")
                | (Q(price_amount__isnull=False, price_amount__gte=0) & ~Q(price_currency="")),
            ),
        ]
        indexes = [
            # Serves the queue of what is to be mended, and what waits for an answer.
            models.Index(
                fields=["due_at", "id"],
                name="shipping_bookings_open",
                condition=Q(state__in=["wanted", "failed", "withdrawing", "stuck"]),
            ),
            # Serves the poll, whoever was asked for longest ago first.
            models.Index(
                fields=["carrier", "polled_at", "id"],
                name="shipping_bookings_polled",
                condition=Q(state="booked"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} with {self.carrier_id}"


class CarrierPoll(models.Model):
    """How the last asking of a carrier's system where our goods are went."""

    carrier = models.OneToOneField(Carrier, on_delete=models.CASCADE, related_name="poll")
    polled_at = models.DateTimeField()
    # The last time that it answered.
    answered_at = models.DateTimeField(null=True)
    # In a row.
    failures = models.PositiveIntegerField(default=0)
    problem_text = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"poll of {self.carrier_id}"
