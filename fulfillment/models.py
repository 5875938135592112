"""Stock, the part of it that is promised, and the work on the floor."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from catalog.models import Product
from o2c.kernel.audited import Audited, StateDocument
from o2c.kernel.numbering import PlainNumber
from orders.models import Order, OrderLine

ZERO = Decimal(0)


class Warehouse(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=60, default="UTC")
    country = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place that goods are taken from. `walk_order` is the way a picker walks."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    code = models.CharField(max_length=20)
    walk_order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "code"], name="fulfillment_location_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class StockLevel(models.Model):
    """What of one product lies at one location, and how much of that is claimed.

    `on_hand` is the sum of the moves, `allocated` that of the active allocations. Both are
    changed by conditional UPDATE only; the constraint is the last line against overselling.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock_levels")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_levels")
    on_hand = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)
    allocated = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "location"], name="fulfillment_stocklevel_once"
            ),
            models.CheckConstraint(
                name="fulfillment_stocklevel_not_oversold",
                condition=Q(allocated__gte=0, on_hand__gte=F("allocated")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.location_id}: {self.on_hand}"

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.allocated


class StockMove(models.Model):
    """One change of what lies at a location, signed. Append-only: on hand is the sum."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        SHIP = "ship", _("shipment")
        RETURN = "return", _("return")
        ADJUSTMENT = "adjustment", _("adjustment")
        TRANSFER = "transfer", _("transfer")
        COUNT = "count", _("count")

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    # What caused it: `shipment:17`, `receipt:GR-5`; once per level and kind.
    source = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "level", "kind"], name="fulfillment_stockmove_source_once"
            ),
            models.CheckConstraint(name="fulfillment_stockmove_not_zero", condition=~Q(quantity=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class Allocation(models.Model):
    """A hard claim of an order line on a stock level: active -> shipped | released."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SHIPPED = "shipped", _("shipped")
        RELEASED = "released", _("released")

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="allocations")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    allocated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fulfillment_allocation_positive", condition=Q(quantity__gt=0)
            ),
        ]
        indexes = [
            # Serves the active claims of a line, and of a level.
            models.Index(
                fields=["line"],
                name="fulfillment_alloc_active",
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for line {self.line_id}"


class PickList(StateDocument):
    """What one order takes from one warehouse, in walking order.

    draft -release-> released -start-> picking -finish-> picked -pack-> packed
    packed -hand_over-> handed_over
    cancel: until it is packed
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RELEASED = "released", _("Released")
        PICKING = "picking", _("Picking")
        PICKED = "picked", _("Picked")
        PACKED = "packed", _("Packed")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="PL-", sequence="picklist_number")
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="pick_lists")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pick_lists")
    state = FSMField(choices=State.choices, default=State.DRAFT, protected=True)
    picker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    picked_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("release_picklist", "Can release pick lists"),
            ("pick_picklist", "Can pick"),
            ("pack_picklist", "Can pack"),
        ]
        indexes = [
            # Serves the floor's worklist.
            models.Index(
                fields=["warehouse", "state", "id"],
                name="fulfillment_picks_open",
                condition=~Q(state__in=["handed_over", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.DRAFT, target=State.RELEASED)
    def release(self, *, at: datetime) -> None:
        self.released_at = at

    @transition(field=state, source=State.RELEASED, target=State.PICKING)
    def start(self, *, picker_id: int | None) -> None:
        self.picker_id = picker_id

    @transition(field=state, source=[State.RELEASED, State.PICKING], target=State.PICKED)
    def finish(self, *, at: datetime) -> None:
        self.picked_at = at

    @transition(field=state, source=State.PICKED, target=State.PACKED)
    def pack(self, *, at: datetime) -> None:
        self.packed_at = at

    @transition(field=state, source=State.PACKED, target=State.HANDED_OVER)
    def hand_over(self) -> None:
        """The carrier has the goods."""

    @transition(
        field=state,
        source=[State.DRAFT, State.RELEASED, State.PICKING, State.PICKED],
        target=State.CANCELLED,
    )
    def cancel(self) -> None:
        """Nothing of it will be taken, or nothing was there."""


class PickLine(models.Model):
    """Take `quantity` of a line's allocation from its location.

    `scanned` counts while the picker walks; `picked` is what was found in the end.
    """

    class ShortReason(models.TextChoices):
        MISSING = "missing", _("not there")
        DAMAGED = "damaged", _("damaged")

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="lines")
    allocation = models.OneToOneField(
        Allocation, on_delete=models.PROTECT, related_name="pick_line"
    )
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    scanned = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    picked = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    short_reason = models.CharField(max_length=10, choices=ShortReason.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pick_list", "position"], name="fulfillment_pickline_position_once"
            ),
            models.CheckConstraint(
                name="fulfillment_pickline_scanned_within",
                condition=Q(scanned__gte=0, scanned__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="fulfillment_pickline_picked_within",
                condition=Q(picked__isnull=True) | Q(picked__gte=0, picked__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="fulfillment_pickline_short_has_reason",
                condition=Q(picked__isnull=True, short_reason="")
                | Q(picked=F("quantity"), short_reason="")
                | (Q(picked__lt=F("quantity")) & ~Q(short_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.quantity}"

    @property
    def missing(self) -> Decimal:
        """What was not found, once the picker has said what was."""
        return ZERO if self.picked is None else self.quantity - self.picked


class Package(models.Model):
    """One box or pallet of a pick list."""

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="packages")
    number = models.PositiveSmallIntegerField()
    weight_kg = models.DecimalField(max_digits=10, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pick_list", "number"], name="fulfillment_package_number_once"
            ),
            models.CheckConstraint(
                name="fulfillment_package_weight_not_negative", condition=Q(weight_kg__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pick_list_id}/{self.number}"


class CountTask(Audited):
    """Somebody must count: a picker found less than the books say."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        COUNTED = "counted", _("Counted")

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="count_tasks")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    counted = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("receive_stock", "Can receive stock"),
            ("count_stock", "Can count and adjust stock"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["level"], condition=Q(state="open"), name="fulfillment_counttask_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"count {self.level_id}"
