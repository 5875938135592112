"""Why orders wait, and whom a person let go on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from o2c.kernel.audited import Audited
from orders.models import Order


class Hold(Audited):
    """A reason why a customer's orders wait. Several may stand at once; none is overwritten."""

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("overdue invoices")
        MANUAL = "manual", _("placed by a person")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [
            ("place_hold", "Can place credit holds"),
            ("release_hold", "Can release credit holds"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(released_at=None),
                name="credit_hold_one_active_per_kind",
            ),
            models.CheckConstraint(name="credit_hold_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class OrderRelease(Audited):
    """A person's permission for one order beyond the rules, up to an amount and until a date."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="credit_releases")
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    expires_on = models.DateField()
    reason = models.CharField(max_length=300)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=200)

    class Meta:
        permissions = [("release_order", "Can release orders from credit hold")]
        constraints = [
            models.CheckConstraint(name="credit_orderrelease_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="credit_orderrelease_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount} until {self.expires_on}"
