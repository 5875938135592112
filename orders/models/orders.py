"""Orders and their lines: each line's quantities say how far it has come."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from catalog.models import Product, TaxCategory
from customers.models import Address, Customer, PaymentTerms
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber


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
    requested_on = models.DateField()
    state = StateField(choices=State.choices, default=State.DRAFT)
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
    held_lines: "dict[int, OrderLine] | None" = None

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


class OrderLine(models.Model):
    """One product on an order. Its quantities say how far it has come; it has no state.

    Backordered = ordered - cancelled - shipped - allocated, once the order is released.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # As sold: a later change of the product does not touch it.
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    # Where the price came from, for people: "Price list EUR", "agreed".
    price_source = models.CharField(max_length=100, blank=True)
    # What the price lists said when the line was written; null: they said nothing.
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    # Why the price differs from theirs.
    price_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    # How the customer calls the product.
    customer_part = models.CharField(max_length=60, blank=True, default="", db_default="")
    # The line of a blanket order that this one calls off.
    blanket_line = models.ForeignKey(
        "orders.BlanketLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="order_lines",
    )
    # The line that this one was taken off when its price changed after part of it had left.
    split_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="split_into",
    )
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    # Asked by the buyer; first date that we gave; date as of now. The promise is never overwritten.
    requested_on = models.DateField()
    promised_on = models.DateField(null=True)
    expected_on = models.DateField(null=True)

    ordered = models.DecimalField(max_digits=12, decimal_places=3)
    cancelled = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    allocated = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    # On a pick list that has been released to the floor, and not found short.
    picking = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    picked = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    shipped = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    delivered = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    returned = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    invoiced = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    credited = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="orders_orderline_position_once"
            ),
            models.CheckConstraint(
                name="orders_orderline_ordered_positive", condition=Q(ordered__gt=0)
            ),
            models.CheckConstraint(
                name="orders_orderline_price_not_negative", condition=Q(unit_price__gte=0)
            ),
            models.CheckConstraint(
                name="orders_orderline_quantities_not_negative",
                condition=Q(
                    cancelled__gte=0,
                    allocated__gte=0,
                    picking__gte=0,
                    picked__gte=0,
                    shipped__gte=0,
                    delivered__gte=0,
                    returned__gte=0,
                    invoiced__gte=0,
                    credited__gte=0,
                ),
            ),
            # Cancelling comes first, then fulfilment frees what was allocated, in one transaction:
            # that both together stay within what was ordered is proved by `check_books`.
            models.CheckConstraint(
                name="orders_orderline_cancelled_within_ordered",
                condition=Q(ordered__gte=F("cancelled") + F("shipped")),
            ),
            models.CheckConstraint(
                name="orders_orderline_allocated_within_ordered",
                condition=Q(ordered__gte=F("allocated") + F("shipped")),
            ),
            models.CheckConstraint(
                name="orders_orderline_picking_within_ordered",
                condition=Q(ordered__gte=F("cancelled") + F("picking")),
            ),
            models.CheckConstraint(
                name="orders_orderline_quantities_in_order",
                condition=Q(
                    picked__lte=F("picking"),
                    shipped__lte=F("picked"),
                    delivered__lte=F("shipped"),
                    returned__lte=F("shipped"),
                    invoiced__lte=F("shipped"),
                    credited__lte=F("invoiced"),
                ),
            ),
        ]
        indexes = [
            # Serves the call-offs of a blanket order, and their sums.
            models.Index(
                fields=["blanket_line"],
                name="orders_line_by_blanket",
                condition=Q(blanket_line__isnull=False),
            ),
            # Serves the check that nothing was taken off a line that is deleted.
            models.Index(
                fields=["split_from"],
                name="orders_line_by_split",
                condition=Q(split_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.description}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be shipped."""
        return self.ordered - self.cancelled - self.shipped

    @property
    def backordered(self) -> Decimal:
        return self.open_quantity - self.allocated
