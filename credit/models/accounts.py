"""What each customer may owe, by which decision, and what they owe now."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit.models.guidelines import GuidelineTable
from credit.policy import NO_POLICY, Policy
from customers.models import Customer
from o2c.kernel.audited import Audited
from o2c.kernel.money import ZERO

if TYPE_CHECKING:
    from credit.models.behaviour import PaymentBehaviour
    from credit.models.groups import CreditGroup


class CreditDecision(models.Model):
    """What was decided about a customer's credit, on which facts. Append-only.

    `inputs` and the table's version are enough to decide again in the same way.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    limit = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    valid_until = models.DateField(null=True)
    inputs = models.JSONField(default=dict)
    guideline = models.ForeignKey(
        GuidelineTable, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rule = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)
    # Who gave the second signature, where the amount asked for one.
    countersigned_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    # When somebody looks at the limit again, at the latest; null: when it ends.
    next_review_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_creditdecision_limit_not_negative", condition=Q(limit__gte=0)
            ),
            models.CheckConstraint(
                name="credit_creditdecision_approval_ends",
                condition=~Q(outcome="approved") | Q(valid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.limit}"


class CreditAccount(Audited):
    """A debtor's limit and exposure, in the account's currency, tax included.

    `exposure` is the sum of the account's entries, kept with each of them under the
    customer's lock.
    """

    class Standing(models.TextChoices):
        NONE = "none", _("No decision yet")
        APPROVED = "approved", _("Approved")
        EXPIRED = "expired", _("Expired")
        DECLINED = "declined", _("Declined")

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="credit_account"
    )
    currency = models.CharField(max_length=3)
    limit = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    exposure = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    latest_decision = models.ForeignKey(
        CreditDecision, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The most that one order may come to, tax included; null: no more than the limit.
    order_maximum = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    # From behaviour, every night: 0 (worst) to 100, and A (best) to E. Null, "": not scored yet.
    score = models.PositiveSmallIntegerField(null=True)
    risk_class = models.CharField(max_length=1, blank=True, default="", db_default="")

    # What is read together with the account, and counts for the day of reading only:
    # what guarantees add to the limit, how the customer pays, the group that it belongs to, and
    # the policy in force. See `services.accounts`.
    backing: Decimal = ZERO
    paying: "PaymentBehaviour | None" = None
    group: "CreditGroup | None" = None
    policy: Policy = NO_POLICY

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_creditaccount_limit_not_negative", condition=Q(limit__gte=0)
            ),
            models.CheckConstraint(
                name="credit_creditaccount_order_maximum_positive",
                condition=Q(order_maximum=None) | Q(order_maximum__gt=0),
            ),
            models.CheckConstraint(
                name="credit_creditaccount_score_in_range",
                condition=Q(score=None) | Q(score__lte=100),
            ),
            models.CheckConstraint(
                name="credit_creditaccount_risk_class_known",
                condition=Q(risk_class__in=["", "A", "B", "C", "D", "E"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.exposure} of {self.limit} {self.currency}"

    @property
    def effective_limit(self) -> Decimal:
        """Return what was decided, and what guarantees add to it on the day of reading."""
        return self.limit + self.backing

    @property
    def available(self) -> Decimal:
        return self.effective_limit - self.exposure

    def standing(self, on: date) -> str:
        """Return the standing on a day; it follows from the latest decision and its validity."""
        decision = self.latest_decision
        if decision is None:
            return self.Standing.NONE
        if decision.outcome == CreditDecision.Outcome.DECLINED:
            return self.Standing.DECLINED
        is_over = decision.valid_until is not None and decision.valid_until < on
        return self.Standing.EXPIRED if is_over else self.Standing.APPROVED


class ExposureEntry(models.Model):
    """One reason why a customer owes us more or less. Append-only.

    A step (dispatch, invoice, payment) moves an amount from one kind to the next with two
    entries of one source. Amounts include tax and are in the account's currency.
    """

    class Kind(models.TextChoices):
        OPEN_ORDER = "open_order", _("open orders")
        SHIPPED_UNBILLED = "shipped_unbilled", _("shipped, not yet invoiced")
        OPEN_ITEM = "open_item", _("open invoices")
        UNAPPLIED_CASH = "unapplied_cash", _("unapplied cash")

    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "exposure entries"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind"], name="credit_exposureentry_source_once"
            ),
            models.CheckConstraint(name="credit_exposureentry_not_zero", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}: {self.amount}"
