"""Audits of a carrier's month, and the shipments that were looked at by hand."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from o2c.kernel.audited import Audited, StateDocument
from o2c.kernel.fields import StateField
from shipping.models.carriers import Carrier
from shipping.models.shipments import Shipment


class ShippingAudit(StateDocument):
    """How a carrier did in a month: open -sign-> signed. Signed, nothing of it changes."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SIGNED = "signed", _("Signed off")

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="audits")
    # The first day of the month.
    month = models.DateField()
    state = StateField(choices=State.choices, default=State.OPEN)
    # The figures as of their computation: see `shipping.audits`.
    figures = models.JSONField()
    computed_at = models.DateTimeField()
    conclusion = models.CharField(max_length=500, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("sign_shippingaudit", "Can check samples and sign off shipping audits")]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "month"], name="shipping_audit_once"),
            models.CheckConstraint(
                name="shipping_audit_month_is_first_day", condition=Q(month__day=1)
            ),
            models.CheckConstraint(
                name="shipping_audit_signed_by_somebody",
                condition=Q(state="open", signed_by=None, signed_at=None)
                | Q(state="signed", signed_by__isnull=False, signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.month:%Y-%m}"

    @transition(field=state, source=State.OPEN, target=State.SIGNED)
    def sign(self, *, user_id: int, conclusion: str, at: datetime) -> None:
        self.signed_by_id, self.signed_at, self.conclusion = user_id, at, conclusion


class AuditSample(Audited):
    """A shipment of the month that somebody checks by hand, and what was found."""

    class Finding(models.TextChoices):
        FINE = "fine", _("in order")
        PAPERS = "papers", _("papers missing or wrong")
        QUANTITY = "quantity", _("quantity differs")
        DAMAGE = "damage", _("damage")
        COST = "cost", _("cost differs")
        LATE = "late", _("late")
        PROOF = "proof", _("no proof of delivery")

    audit = models.ForeignKey(ShippingAudit, on_delete=models.CASCADE, related_name="samples")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=10, choices=Finding.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit", "shipment"], name="shipping_auditsample_once"),
            models.CheckConstraint(
                name="shipping_auditsample_checked_has_finding",
                condition=Q(finding="", checked_at=None)
                | (~Q(finding="") & Q(checked_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.finding or '?'}"
