"""What we sell, in which units, and what customers call it."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.taxes import TaxCategory
from o2c.kernel.audited import Audited


class UnitOfMeasure(models.Model):
    """A unit, by its UN/ECE Recommendation 20 code: C62 one, KGM kilogram, MTR metre."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=40)
    # Whether quantities may have decimals: metres yes, pieces no.
    is_divisible = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "units of measure"

    def __str__(self) -> str:
        return self.name


class Product(Audited):
    """One thing that we sell, by its SKU."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DISCONTINUED = "discontinued", _("discontinued")

    class Tracking(models.TextChoices):
        NONE = "none", _("not tracked")
        LOT = "lot", _("by lot")
        SERIAL = "serial", _("by serial number")

    sku = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    # SKU, name and GTIN in lower case without accents: what people search.
    folded_text = models.CharField(max_length=300)
    gtin = models.CharField(max_length=14, blank=True)
    group = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT, related_name="+")
    pack_multiple = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    minimum_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    weight_kg = models.DecimalField(max_digits=10, decimal_places=3, default=Decimal(0))
    tax_category = models.CharField(
        max_length=2, choices=TaxCategory.choices, default=TaxCategory.STANDARD
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    # What is sold instead of a discontinued product.
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    tracking = models.CharField(
        max_length=6, choices=Tracking.choices, default=Tracking.NONE, db_default=Tracking.NONE
    )
    # Its lots have a day on which they expire: the first to expire is picked first.
    expires = models.BooleanField(default=False, db_default=False)
    # Working days until more can be had, once stock is out.
    lead_time_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    # For customs: ISO 3166 country, and the commodity code of the Combined Nomenclature or HTS.
    origin_country = models.CharField(max_length=2, blank=True, default="", db_default="")
    commodity_code = models.CharField(max_length=10, blank=True, default="", db_default="")
    # Goes up with each change: who changes an older one is told so.
    revision = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="catalog_product_not_own_successor", condition=~Q(successor=F("pk"))
            ),
            models.CheckConstraint(
                name="catalog_product_quantities_positive",
                condition=Q(pack_multiple__gt=0, minimum_quantity__gt=0),
            ),
            models.CheckConstraint(
                name="catalog_product_weight_not_negative", condition=Q(weight_kg__gte=0)
            ),
            models.CheckConstraint(
                name="catalog_product_expires_by_lot",
                condition=Q(expires=False) | ~Q(tracking="none"),
            ),
        ]
        indexes = [
            # Serves search_products(): part of a SKU, words of the name, a GTIN.
            GinIndex(fields=["folded_text"], name="catalog_by_text", opclasses=["gin_trgm_ops"]),
            # Serves products_by_code(): a scanned or pasted GTIN.
            models.Index(fields=["gtin"], name="catalog_by_gtin", condition=~Q(gtin="")),
        ]

    def __str__(self) -> str:
        return self.sku


class ProductUnit(models.Model):
    """A larger unit that a product is also ordered in: a carton of 12, with a GTIN of its own."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pack_units")
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT, related_name="+")
    # How many of the product's own unit it holds.
    factor = models.DecimalField(max_digits=12, decimal_places=3)
    gtin = models.CharField(max_length=14, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "unit"], name="catalog_productunit_once"),
            models.CheckConstraint(
                name="catalog_productunit_factor_positive", condition=Q(factor__gt=0)
            ),
        ]
        indexes = [
            # Serves set_pack_unit() and import_products(): whose GTIN it is already.
            models.Index(fields=["gtin"], name="catalog_pack_by_gtin", condition=~Q(gtin="")),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} of {self.factor}"
