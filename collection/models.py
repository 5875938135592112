"""Receipts, and what happens when none comes."""

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from orders.models import Order
from receivables.models import OpenItem


class Receipt(StateDocument):
    """Money that came in. unidentified -identify-> identified -apply_all-> applied, and back.

    How much is applied is derived: `applied` is the sum of its applications.
    """

    class State(models.TextChoices):
        UNIDENTIFIED = "unidentified", _("Unknown payer")
        IDENTIFIED = "identified", _("On account")
        APPLIED = "applied", _("Matched")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        CHEQUE = "cheque", _("cheque")
        CARD = "card", _("card")
        CASH = "cash", _("cash")

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="RC-", sequence="receipt_number")
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.TRANSFER)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    applied = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    # Kept for one order that is paid in advance: `advanced` in all, of which `reserved` has not
    # met an invoice of that order yet, and pays nothing else.
    reserved_for = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="receipts_in_advance",
    )
    advanced = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO, db_default=ZERO)
    reserved = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO, db_default=ZERO)
    received_on = models.DateField()
    # The bank's or the cheque's number: the same money is not entered twice.
    reference = models.CharField(max_length=100)
    payer_text = models.CharField(max_length=300, blank=True)
    state = StateField(choices=State.choices, default=State.UNIDENTIFIED)
    recorded_at = models.DateTimeField()

    class Meta:
        permissions = [
            ("record_receipt", "Can record receipts"),
            ("apply_receipt", "Can apply cash and take applications back"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "method", "reference", "received_on", "amount"],
                name="collections_receipt_once",
            ),
            models.CheckConstraint(name="collections_receipt_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="collections_receipt_applied_within",
                condition=Q(applied__gte=0, applied__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="collections_receipt_reserved_within",
                condition=Q(reserved__gte=0, reserved__lte=F("advanced"))
                & Q(advanced__lte=F("amount"), applied__lte=F("amount") - F("reserved")),
            ),
            models.CheckConstraint(
                name="collections_receipt_reserved_for_an_order",
                condition=Q(advanced=0, reserved_for=None)
                | Q(advanced__gt=0, reserved_for__isnull=False),
            ),
            models.CheckConstraint(
                name="collections_receipt_state_fits",
                condition=Q(state="unidentified", customer=None, applied=0)
                | Q(state="identified", customer__isnull=False, applied__lt=F("amount"))
                | Q(state="applied", customer__isnull=False, applied=F("amount")),
            ),
        ]
        indexes = [
            # Serves the cash worklist: what is not applied in full.
            models.Index(
                fields=["received_on", "id"],
                name="collections_receipts_open",
                condition=~Q(state="applied"),
            ),
            # Serves what was paid in advance for an order.
            models.Index(
                fields=["reserved_for"],
                name="collections_receipts_advanced",
                condition=Q(advanced__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def unapplied(self) -> Decimal:
        return self.amount - self.applied

    @property
    def free(self) -> Decimal:
        """Return what any item may still take: not applied, and not kept for an order."""
        return self.unapplied - self.reserved

    @transition(field=state, source=State.UNIDENTIFIED, target=State.IDENTIFIED)
    def identify(self, *, customer_id: int) -> None:
        self.customer_id = customer_id

    @transition(field=state, source=State.IDENTIFIED, target=State.APPLIED)
    def apply_all(self) -> None:
        """Every cent of it has found its item."""

    @transition(field=state, source=State.APPLIED, target=State.IDENTIFIED)
    def reopen(self) -> None:
        """An application was taken back."""


class DunningLevel(models.Model):
    """One step of the dunning procedure: from `days` days overdue, with this text."""

    level = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField()
    minimum_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    subject = models.CharField(max_length=200)
    text = models.TextField()

    def __str__(self) -> str:
        return self.name


class DunningRun(models.Model):
    """The dunning of one date: what was proposed then."""

    as_of = models.DateField(unique=True)
    run_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.as_of}"


class DunningNotice(StateDocument):
    """A letter to one customer about their overdue items of one level.

    proposed -start-> sending -confirm-> sent;  proposed | sending -withhold-> withheld
    A letter whose mail fails stays `sending`: the outbox tries again under the same Message-ID.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        WITHHELD = "withheld", _("Held back")

    run = models.ForeignKey(DunningRun, on_delete=models.PROTECT, related_name="notices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="dunning_notices")
    level = models.ForeignKey(DunningLevel, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=16, decimal_places=3)
    recipient = models.EmailField(blank=True)
    state = StateField(choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("send_dunningnotice", "Can send or withhold dunning notices")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "customer", "level", "currency"],
                name="collections_dunningnotice_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} for {self.customer}"

    @transition(field=state, source=State.PROPOSED, target=State.SENDING)
    def start(self) -> None:
        """It is about to leave."""

    @transition(field=state, source=State.SENDING, target=State.SENT)
    def confirm(self, *, at: datetime) -> None:
        self.sent_at = at

    @transition(field=state, source=[State.PROPOSED, State.SENDING], target=State.WITHHELD)
    def withhold(self, *, reason: str) -> None:
        self.reason = reason


class DunnedItem(models.Model):
    """An item in a notice, with its balance then: each item is dunned once per level."""

    notice = models.ForeignKey(DunningNotice, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="dunned")
    level = models.PositiveSmallIntegerField()
    balance = models.DecimalField(max_digits=16, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "level"], name="collections_dunneditem_once_per_level"
            ),
            models.CheckConstraint(
                name="collections_dunneditem_balance_positive", condition=Q(balance__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} level {self.level}"
