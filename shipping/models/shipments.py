"""What carriers take."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Address, Customer
from fulfillment.models import PickList, Warehouse
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from orders.models import Order, OrderLine
from shipping.models.carriers import Carrier, CarrierService


class Shipment(StateDocument):
    """What one carrier takes at once, for one customer and address.

    planned -label-> labelled -dispatch-> dispatched -move-> in_transit -deliver-> delivered
    labelled -take off-> planned: it leaves the pickup that its carrier has booked
    any of these -fail-> exception -move-> in_transit, -deliver-> delivered, -fail-> exception
    once it has left and before it arrives -lose-> lost: that is its end
    or -come back-> returned, when all of it is here again: its end, too
    cancel: before dispatch
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        LABELLED = "labelled", _("Labelled")
        DISPATCHED = "dispatched", _("Loaded")
        IN_TRANSIT = "in_transit", _("In transit")
        DELIVERED = "delivered", _("Delivered")
        EXCEPTION = "exception", _("Exception")
        RETURNED = "returned", _("Returned")
        LOST = "lost", _("Lost")
        CANCELLED = "cancelled", _("Cancelled")

    WAITING = (State.PLANNED, State.LABELLED)

    ON_THE_WAY = (State.DISPATCHED, State.IN_TRANSIT, State.EXCEPTION)

    # It never arrives: nothing moves it any more.
    OVER = (State.RETURNED, State.LOST)

    GONE = (*ON_THE_WAY, State.DELIVERED, *OVER)

    class ExceptionKind(models.TextChoices):
        LATE = "late", _("late")
        LOST = "lost", _("lost")
        DAMAGED = "damaged", _("damaged")
        REFUSED = "refused", _("refused")

    public_id = models.CharField(max_length=40, unique=True)
    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="SH-", sequence="shipment_number")
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="shipments")
    ship_to = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, related_name="shipments"
    )
    service = models.ForeignKey(
        CarrierService, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments"
    )
    # The last instant at which it can leave and keep the promise; null: nothing was promised.
    must_leave_by = models.DateTimeField(null=True)
    # The pickup that it is planned for: it must be ready by then.
    leaves_by = models.DateTimeField(null=True)
    expected_on = models.DateField(null=True)
    state = StateField(choices=State.choices, default=State.PLANNED)
    tracking_number = models.CharField(max_length=60, blank=True)
    # Drawn when somebody first asks for it, then kept.
    label_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+"
    )
    weight_kg = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    package_count = models.PositiveSmallIntegerField(default=1)
    # Somebody has taken it out of a joint shipment: nothing joins it by itself any more.
    goes_alone = models.BooleanField(default=False, db_default=False)
    # What the tariff says that it costs us, and what the carrier has charged in the end.
    freight_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    freight_cost = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    charged_cost = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    # How the carrier names the booking.
    booking_reference = models.CharField(max_length=60, blank=True, default="", db_default="")
    exception_kind = models.CharField(max_length=10, choices=ExceptionKind.choices, blank=True)
    exception_note = models.CharField(max_length=300, blank=True)
    received_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("plan_shipment", "Can plan and label shipments"),
            ("dispatch_shipment", "Can dispatch shipments"),
            ("track_shipment", "Can record deliveries and exceptions"),
        ]
        constraints = [
            models.CheckConstraint(
                name="shipping_shipment_gone_has_date",
                condition=Q(state__in=["planned", "labelled", "cancelled"])
                ^ Q(dispatched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="shipping_shipment_exception_has_kind",
                condition=~Q(state="exception") | ~Q(exception_kind=""),
            ),
            models.CheckConstraint(
                name="shipping_shipment_costs_have_currency",
                condition=Q(freight_cost=None, charged_cost=None)
                | (
                    (Q(freight_cost=None) | Q(freight_cost__gte=0))
                    & (Q(charged_cost=None) | Q(charged_cost__gte=0))
                    & ~Q(freight_currency="")
                ),
            ),
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
                name="shipping_shipment_tracking_once",
            ),
        ]
        indexes = [
            # Serves the planning board.
            models.Index(
                fields=["warehouse", "leaves_by", "id"],
                name="shipping_board",
                condition=Q(state__in=["planned", "labelled"]),
            ),
            # Serves what left on a day.
            models.Index(
                fields=["warehouse", "dispatched_at"],
                name="shipping_departures",
                condition=Q(dispatched_at__isnull=False),
            ),
            # Serves a customer's shipments, newest first.
            models.Index(fields=["customer", "-id"], name="shipping_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def tracking_link(self) -> str:
        """Where the carrier shows it; empty: the carrier has no such page, or it has no number."""
        if not (self.carrier and self.carrier.tracking_url and self.tracking_number):
            return ""
        return self.carrier.tracking_url.replace("{number}", self.tracking_number)

    @transition(field=state, source=State.PLANNED, target=State.LABELLED)
    def attach_label(self, *, tracking_number: str) -> None:
        self.tracking_number, self.label_file = tracking_number, None

    @transition(field=state, source=State.LABELLED, target=State.PLANNED)
    def take_off_label(self) -> None:
        """It leaves its pickup: the carrier's booking and label are no more."""
        self.tracking_number = self.booking_reference = ""
        self.label_file = None

    @transition(field=state, source=State.LABELLED, target=State.DISPATCHED)
    def dispatch(self, *, at: datetime) -> None:
        self.dispatched_at = at

    @transition(
        field=state,
        source=[State.DISPATCHED, State.IN_TRANSIT, State.EXCEPTION],
        target=State.IN_TRANSIT,
    )
    def move(self) -> None:
        """The carrier reports that it is on its way."""
        self.exception_kind = self.exception_note = ""

    @transition(
        field=state,
        source=[State.DISPATCHED, State.IN_TRANSIT, State.EXCEPTION],
        target=State.DELIVERED,
    )
    def deliver(self, *, at: datetime, received_by: str) -> None:
        self.delivered_at = at
        self.received_by = received_by
        self.exception_kind = self.exception_note = ""

    @transition(
        field=state,
        source=[State.DISPATCHED, State.IN_TRANSIT, State.DELIVERED, State.EXCEPTION],
        target=State.EXCEPTION,
    )
    def fail(self, *, kind: str, note: str) -> None:
        self.exception_kind = kind
        self.exception_note = note

    @transition(
        field=state,
        source=[State.DISPATCHED, State.IN_TRANSIT, State.EXCEPTION],
        target=State.LOST,
    )
    def lose(self) -> None:
        """Its goods never arrive, and their customer is credited."""
        self.exception_kind = self.ExceptionKind.LOST

    @transition(
        field=state,
        source=[State.DISPATCHED, State.IN_TRANSIT, State.EXCEPTION],
        target=State.RETURNED,
    )
    def come_back(self) -> None:
        """It never arrived, and all of it is here again."""

    @transition(field=state, source=[State.PLANNED, State.LABELLED], target=State.CANCELLED)
    def cancel(self) -> None:
        """It will not leave."""


class ShipmentLine(models.Model):
    """What of an order line goes with a shipment, from which pick list."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipment_lines")
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="shipment_lines"
    )
    pick_list = models.ForeignKey(PickList, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pick_list", "order_line"], name="shipping_shipmentline_once"
            ),
            models.CheckConstraint(
                name="shipping_shipmentline_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class PickupPlan(models.Model):
    """The pickup that a pick list on the floor is to reach: its room is reserved.

    Written anew by each plan of its house; used up when the list is packed.
    """

    pick_list = models.OneToOneField(PickList, on_delete=models.CASCADE, related_name="+")
    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="+")
    leaves_by = models.DateTimeField()
    # What it will be, as far as its lines say.
    package_count = models.PositiveSmallIntegerField(default=1)
    weight_kg = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)

    def __str__(self) -> str:
        return f"{self.pick_list_id} by {self.leaves_by}"
