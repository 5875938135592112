"""What lies where, what of it is claimed, and what is to be counted."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from fulfillment.models.places import Location
from o2c.kernel.audited import Audited
from o2c.kernel.money import ZERO
from orders.models import OrderLine


class Lot(Audited):
    """What was made together of a product: a batch, or with `is_serial` a single piece."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=40)
    is_serial = models.BooleanField(default=False)
    # The last day on which it may leave the house; null: it does not expire.
    expires_on = models.DateField(null=True, blank=True)
    # Recalled: nothing of it is promised or picked, and why.
    blocked_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="fulfillment_lot_code_once"),
            models.CheckConstraint(name="fulfillment_lot_has_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.code


class StockLevel(models.Model):
    """What of one product and lot lies at one location, and how much of that is claimed.

    `on_hand` is the sum of the moves, `allocated` that of the active allocations. Both are
    changed by conditional UPDATE only; the constraint is the last line against overselling.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock_levels")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_levels")
    # Null: the product is not tracked.
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="stock_levels")
    on_hand = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)
    allocated = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "location", "lot"],
                nulls_distinct=False,
                name="fulfillment_stocklevel_lot_once",
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

    class Reason(models.TextChoices):
        """Why goods are taken from a house."""

        ONLY = "only", _("only this house has it")
        RULE = "rule", _("the sourcing rules prefer this house")
        SWAPPED = "swapped", _("the picker had this lot in hand")
        WHOLE = "whole", _("this house can serve all of it")
        MOST = "most", _("most of it lies here")
        REST = "rest", _("the rest: better houses have no more")
        OVER = "over", _("more than ordered, within the tolerance")

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="allocations")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    # Why this house: a word of `Reason`; empty: that was not kept.
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")
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

    @property
    def why(self) -> str:
        """Why its house was chosen, in words."""
        return str(dict(self.Reason.choices).get(self.reason, ""))


class CountTask(Audited):
    """Somebody must count: a picker found less than the books say, or it is the place's turn."""

    class Kind(models.TextChoices):
        SHORT = "short", _("found short")
        CYCLE = "cycle", _("cycle count")
        ASKED = "asked", _("asked for")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        COUNTED = "counted", _("Counted")

    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="count_tasks")
    kind = models.CharField(
        max_length=6, choices=Kind.choices, default=Kind.SHORT, db_default=Kind.SHORT
    )
    # Nothing of the level is promised before somebody has counted.
    blocks = models.BooleanField(default=True, db_default=True)
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
