"""Web shops whose orders come to us, and what each of their messages became."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from o2c.kernel.audited import Audited
from o2c.kernel.models import StoredFile
from orders.models.intake import IntakeDocument


class WebShop(Audited):
    """A shop that sends its orders by webhook and is told stock levels and order status.

    `refused_count` counts messages whose signature was wrong: nothing else is kept of them.
    """

    class Kind(models.TextChoices):
        SHOPIFY = "shopify", "Shopify"
        WOOCOMMERCE = "woocommerce", "WooCommerce"

    public_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=100)
    base_url = models.URLField(max_length=200)
    currency = models.CharField(max_length=3)
    default_customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    refused_count = models.PositiveIntegerField(default=0)
    last_refused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        permissions = [("manage_webshop", "Can connect web shops")]

    def __str__(self) -> str:
        return self.name


class ShopSecrets(models.Model):
    """What a shop and we know and nobody else, sealed (see o2c/kernel/sealing.py).

    In a table of its own so that no audit entry, list or form of the shop holds it.
    """

    shop = models.OneToOneField(WebShop, on_delete=models.CASCADE, related_name="secrets")
    signing_secret = models.CharField(max_length=500)
    api_token = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "shop secrets"

    def __str__(self) -> str:
        return f"secrets of {self.shop_id}"


class ShopBuyer(models.Model):
    """Which customer a buyer of the shop is; `folded_name` is an e-mail address or a company."""

    shop = models.ForeignKey(WebShop, on_delete=models.CASCADE, related_name="buyers")
    folded_name = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "folded_name"], name="orders_shopbuyer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.folded_name} = {self.customer_id}"


class ShopEvent(models.Model):
    """One message of a shop, kept as it came. `outcome` says what became of it, once it is taken.

    `reference` is the shop's own key of the order, `changed_at` when the shop last changed it: of
    two messages about one order that overtake each other the later change counts.
    """

    class Outcome(models.TextChoices):
        ORDERED = "ordered", _("Order placed")
        REVIEW = "review", _("In review")
        REJECTED = "rejected", _("Rejected")
        DUPLICATE = "duplicate", _("Was here before")
        CHANGED = "changed", _("Order changed")
        UNCHANGED = "unchanged", _("Nothing to change")
        CANCELLED = "cancelled", _("Order cancelled")
        OUTDATED = "outdated", _("Outdated")
        KEPT = "kept", _("Kept only")

    shop = models.ForeignKey(WebShop, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=100)
    topic = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    document = models.ForeignKey(
        IntakeDocument, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            # A message that is sent again is the same message.
            models.UniqueConstraint(fields=["shop", "event_id"], name="orders_shopevent_once"),
            models.CheckConstraint(
                name="orders_shopevent_taken_has_outcome",
                condition=Q(taken_at=None) | ~Q(outcome=""),
            ),
        ]
        indexes = [
            # Serves what is known of one order of a shop: receiving.order_of, is_outdated.
            models.Index(fields=["shop", "reference"], name="orders_shopevent_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.event_id}"
