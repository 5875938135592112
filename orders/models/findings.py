"""What named rules found on an order."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited
from orders.models.orders import Order


class OrderFinding(Audited):
    """A named rule found something on an order. Blocking findings keep it from being submitted.

    open -> resolved (mended, or looked at) | waived (somebody who may let it pass, with a reason)
    """

    class Severity(models.TextChoices):
        BLOCK = "block", _("must be mended")
        WARN = "warn", _("worth a look")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")
        WAIVED = "waived", _("Waived")

    class Owner(models.TextChoices):
        """Who works it."""

        SALES = "sales", _("sales")
        PRICING = "pricing", _("pricing")
        CREDIT = "credit", _("credit")
        MASTER_DATA = "master_data", _("master data")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=40)
    severity = models.CharField(max_length=5, choices=Severity.choices)
    field = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=400)
    owner = models.CharField(
        max_length=12, choices=Owner.choices, default=Owner.SALES, db_default="sales"
    )
    # Tells the fact apart that it was found about: a waiver holds while the fact is the same.
    fingerprint = models.CharField(max_length=64, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        permissions = [
            ("waive_sales", "Can work and waive findings of sales"),
            ("waive_pricing", "Can work and waive findings of pricing"),
            ("waive_credit", "Can work and waive findings of credit"),
            ("waive_master_data", "Can work and waive findings of master data"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "rule", "field"],
                condition=Q(state="open"),
                name="orders_orderfinding_open_once",
            ),
            models.CheckConstraint(
                name="orders_orderfinding_waiver_has_reason",
                condition=~Q(state="waived") | ~Q(reason=""),
            ),
        ]
        indexes = [
            # Serves the findings queue: what is open, oldest first.
            models.Index(
                fields=["found_at", "id"],
                name="orders_open_findings",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"
