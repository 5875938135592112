"""Orders that are wanted so late that they are not counted yet."""

from django.db import models

from customers.models import Customer
from orders.models import Order


class FarOrder(models.Model):
    """An order past credit that is wanted later than the policy's horizon.

    It has no exposure and was compared with no limit. The row goes when the order is counted,
    waits again or has nothing open any more.
    """

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="credit_far"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    # The first day on which something of it is wanted.
    wanted_on = models.DateField()
    left_out_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves the daily job: what comes within the horizon.
            models.Index(fields=["wanted_on"], name="credit_farorder_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.wanted_on}"
