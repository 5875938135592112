"""Why orders wait, and whom a person let go on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from o2c.kernel.audited import Audited
from orders.models import Order


class HoldQuerySet(models.QuerySet["Hold"]):
    def stopping_customers(self) -> "HoldQuerySet":
        """Those that stand and stop everything of their customer."""
        return self.filter(order=None, released_at=None)

    def stopping_orders(self) -> "HoldQuerySet":
        """Those that stand and stop one order."""
        return self.filter(order__isnull=False, released_at=None)


class Hold(Audited):
    """A reason why orders wait. Several may stand at once; none is overwritten.

    Without `order` it stops all orders of the customer (overdue, manual); with it that one
    (over the limit, declined, approval expired, a rule of the policy, manual).
    """

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("overdue invoices")
        MANUAL = "manual", _("placed by a person")
        OVER_LIMIT = "over_limit", _("over the limit")
        DECLINED = "declined", _("credit declined")
        EXPIRED = "expired", _("approval expired")
        POLICY = "policy", _("a rule of the credit policy")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="credit_holds"
    )
    # Who works on it; null: whoever is on duty in credit control.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    release_reason = models.CharField(max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        permissions = [
            ("place_hold", "Can place credit holds"),
            ("release_hold", "Can release credit holds"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(released_at=None, order=None),
                name="credit_hold_one_of_customer_per_kind",
            ),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(released_at=None),
                name="credit_hold_one_of_order_per_kind",
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
