"""What is asked besides the limit: versions of the credit policy, kept as data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited


class CreditPolicy(Audited):
    """A version of the credit policy. One is active.

    `rules` is a list: {"rule": name in `credit.policy`, "classes": ["D", "E"] or [] for all,
    "threshold": number, "action": "warn|refer|hold"}.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    rules = models.JSONField(default=list)
    # Orders wanted later than this many days from now are not counted yet; null: all are.
    horizon_days = models.PositiveSmallIntegerField(null=True)
    # From this amount on, in the company's currency, a decision needs a second signature.
    second_signature_from = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    # A case is answered within this time; who works it is warned before.
    answer_within_hours = models.PositiveSmallIntegerField(default=4)
    warn_before_minutes = models.PositiveSmallIntegerField(default=60)
    # A report of the credit bureau is asked for when a customer applies.
    asks_bureau = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "credit policies"
        permissions = [("change_policy", "Can change the credit policy and guidelines")]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="active"),
                name="credit_creditpolicy_one_active",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"
