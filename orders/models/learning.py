"""What people have taught us about a customer's own words, when they corrected a document."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Customer
from o2c.kernel.audited import Audited
from orders.models.intake import IntakeDocument


class IntakeCorrection(Audited):
    """One word of a customer's documents and what it means; used until it is revoked.

    `word` is folded: lower case, letters and digits alone. Part numbers are the catalog's.
    """

    class Kind(models.TextChoices):
        COLUMN = "column", _("column or label")
        UNIT = "unit", _("unit")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    word = models.CharField(max_length=100)
    shown = models.CharField(max_length=100)
    # A column's: the field that it means.
    meaning = models.CharField(max_length=30, blank=True)
    # A unit's: the product that is packed so, and how many of our unit one of theirs holds.
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    factor = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    # Where somebody taught it.
    document = models.ForeignKey(IntakeDocument, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "word", "product"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="orders_intakecorrection_once",
            ),
            models.CheckConstraint(
                name="orders_intakecorrection_says_something",
                condition=Q(kind="column", product=None, factor=None) & ~Q(meaning="")
                | Q(kind="unit", meaning="", product__isnull=False, factor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown}: {self.meaning or self.factor}"
