"""How customers pay, as later stages tell it, and the score that follows from it."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from credit.models.accounts import CreditAccount
from o2c.kernel.money import ZERO


class PaymentBehaviour(models.Model):
    """What receivables and collections know of a debtor, told by them as it changes.

    Amounts are in the account's currency, tax included. Days overdue follow from
    `oldest_due_on` and the day of the check, so they need no nightly run to be right.
    """

    account = models.OneToOneField(
        CreditAccount, on_delete=models.CASCADE, primary_key=True, related_name="behaviour"
    )
    open_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    overdue_amount = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    # The due date of the oldest open item that is not disputed; null: nothing is open.
    oldest_due_on = models.DateField(null=True)
    # Of the items settled in the last 365 days, weighted by amount; null: none was.
    average_days_late = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    share_paid_late = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    items_paid = models.PositiveIntegerField(default=0)
    broken_promises = models.PositiveIntegerField(default=0)
    disputes = models.PositiveIntegerField(default=0)
    dunning_level = models.PositiveSmallIntegerField(default=0)
    last_paid_on = models.DateField(null=True)
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_paymentbehaviour_share_in_range",
                condition=Q(share_paid_late=None)
                | Q(share_paid_late__gte=0, share_paid_late__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.overdue_amount} overdue"

    def days_overdue(self, on: date) -> int:
        """Return how many days the oldest open item is past due, 0 if none is."""
        return max((on - self.oldest_due_on).days, 0) if self.oldest_due_on else 0

    @property
    def share_overdue(self) -> Decimal:
        """Return the overdue part of what is open, 0 to 1."""
        return self.overdue_amount / self.open_amount if self.open_amount > 0 else Decimal(0)


class CreditScore(models.Model):
    """The score of one account on one day, with what led to it. Append-only."""

    account = models.ForeignKey(CreditAccount, on_delete=models.CASCADE, related_name="scores")
    scored_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    risk_class = models.CharField(max_length=1)
    # Each part: {"rule", "points", "message"}; the points add up to the score.
    reasons = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "scored_on"], name="credit_creditscore_once_a_day"
            ),
            models.CheckConstraint(name="credit_creditscore_in_range", condition=Q(score__lte=100)),
            models.CheckConstraint(
                name="credit_creditscore_risk_class_known",
                condition=Q(risk_class__in=["A", "B", "C", "D", "E"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.scored_on}: {self.score}"
