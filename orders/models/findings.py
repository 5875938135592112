"""What named rules found on an order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited
from orders.models.orders import Order


class OrderFinding(Audited):
    """A named rule found something on an order. Blocking findings keep it from being submitted."""

    class Severity(models.TextChoices):
        BLOCK = "block", _("must be mended")
        WARN = "warn", _("worth a look")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")
        WAIVED = "waived", _("Waived")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=40)
    severity = models.CharField(max_length=5, choices=Severity.choices)
    field = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()

    class Meta:
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

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"
