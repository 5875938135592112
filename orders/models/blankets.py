"""Blanket orders: so much of a product at a price for some months, called off bit by bit."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.models import Product
from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber


class BlanketOrder(StateDocument):
    """What was agreed for a while. Orders whose lines name its lines call it off.

    draft -activate-> active -fulfil-> fulfilled (all is called off), -end-> ended
    fulfilled -reopen-> active: something that was called off has been cancelled
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        FULFILLED = "fulfilled", _("Called off")
        ENDED = "ended", _("Ended")

    public_id = models.CharField(max_length=40, unique=True)
    number = models.CharField(
        max_length=20,
        unique=True,
        db_default=PlainNumber(prefix="BO-", sequence="orders_blanket_number"),
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="blanket_orders")
    currency = models.CharField(max_length=3)
    # The buyer's own number of the agreement.
    customer_po = models.CharField(max_length=60, blank=True)
    # First and last day, by the customer's calendar, on which it can be called off.
    valid_from = models.DateField()
    valid_until = models.DateField()
    note = models.TextField(blank=True)
    state = StateField(choices=State.choices, default=State.DRAFT)
    end_reason = models.CharField(max_length=300, blank=True)
    # Rises with every change of a draft, so that two people at it find out.
    version = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("enter_blanketorder", "Can enter, call off and end blanket orders"),
            ("activate_blanketorder", "Can let blanket orders be called off"),
        ]
        constraints = [
            models.CheckConstraint(
                name="orders_blanketorder_period_in_order",
                condition=Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [
            # Serves the list by state, newest first.
            models.Index(fields=["state", "-id"], name="orders_blanket_by_state"),
            # Serves blanket_line_for(): what a customer can call off now.
            models.Index(
                fields=["customer"], name="orders_blanket_active", condition=Q(state="active")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.DRAFT, target=State.ACTIVE)
    def activate(self, *, at: datetime) -> None:
        self.activated_at = at

    @transition(field=state, source=State.ACTIVE, target=State.FULFILLED)
    def fulfil(self) -> None:
        """All that was agreed is called off."""

    @transition(field=state, source=State.FULFILLED, target=State.ACTIVE)
    def reopen(self) -> None:
        """Something that was called off has come back."""

    @transition(
        field=state, source=[State.DRAFT, State.ACTIVE, State.FULFILLED], target=State.ENDED
    )
    def end(self, *, reason: str, at: datetime) -> None:
        self.end_reason = reason
        self.ended_at = at


class BlanketLine(models.Model):
    """So much of one product at one price. `called` is what orders have taken, less cancelled."""

    blanket = models.ForeignKey(BlanketOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    # What the price lists said when it was agreed; null: nothing.
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    agreed = models.DecimalField(max_digits=12, decimal_places=3)
    # The least that one call-off takes, unless less is left.
    minimum_call_off = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    called = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["blanket", "position"], name="orders_blanketline_position_once"
            ),
            models.UniqueConstraint(
                fields=["blanket", "product"], name="orders_blanketline_product_once"
            ),
            models.CheckConstraint(
                name="orders_blanketline_price_not_negative", condition=Q(unit_price__gte=0)
            ),
            models.CheckConstraint(
                name="orders_blanketline_minimum_within_agreed",
                condition=Q(
                    agreed__gt=0, minimum_call_off__gte=0, minimum_call_off__lte=F("agreed")
                ),
            ),
            models.CheckConstraint(
                name="orders_blanketline_called_within_agreed",
                condition=Q(called__gte=0, called__lte=F("agreed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.description}"

    @property
    def left(self) -> Decimal:
        """What can still be called off."""
        return self.agreed - self.called
