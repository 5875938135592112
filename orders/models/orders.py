"""Orders: what a customer has asked for, and where that stands."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from customers.freight import FreightTerms
from customers.incoterms import Incoterm
from customers.models import Address, Customer, PaymentTerms
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from orders.models.lines import OrderLine


class Channel(models.TextChoices):
    """How an order reached us."""

    REP = "rep", _("sales rep")
    PORTAL = "portal", _("customer portal")
    API = "api", _("REST API")
    EMAIL = "email", _("e-mail")
    EDI = "edi", _("EDI")
    SHOP = "shop", _("web shop")
    FILE = "csv", _("file")


class Order(StateDocument):
    """A customer's request for goods. `net_amount` excludes tax, `gross_amount` includes it.

    draft -submit-> submitted -refer-> in_review, -hold-> on_hold, -release-> released,
    -decline-> declined
    in_review -> released | on_hold | declined;   on_hold -> released | declined
    released -suspend-> on_hold (nothing picked yet)
    released -> fulfilling -> shipped -> delivered -> invoiced -> closed: `follow_lines`, derived
    cancel: while nothing is shipped
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Entered")
        IN_REVIEW = "in_review", _("In review")
        ON_HOLD = "on_hold", _("On hold")
        RELEASED = "released", _("Approved")
        FULFILLING = "fulfilling", _("Picking")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        INVOICED = "invoiced", _("Invoiced")
        CLOSED = "closed", _("Closed")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    # Not part of the mark of a form: these words follow figures that are kept elsewhere.
    FOLLOWS = frozenset({"hold_reason"})
    WAITING = (State.SUBMITTED, State.IN_REVIEW, State.ON_HOLD)
    CONFIRMED = (
        State.RELEASED,
        State.FULFILLING,
        State.SHIPPED,
        State.DELIVERED,
        State.INVOICED,
        State.CLOSED,
    )
    OPEN = (*WAITING, State.RELEASED, State.FULFILLING, State.SHIPPED, State.DELIVERED)

    class CancelReason(models.TextChoices):
        CUSTOMER = "customer", _("customer changed their mind")
        OUT_OF_STOCK = "out_of_stock", _("out of stock")
        DUPLICATE = "duplicate", _("entered twice")
        CREDIT = "credit", _("credit declined")
        ERROR = "error", _("entered wrongly")
        PRICE = "price", _("price too high")
        DATE = "date", _("date cannot be kept")
        SUBSTITUTE = "substitute", _("another product instead")
        TOLERANCE = "tolerance", _("close enough to what was ordered")

    public_id = models.CharField(max_length=40, unique=True)
    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="SO-", sequence="orders_number")
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    ship_to = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    customer_po = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    payment_terms = models.ForeignKey(PaymentTerms, on_delete=models.PROTECT, related_name="+")
    # As agreed with the customer when it was entered; empty: nothing was.
    incoterm = models.CharField(
        max_length=3, choices=Incoterm.choices, blank=True, default="", db_default=""
    )
    # As agreed with the customer when it was entered, too.
    freight_terms = models.CharField(
        max_length=10,
        choices=FreightTerms.choices,
        default=FreightTerms.BORNE,
        db_default=FreightTerms.BORNE,
    )
    requested_on = models.DateField()
    state = StateField(choices=State.choices, default=State.DRAFT)
    # Whom scarce stock goes to first, 1 before 9; null: as its customer.
    priority = models.PositiveSmallIntegerField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    gross_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    # Rises with every change that credit must know of; part of the exposure entries' source.
    revision = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # The lines by key, read once a step under the order's lock: `services.lines_of`.
    held_lines: dict[int, OrderLine] | None = None

    class Meta:
        permissions = [
            ("enter_order", "Can enter and submit orders"),
            ("cancel_order", "Can cancel orders"),
            ("intake_order", "Can take in order documents"),
            ("override_price", "Can sell at another price than listed"),
            ("approve_order", "Can approve orders over the first threshold"),
            ("approve_large_order", "Can approve orders over every threshold"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "customer_po"],
                condition=~Q(customer_po="") & ~Q(state__in=["draft", "cancelled", "declined"]),
                name="orders_order_customer_po_once",
            ),
            models.CheckConstraint(
                name="orders_order_hold_has_reason",
                condition=Q(state__in=["on_hold", "in_review", "declined"]) ^ Q(hold_reason=""),
            ),
            models.CheckConstraint(
                name="orders_order_priority_in_range",
                condition=Q(priority=None) | Q(priority__gte=1, priority__lte=9),
            ),
            models.CheckConstraint(
                name="orders_order_cancel_has_reason",
                condition=Q(state="cancelled") ^ Q(cancel_reason=""),
            ),
            models.CheckConstraint(
                name="orders_order_gross_is_net_plus_tax",
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="orders_order_amounts_not_negative",
                condition=Q(net_amount__gte=0, tax_amount__gte=0),
            ),
        ]
        indexes = [
            # Serves order lists by state, newest first.
            models.Index(fields=["state", "-id"], name="orders_by_state"),
            # Serves a customer's orders, newest first.
            models.Index(fields=["customer", "-id"], name="orders_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.DRAFT, target=State.SUBMITTED)
    def submit(self, *, at: datetime) -> None:
        self.submitted_at = at

    @transition(field=state, source=[State.SUBMITTED, State.ON_HOLD], target=State.IN_REVIEW)
    def refer(self, *, reason: str) -> None:
        self.hold_reason = reason

    @transition(field=state, source=[State.SUBMITTED, State.IN_REVIEW], target=State.ON_HOLD)
    def hold(self, *, reason: str) -> None:
        self.hold_reason = reason

    @transition(
        field=state,
        source=[State.SUBMITTED, State.IN_REVIEW, State.ON_HOLD],
        target=State.RELEASED,
    )
    def release(self, *, at: datetime) -> None:
        self.hold_reason = ""
        self.released_at = at
        self.revision += 1

    @transition(field=state, source=State.RELEASED, target=State.ON_HOLD)
    def suspend(self, *, reason: str) -> None:
        self.hold_reason = reason
        self.revision += 1

    @transition(
        field=state,
        source=[State.SUBMITTED, State.IN_REVIEW, State.ON_HOLD],
        target=State.DECLINED,
    )
    def decline(self, *, reason: str) -> None:
        self.hold_reason = reason

    @transition(field=state, source=State.DECLINED, target=State.SUBMITTED)
    def revive(self) -> None:
        """It is paid in advance: nothing is bought on credit, so a refusal of credit is over."""
        self.hold_reason = ""

    @transition(
        field=state,
        source=[*WAITING, State.DRAFT, State.RELEASED, State.FULFILLING],
        target=State.CANCELLED,
    )
    def cancel(self, *, reason: str) -> None:
        self.hold_reason = ""
        self.cancel_reason = reason
        self.revision += 1

    @transition(
        field=state,
        source=list(CONFIRMED),
        target=RETURN_VALUE(*CONFIRMED),
    )
    def follow_lines(self, *, state: str) -> str:
        """Take the state that `progress.state_of` derives from the line quantities."""
        return state
