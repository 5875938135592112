"""The credit guidelines: decision tables kept as data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited


class GuidelineTable(Audited):
    """A version of the credit guidelines: a decision table kept as data.

    `rules` is a list, tried from the top: {"name", "when": {input: [operator, value]},
    "then": "approve|decline|refer", "limit": "5000.00", "requested" or "requested*2",
    "valid_days": 365, "reason": for people}. `credit.guidelines` reads and applies it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TESTED = "tested", _("Tested on history")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    rules = models.JSONField()
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    # What the test on past decisions said: {"decisions", "flips": [...]}; only of a tested table.
    test_report = models.JSONField(null=True)
    tested_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    activated_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="active"),
                name="credit_guidelinetable_one_active",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class GuidelineVerdict(models.Model):
    """What a table said about an application, on which facts. Append-only; it can be replayed.

    An application has one each time the guidelines looked at it: more facts, another verdict.
    """

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("approved")
        DECLINE = "decline", _("declined")
        REFER = "refer", _("referred")

    application = models.ForeignKey(
        "credit.CreditApplication", on_delete=models.PROTECT, related_name="verdicts"
    )
    guideline = models.ForeignKey(GuidelineTable, on_delete=models.PROTECT, related_name="+")
    inputs = models.JSONField()
    # "": no rule spoke.
    rule = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    limit = models.DecimalField(max_digits=16, decimal_places=3)
    valid_days = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_guidelineverdict_limit_only_if_approved",
                condition=Q(outcome="approve", limit__gte=0, valid_days__gt=0)
                | (~Q(outcome="approve") & Q(limit=0, valid_days=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.rule}"
