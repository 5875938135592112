"""Where goods lie, and which house serves whom."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Warehouse(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=60, default="UTC")
    country = models.CharField(max_length=2)
    # Without street and city carriers and partners are told the company's own.
    street = models.CharField(max_length=200, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    city = models.CharField(max_length=100, blank=True, default="", db_default="")
    region = models.CharField(max_length=100, blank=True, default="", db_default="")
    # Cycle counts: each place again after so many days, so many places a day; 0: none.
    count_every_days = models.PositiveSmallIntegerField(default=90, db_default=90)
    counts_per_day = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place that goods are taken from. `walk_order` is the way a picker walks."""

    class Kind(models.TextChoices):
        STORAGE = "storage", _("storage")
        RECEIVING = "receiving", _("receiving")
        PACKING = "packing", _("packing")
        QUARANTINE = "quarantine", _("quarantine")

    # What lies elsewhere is not promised and not picked.
    PICKED_FROM = (Kind.STORAGE,)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    code = models.CharField(max_length=20)
    kind = models.CharField(
        max_length=12, choices=Kind.choices, default=Kind.STORAGE, db_default=Kind.STORAGE
    )
    # Pickers share a house out by zones.
    zone = models.CharField(max_length=10, blank=True, default="", db_default="")
    walk_order = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "code"], name="fulfillment_location_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SourcingRule(models.Model):
    """Which houses are asked first for a country; without a country, for all others.

    The lower `rank` first. Within one rank the house that can serve the whole order comes first.
    """

    country = models.CharField(max_length=2, blank=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="sourcing")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        permissions = [("manage_warehouse", "Can set up warehouses, locations and rules")]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "warehouse"], name="fulfillment_sourcingrule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'}: {self.rank}. {self.warehouse_id}"


class ReorderLevel(models.Model):
    """Below `minimum` a product is low in a house; `target` is what it is filled up to."""

    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="reorder_levels"
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    minimum = models.DecimalField(max_digits=14, decimal_places=3)
    target = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "warehouse"], name="fulfillment_reorderlevel_once"
            ),
            models.CheckConstraint(
                name="fulfillment_reorderlevel_target_above_minimum",
                condition=Q(minimum__gte=0, target__gte=models.F("minimum")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.warehouse_id}: {self.minimum}"
