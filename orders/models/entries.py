"""What somebody has typed on the order entry screen and not handed in yet."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.orders import Order


class EntryDraft(models.Model):
    """What one person has typed on one screen: the form as it is, right or wrong.

    `order` None: a new order; somebody may have several of them begun, told apart by `screen`.
    While `seen_at` is recent the screen is open: others who open the same order are told.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The token of a new order's form, or `order-17`.
    screen = models.CharField(max_length=64)
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, null=True, related_name="entry_drafts"
    )
    # Field name -> what was typed; empty: the screen was opened, nothing typed yet.
    content = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
    # Put away by its author, who may still take that back.
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "screen"], name="orders_entrydraft_one_per_screen"
            ),
            models.CheckConstraint(
                name="orders_entrydraft_saved_or_empty",
                condition=Q(content={}) | Q(saved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.order_id or 'new'}"
