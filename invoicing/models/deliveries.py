"""How an invoice was sent: one row per recipient and sending."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from invoicing.models.invoices import Invoice
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField


class InvoiceDelivery(StateDocument):
    """One sending of an invoice to one recipient; without a recipient it waits for an address.

    queued -start-> sending -confirm-> sent, -fail-> queued, -bounce-> bounced
    What crashed while sending may have left: it is sent again under the same Message-ID.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Bounced")
        UNKNOWN = "unknown", _("Unknown")

    WAITING = (State.QUEUED, State.SENDING, State.BOUNCED, State.UNKNOWN)

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.EmailField(blank=True)
    # Rises when somebody sends it again; part of the Message-ID.
    serial = models.PositiveSmallIntegerField(default=1)
    state = StateField(choices=State.choices, default=State.QUEUED)
    error = models.CharField(max_length=500, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "invoice deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "recipient", "serial"], name="invoicing_invoicedelivery_once"
            ),
        ]
        indexes = [
            # Serves the invoices that have not left.
            models.Index(
                fields=["invoice"],
                name="invoicing_deliveries_waiting",
                condition=Q(state__in=["queued", "sending", "bounced", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} to {self.recipient}"

    @transition(
        field=state, source=[State.QUEUED, State.SENDING, State.UNKNOWN], target=State.SENDING
    )
    def start(self) -> None:
        """The mail is about to leave; if nothing more is heard, it may have left."""
        self.error = ""

    @transition(field=state, source=State.SENDING, target=State.SENT)
    def confirm(self, *, at: datetime) -> None:
        self.sent_at = at

    @transition(field=state, source=State.SENDING, target=State.QUEUED)
    def fail(self, *, error: str) -> None:
        self.error = error

    @transition(field=state, source=State.SENDING, target=State.BOUNCED)
    def bounce(self, *, error: str) -> None:
        """The recipient's server refuses this address; another try would not help."""
        self.error = error
