"""What we sell, for how much, and how it is taxed."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
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


class TaxCategory(models.TextChoices):
    """EN 16931 code list UNCL5305, as far as we charge."""

    STANDARD = "S", _("standard rate")
    ZERO = "Z", _("zero rated")
    EXEMPT = "E", _("exempt from tax")
    REVERSE_CHARGE = "AE", _("reverse charge")


class Product(Audited):
    """One thing that we sell, by its SKU."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        DISCONTINUED = "discontinued", _("discontinued")

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
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="catalog_product_quantities_positive",
                condition=Q(pack_multiple__gt=0, minimum_quantity__gt=0),
            ),
            models.CheckConstraint(
                name="catalog_product_weight_not_negative", condition=Q(weight_kg__gte=0)
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


class PriceList(models.Model):
    """Prices in one currency. The list without customer is everybody's."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="price_lists"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "customer"],
                nulls_distinct=False,
                name="catalog_pricelist_one_per_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(Audited):
    """What one unit of a product costs on a list, excluding tax."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    amount = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product"], name="catalog_price_once"),
            models.CheckConstraint(name="catalog_price_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.amount}"


class TaxRule(models.Model):
    """The rate of a tax category where goods are delivered; region empty: the whole country."""

    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=2, choices=TaxCategory.choices)
    # A fraction: 0.19 is 19 %.
    rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "region", "category"], name="catalog_taxrule_once"
            ),
            models.CheckConstraint(
                name="catalog_taxrule_is_fraction", condition=Q(rate__gte=0, rate__lt=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.region} {self.category}: {self.rate}"
