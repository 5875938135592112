"""What we have confirmed to the buyer of an order, each time that it was something else."""

from django.db import models

from o2c.kernel.models import StoredFile
from orders.models.orders import Order


class Acknowledgement(models.Model):
    """One confirmation of an order: its document, and the days that it names.

    The same order saying the same again is the same row; serial 2 and above are changes.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="acknowledgements")
    serial = models.PositiveSmallIntegerField()
    # SHA-256 of everything that the document says.
    fingerprint = models.CharField(max_length=64)
    # The day that it names for each line: {line key: ISO date}.
    days = models.JSONField(default=dict)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "serial"], name="orders_acknowledgement_serial_once"
            ),
            models.UniqueConstraint(
                fields=["order", "fingerprint"], name="orders_acknowledgement_said_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.serial}"
