"""What was found about an order's credit, each time it was looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import Order


class CreditCheck(models.Model):
    """One evaluation of all rules for one order at one moment. Append-only."""

    class Outcome(models.TextChoices):
        ALLOW = "allow", _("allowed")
        HOLD = "hold", _("held")
        REFER = "refer", _("referred")
        DECLINE = "decline", _("declined")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="credit_checks")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    # Each rule that spoke: {"rule", "outcome", "message"}.
    reasons = models.JSONField(default=list)
    # What the rules saw: exposure, limit, amount, standing, holds, release.
    inputs = models.JSONField(default=dict)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves the latest check of an order.
            models.Index(fields=["order", "-id"], name="credit_check_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.outcome}"
