"""What is reported of shipments on their way, what went wrong, and what arrived."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from shipping.models.carriers import Carrier
from shipping.models.shipments import Shipment, ShipmentLine

# What people read for the codes that move a shipment.
CODE_WORDS = {
    "picked_up": _("Picked up"),
    "in_transit": _("In transit"),
    "out_for_delivery": _("Out for delivery"),
    "delivered": _("Delivered"),
    "late": _("Late"),
    "lost": _("Lost"),
    "damaged": _("Damaged"),
    "refused": _("Refused"),
}


class TrackingEvent(models.Model):
    """What a carrier reported, once per its own event id. Append-only."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="tracking")
    event_id = models.CharField(max_length=80)
    code = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    # How it came: by hand, api, webhook, file or poll.
    channel = models.CharField(max_length=10, default="hand", db_default="hand")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "event_id"], name="shipping_trackingevent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.code}"

    @property
    def word(self) -> str:
        """What people read for it: the carrier's own code where it is none of ours."""
        return str(CODE_WORDS.get(self.code, self.code))


class StrayEvent(Audited):
    """What a carrier reported and no shipment could take: open -> placed | dismissed"""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PLACED = "placed", _("Placed")
        DISMISSED = "dismissed", _("Dismissed")

    class Problem(models.TextChoices):
        UNKNOWN = "unknown", _("no shipment has this number")
        NOT_LEFT = "not_left", _("the shipment has not left yet")
        EARLY = "early", _("the time is before the shipment left")
        FUTURE = "future", _("the time lies in the future")

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="+")
    tracking_number = models.CharField(max_length=60)
    event_id = models.CharField(max_length=80)
    code = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=10)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    problem = models.CharField(
        max_length=10, choices=Problem.choices, default="unknown", db_default="unknown"
    )
    # Where it was placed; why it was dismissed, or what was changed when it was placed.
    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "tracking_number", "event_id"], name="shipping_strayevent_once"
            ),
            models.CheckConstraint(
                name="shipping_strayevent_placed_somewhere",
                condition=~Q(state="placed") | Q(shipment__isnull=False),
            ),
            models.CheckConstraint(
                name="shipping_strayevent_dismissed_is_explained",
                condition=~Q(state="dismissed") | ~Q(resolution=""),
            ),
        ]
        indexes = [
            # Serves the queue of reports that no shipment has, the oldest first.
            models.Index(fields=["id"], name="shipping_strays_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.code}"


class DeliveryCase(Audited):
    """Something went wrong on the way: somebody owns it and says what happens next.

    open -> resolved
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")

    class NextStep(models.TextChoices):
        ASK_CARRIER = "ask_carrier", _("ask the carrier")
        TELL_CUSTOMER = "tell_customer", _("tell the customer")
        SEND_AGAIN = "send_again", _("send again")
        TAKE_BACK = "take_back", _("take back")
        CLAIM = "claim", _("claim from the carrier")
        WAIT = "wait", _("wait")

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=Shipment.ExceptionKind.choices)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    next_step = models.CharField(
        max_length=15, choices=NextStep.choices, default=NextStep.ASK_CARRIER
    )
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    # When the customer was told by mail; null: not yet, or there is nobody to tell.
    told_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "kind"],
                condition=Q(state="open"),
                name="shipping_deliverycase_one_open",
            ),
            models.CheckConstraint(
                name="shipping_deliverycase_resolved_is_explained",
                condition=Q(state="open", resolved_at=None)
                | (Q(state="resolved", resolved_at__isnull=False) & ~Q(resolution="")),
            ),
        ]
        indexes = [
            # Serves the queue of what went wrong, the most urgent first.
            models.Index(
                fields=["due_at", "id"],
                name="shipping_cases_open",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.shipment_id}"


class ProofOfDelivery(Audited):
    """Who took a shipment, when, and the paper or picture that shows it."""

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="proof")
    received_by = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "proofs of delivery"

    def __str__(self) -> str:
        return f"proof of {self.shipment_id}"


class ProofLine(models.Model):
    """How much of a shipment's line was accepted at the door, and why not the rest."""

    proof = models.ForeignKey(ProofOfDelivery, on_delete=models.CASCADE, related_name="lines")
    shipment_line = models.OneToOneField(
        ShipmentLine, on_delete=models.PROTECT, related_name="proof_line"
    )
    accepted = models.DecimalField(max_digits=12, decimal_places=3)
    refused = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shipping_proofline_quantities",
                condition=Q(accepted__gte=0, refused__gte=0),
            ),
            models.CheckConstraint(
                name="shipping_proofline_refused_has_reason",
                condition=Q(refused=0) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.accepted} of line {self.shipment_line_id}"
