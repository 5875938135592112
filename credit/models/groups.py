"""Limits over several accounts, and what backs a limit."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from o2c.kernel.audited import Audited
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO


class CreditGroup(Audited):
    """A limit for a parent customer and all its children together.

    Its exposure is the sum of theirs; the row is locked before a member's order is decided on.
    """

    parent = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="credit_group"
    )
    currency = models.CharField(max_length=3)
    limit = models.DecimalField(max_digits=16, decimal_places=3)
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)
    # What all members owe: summed up when the row is locked, and moved with each of them.
    exposure: Decimal = ZERO

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_creditgroup_limit_not_negative", condition=Q(limit__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent}: {self.limit} {self.currency}"


class Guarantee(Audited):
    """Somebody else answers for a customer's debt: raises the limit while it is valid."""

    class Kind(models.TextChoices):
        GUARANTEE = "guarantee", _("guarantee")
        INSURANCE = "insurance", _("credit insurance")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="guarantees")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    issuer = models.CharField(max_length=200)
    reference = models.CharField(max_length=80)
    # In the customer's currency.
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    valid_from = models.DateField()
    valid_until = models.DateField()
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [("record_guarantee", "Can record and withdraw guarantees")]
        constraints = [
            models.CheckConstraint(name="credit_guarantee_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="credit_guarantee_ends_after_start",
                condition=Q(valid_until__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["customer", "issuer", "reference"], name="credit_guarantee_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.reference}: {self.amount}"


class BureauReport(models.Model):
    """What a credit bureau answered about a customer, or why it did not. Append-only."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=40)
    score = models.PositiveSmallIntegerField(null=True)
    years_in_business = models.PositiveSmallIntegerField(null=True)
    content = models.JSONField(default=dict)
    # Why there is no score: for people. "" for a report that can be used.
    problem = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_bureaureport_score_or_problem",
                condition=Q(score__isnull=False, problem="") | (Q(score=None) & ~Q(problem="")),
            ),
        ]
        indexes = [
            # Serves the latest report about a customer.
            models.Index(fields=["customer", "-id"], name="credit_bureau_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.customer_id}: {self.problem or self.score}"
