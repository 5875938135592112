"""How what we sell is taxed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.validity import RANGE_IN_ORDER, Dated, never_twice
from customers.models import Customer
from o2c.kernel.audited import Audited


class TaxCategory(models.TextChoices):
    """EN 16931 code list UNCL5305, as far as goods are sold under it."""

    STANDARD = "S", _("standard rate")
    ZERO = "Z", _("zero rated")
    EXEMPT = "E", _("exempt from tax")
    REVERSE_CHARGE = "AE", _("reverse charge")
    INTRA_COMMUNITY = "K", _("intra-community supply")
    EXPORT = "G", _("export, not taxed")
    OUT_OF_SCOPE = "O", _("outside the scope of tax")


# What a product may be of itself; intra-community supply and export follow from the place.
OF_PRODUCTS = tuple(
    category.value
    for category in TaxCategory
    if category not in (TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT)
)


class TaxRule(Dated):
    """The rate of a tax category where goods are delivered; region empty: the whole country."""

    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=2, choices=TaxCategory.choices)
    # A fraction: 0.19 is 19 %.
    rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            never_twice("catalog_taxrule_once_a_day", "country", "region", "category"),
            models.CheckConstraint(name="catalog_taxrule_days_in_order", condition=RANGE_IN_ORDER),
            models.CheckConstraint(
                name="catalog_taxrule_is_fraction", condition=Q(rate__gte=0, rate__lt=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.region} {self.category}: {self.rate}"


class TaxExemption(Dated, Audited):
    """A customer's certificate that spares them tax at a place, such as a resale certificate;
    region empty: the whole country.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tax_exemptions")
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    certificate = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            never_twice("catalog_taxexemption_once_a_day", "customer", "country", "region"),
            models.CheckConstraint(
                name="catalog_taxexemption_days_in_order", condition=RANGE_IN_ORDER
            ),
            models.CheckConstraint(
                name="catalog_taxexemption_has_certificate", condition=~Q(certificate="")
            ),
        ]

    def __str__(self) -> str:
        return self.certificate
