"""The work on the floor: pick lists, their lines and packages."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from fulfillment.models.places import Warehouse
from fulfillment.models.stock import Allocation
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from orders.models import Order, OrderLine


class PickBatch(StateDocument):
    """Pick lists of one house that are walked together. released -> picking -> done; cancel"""

    class State(models.TextChoices):
        RELEASED = "released", _("Released")
        PICKING = "picking", _("Picking")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(
        max_length=20,
        unique=True,
        db_default=PlainNumber(prefix="PB-", sequence="pickbatch_number"),
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="batches")
    state = StateField(choices=State.choices, default=State.RELEASED)
    picker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.RELEASED, target=State.PICKING)
    def start(self, *, picker_id: int | None) -> None:
        self.picker_id = picker_id

    @transition(field=state, source=State.PICKING, target=State.DONE)
    def finish(self, *, at: datetime) -> None:
        self.done_at = at

    @transition(field=state, source=[State.RELEASED, State.PICKING], target=State.CANCELLED)
    def cancel(self) -> None:
        """Its lists are walked one by one."""


class PickList(StateDocument):
    """What one order takes from one warehouse, in walking order.

    draft -release-> released -start-> picking -finish-> picked -pack-> packed
    packed -hand_over-> handed_over
    cancel: until it is packed; unpack: until it is handed over
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
    batch = models.ForeignKey(
        PickBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="pick_lists"
    )
    state = StateField(choices=State.choices, default=State.DRAFT)
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

    @transition(field=state, source=State.PACKED, target=State.CANCELLED)
    def unpack(self) -> None:
        """What was packed goes back to its place."""


class PickLine(models.Model):
    """Take `quantity` of a line's allocation from its location.

    `scanned` counts while the picker walks; `picked` is what was found in the end.
    """

    class ShortReason(models.TextChoices):
        MISSING = "missing", _("not there")
        DAMAGED = "damaged", _("damaged")
        EXPIRED = "expired", _("expired")
        WRONG = "wrong", _("something else lies there")
        ENOUGH = "enough", _("close enough: the rest is not sent")

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
    def due(self) -> Decimal:
        """What is to be found of it; once the picker has said what was found, that."""
        return self.quantity if self.picked is None else self.picked

    @property
    def missing(self) -> Decimal:
        """What was not found, once the picker has said what was."""
        return ZERO if self.picked is None else self.quantity - self.picked

    @property
    def is_short(self) -> bool:
        """Say whether something was not found here, and more of its order's line still waits."""
        return bool(self.missing) and self.order_line.backordered > 0
