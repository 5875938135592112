"""What an invoice asks for besides goods."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import TaxCategory
from invoicing.models.invoices import Invoice
from orders.models import Order
from shipping.models import Shipment


class InvoiceCharge(models.Model):
    """Freight, taxed as the goods are: a row for each category and rate of theirs.

    What a credit memo takes off of it is a row of that memo, with its `original`.
    """

    class Kind(models.TextChoices):
        FREIGHT = "freight", _("Freight")

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="charges")
    # The invoice's own, again: so the database holds that nobody is charged twice for one way.
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FREIGHT)
    # Counts from 1 within its document.
    position = models.PositiveSmallIntegerField()
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credits"
    )
    description = models.CharField(max_length=200)
    # The net value of the goods that it goes with: what is credited of it is in proportion.
    goods_amount = models.DecimalField(max_digits=16, decimal_places=3)
    # A credit memo's may be zero: a share that is rounded to nothing, and counts for the next.
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            # A second invoice of the same order and shipment would begin at 1 again.
            models.UniqueConstraint(
                fields=["order", "shipment", "kind", "position"],
                condition=Q(original=None),
                name="invoicing_invoicecharge_billed_once",
            ),
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoicing_invoicecharge_position_once"
            ),
            models.UniqueConstraint(
                fields=["invoice", "original"],
                name="invoicing_invoicecharge_credited_once_per_memo",
            ),
            models.CheckConstraint(
                name="invoicing_invoicecharge_positive",
                condition=Q(net_amount__gt=0) | Q(net_amount=0, original__isnull=False),
            ),
            models.CheckConstraint(
                name="invoicing_invoicecharge_counts_from_one", condition=Q(position__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.net_amount}"
