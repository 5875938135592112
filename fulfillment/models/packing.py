"""Boxes and pallets, what is in them, and how far a shipment may differ from its order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.picking import PickLine, PickList
from o2c.kernel.numbering import PlainNumber


class Package(models.Model):
    """One box or pallet of a pick list."""

    class Kind(models.TextChoices):
        PARCEL = "parcel", _("parcel")
        PALLET = "pallet", _("pallet")

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="packages")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=6, choices=Kind.choices, default=Kind.PARCEL, db_default=Kind.PARCEL
    )
    # Its name in the world, GS1's serial shipping container code; empty: not labelled yet.
    sscc = models.CharField(max_length=18, blank=True, default="", db_default="")
    # Every package has one of these: an SSCC's serial number is never used again.
    serial = models.CharField(
        max_length=20, db_default=PlainNumber(prefix="", sequence="package_serial")
    )
    weight_kg = models.DecimalField(max_digits=10, decimal_places=3)
    length_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    width_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    height_cm = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pick_list", "number"], name="fulfillment_package_number_once"
            ),
            models.UniqueConstraint(
                fields=["sscc"], condition=~Q(sscc=""), name="fulfillment_package_sscc_once"
            ),
            models.CheckConstraint(
                name="fulfillment_package_weight_not_negative", condition=Q(weight_kg__gte=0)
            ),
            models.CheckConstraint(
                name="fulfillment_package_all_sides_or_none",
                condition=Q(length_cm=None, width_cm=None, height_cm=None)
                | Q(length_cm__gt=0, width_cm__gt=0, height_cm__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pick_list_id}/{self.number}"


class PackageLine(models.Model):
    """What of a pick line is in a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="lines")
    pick_line = models.ForeignKey(PickLine, on_delete=models.CASCADE, related_name="packed")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package", "pick_line"], name="fulfillment_packageline_once"
            ),
            models.CheckConstraint(
                name="fulfillment_packageline_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.pick_line_id}"


class ShipTolerance(models.Model):
    """How far people of a role may ship more or less than was ordered, as fractions of a line."""

    role = models.CharField(max_length=60, unique=True)
    over_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0)
    under_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fulfillment_shiptolerance_are_fractions",
                condition=Q(over_rate__gte=0, over_rate__lt=1, under_rate__gte=0, under_rate__lt=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: +{self.over_rate} -{self.under_rate}"
