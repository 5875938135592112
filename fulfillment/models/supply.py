"""What is expected to come, and what is kept back for a while."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Customer
from fulfillment.models.places import Warehouse
from o2c.kernel.audited import Audited
from o2c.kernel.money import ZERO


class ExpectedReceipt(Audited):
    """Goods that a supplier has promised for a day: one product of a purchase order.

    open -> closed: all came, or no more will.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    # The purchase order or advice that announces them.
    reference = models.CharField(max_length=60)
    supplier = models.CharField(max_length=200, blank=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="expected")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="expected")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    received = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)
    expected_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        permissions = [("expect_stock", "Can announce goods that will come")]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "warehouse", "product"],
                name="fulfillment_expectedreceipt_once",
            ),
            models.CheckConstraint(
                name="fulfillment_expectedreceipt_quantities",
                condition=Q(quantity__gt=0, received__gte=0),
            ),
        ]
        indexes = [
            # Serves available_by_day(): what comes of a product, and when.
            models.Index(
                fields=["product", "expected_on"],
                name="fulfillment_expected_open",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.product_id}"

    @property
    def due(self) -> Decimal:
        """What is still to come."""
        return max(self.quantity - self.received, ZERO) if self.state == self.State.OPEN else ZERO


class Reservation(models.Model):
    """A soft claim: kept back for somebody until it expires. live -> consumed | expired | withdrawn

    It names no place; an allocation of the same holder consumes it.
    """

    class State(models.TextChoices):
        LIVE = "live", _("live")
        CONSUMED = "consumed", _("consumed")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # What it is kept for: `order:17`, `quote:4`, `entry:01J...`; one live row per product.
    holder = models.CharField(max_length=60)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="reservations"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    reserved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "product"],
                condition=Q(state="live"),
                name="fulfillment_reservation_one_live",
            ),
            models.CheckConstraint(
                name="fulfillment_reservation_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="fulfillment_reservation_ended_has_date",
                condition=Q(state="live") ^ Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="fulfillment_reservation_expires_later",
                condition=Q(expires_at__gt=F("reserved_at")),
            ),
        ]
        indexes = [
            # Serves what is kept back of a product now.
            models.Index(
                fields=["product", "expires_at"],
                name="fulfillment_reserved_live",
                condition=Q(state="live"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.holder}"
