"""Goods that came back before they were billed."""

from django.db import models
from django.db.models import Q

from shipping.models import ShipmentLine


class UnbilledReturn(models.Model):
    """What of a shipped line is never billed: it came back before it was. Append-only."""

    shipment_line = models.ForeignKey(
        ShipmentLine, on_delete=models.PROTECT, related_name="unbilled_returns"
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    # What asked for it, once: `return:5`.
    source = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment_line", "source"], name="invoicing_unbilledreturn_once_per_source"
            ),
            models.CheckConstraint(
                name="invoicing_unbilledreturn_quantity_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.shipment_line_id}: {self.source}"
