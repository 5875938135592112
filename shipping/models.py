"""Carriers, their pickups, and what they take."""

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


class Carrier(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    # With {number} in the place of the tracking number.
    tracking_url = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class PickupSchedule(models.Model):
    """A carrier collects at a warehouse on a weekday; what is ready by `cut_off` goes along.

    `cut_off` is wall-clock time at the warehouse.
    """

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="pickups")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pickups")
    weekday = models.PositiveSmallIntegerField(
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ]
    )
    cut_off = models.TimeField()
    transit_days = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "warehouse", "weekday", "cut_off"],
                name="shipping_pickupschedule_once",
            ),
            models.CheckConstraint(
                name="shipping_pickupschedule_weekday_exists", condition=Q(weekday__lte=6)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.weekday} {self.cut_off}"


class Shipment(StateDocument):
    """What one carrier takes at once, for one customer and address.

    planned -label-> labelled -dispatch-> dispatched -move-> in_transit -deliver-> delivered
    dispatched | in_transit | delivered -fail-> exception -move-> in_transit, -deliver-> delivered
    cancel: before dispatch
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        LABELLED = "labelled", _("Labelled")
        DISPATCHED = "dispatched", _("Loaded")
        IN_TRANSIT = "in_transit", _("In transit")
        DELIVERED = "delivered", _("Delivered")
        EXCEPTION = "exception", _("Exception")
        CANCELLED = "cancelled", _("Cancelled")

    GONE = (State.DISPATCHED, State.IN_TRANSIT, State.DELIVERED, State.EXCEPTION)

    WAITING = (State.PLANNED, State.LABELLED)

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
        self.tracking_number = tracking_number

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
        source=[State.DISPATCHED, State.IN_TRANSIT, State.DELIVERED],
        target=State.EXCEPTION,
    )
    def fail(self, *, kind: str, note: str) -> None:
        self.exception_kind = kind
        self.exception_note = note

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


class TrackingEvent(models.Model):
    """What a carrier reported, once per its own event id. Append-only."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="tracking")
    event_id = models.CharField(max_length=80)
    code = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "event_id"], name="shipping_trackingevent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.code}"
