"""The papers that went with a shipment, as they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from o2c.kernel.models import StoredFile
from shipping.models.shipments import Shipment


class ShipmentPaper(models.Model):
    """A paper of a shipment that has left: drawn once, then kept."""

    class Kind(models.TextChoices):
        DELIVERY_NOTE = "delivery_note", _("delivery note")
        BILL_OF_LADING = "bill_of_lading", _("bill of lading")
        CUSTOMS_INVOICE = "customs_invoice", _("customs invoice")

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "kind"], name="shipping_shipmentpaper_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.shipment_id}"
