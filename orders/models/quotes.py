"""Quotes: what we offer a customer, at which prices, until when; each revision is a row."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.models import Product, TaxCategory
from customers.models import Address, Customer, PaymentTerms
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from orders.models.orders import Order


class Quote(StateDocument):
    """One revision of an offer. `net_amount` excludes tax, `gross_amount` includes it.

    draft -send-> sent -accept-> accepted, -reject-> rejected, -expire-> expired
    draft -reject-> rejected: it was put away before anybody saw it
    sent | rejected | expired -replace-> replaced, by the next revision of the same number
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Expired")
        REPLACED = "replaced", _("Replaced")

    REVISABLE = (State.SENT, State.REJECTED, State.EXPIRED)

    class RejectReason(models.TextChoices):
        PRICE = "price", _("too expensive")
        DELIVERY = "delivery", _("delivery too late")
        COMPETITOR = "competitor", _("bought elsewhere")
        NOT_NEEDED = "not_needed", _("not needed any more")
        OTHER = "other", _("another reason")

    public_id = models.CharField(max_length=40, unique=True)
    number = models.CharField(
        max_length=20, db_default=PlainNumber(prefix="QU-", sequence="orders_quote_number")
    )
    revision = models.PositiveSmallIntegerField(default=1)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="quotes")
    ship_to = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    payment_terms = models.ForeignKey(PaymentTerms, on_delete=models.PROTECT, related_name="+")
    # The last day, by the customer's calendar, on which it can be accepted.
    valid_until = models.DateField()
    # Whether the customer may take some lines, or less of them, at these prices.
    allows_part = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    state = StateField(choices=State.choices, default=State.DRAFT)
    reject_reason = models.CharField(max_length=20, choices=RejectReason.choices, blank=True)
    reject_note = models.CharField(max_length=300, blank=True)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    gross_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    # Rises with every change of a draft, so that two people at it find out.
    version = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What accepting it has made.
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, related_name="quote")
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("enter_quote", "Can enter and convert quotes"),
            ("send_quote", "Can send quotes"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "revision"], name="orders_quote_revision_once"
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(state="replaced"),
                name="orders_quote_one_current_revision",
            ),
            models.CheckConstraint(
                name="orders_quote_accepted_has_order",
                condition=Q(state="accepted") ^ Q(order__isnull=True),
            ),
            models.CheckConstraint(
                name="orders_quote_rejected_has_reason",
                condition=~Q(state="rejected") | ~Q(reject_reason=""),
            ),
            models.CheckConstraint(
                name="orders_quote_gross_is_net_plus_tax",
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="orders_quote_amounts_not_negative",
                condition=Q(net_amount__gte=0, tax_amount__gte=0),
            ),
        ]
        indexes = [
            # Serves the quote list by state, newest first.
            models.Index(fields=["state", "-id"], name="orders_quote_by_state"),
            # Serves a customer's quotes, newest first.
            models.Index(fields=["customer", "-id"], name="orders_quote_by_customer"),
            # Serves the daily expiry, and what is about to expire.
            models.Index(
                fields=["valid_until"], name="orders_quote_running_out", condition=Q(state="sent")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The number, with the revision from the second one on."""
        if self.revision == 1:
            return self.number
        return f"{self.number}/{self.revision}"

    @transition(field=state, source=State.DRAFT, target=State.SENT)
    def send(self, *, at: datetime) -> None:
        self.sent_at = at

    @transition(field=state, source=State.SENT, target=State.ACCEPTED)
    def accept(self, *, order: Order, at: datetime) -> None:
        self.order = order
        self.decided_at = at

    @transition(field=state, source=[State.DRAFT, State.SENT], target=State.REJECTED)
    def reject(self, *, reason: str, note: str, at: datetime) -> None:
        self.reject_reason = reason
        self.reject_note = note
        self.decided_at = at

    @transition(field=state, source=State.SENT, target=State.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.decided_at = at

    @transition(field=state, source=list(REVISABLE), target=State.REPLACED)
    def replace(self) -> None:
        """A newer revision takes its place; this one stays readable."""


class QuoteLine(models.Model):
    """One product offered: so much of it, at this price, excluding tax."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # As offered: a later change of the product does not touch it.
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    price_source = models.CharField(max_length=100, blank=True)
    # What the price lists said; null: nothing.
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    # How much of it the customer took.
    accepted = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "position"], name="orders_quoteline_position_once"
            ),
            models.CheckConstraint(
                name="orders_quoteline_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="orders_quoteline_price_not_negative", condition=Q(unit_price__gte=0)
            ),
            models.CheckConstraint(
                name="orders_quoteline_accepted_within_quantity",
                condition=Q(accepted__gte=0, accepted__lte=F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.description}"
