"""What people do with a case before it is decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit.models.applications import CreditApplication
from customers.models import Customer
from o2c.kernel.audited import Audited
from o2c.kernel.models import StoredFile
from orders.models import Order


class CaseComment(models.Model):
    """A remark on a case, for colleagues: on an application or on a waiting order. Append-only."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(
        CreditApplication, on_delete=models.PROTECT, null=True, related_name="comments"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_casecomment_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="credit_casecomment_on_a_case",
                condition=Q(application__isnull=False) | Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class CreditDocument(models.Model):
    """A paper for a credit application, from the customer or from one of us. Append-only."""

    application = models.ForeignKey(
        CreditApplication, on_delete=models.PROTECT, related_name="documents"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "file"], name="credit_creditdocument_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CreditProposal(Audited):
    """A decision that waits for a second signature: nothing of it holds before.

    It binds what was proposed: another amount or date is another proposal.
    """

    class Kind(models.TextChoices):
        APPLICATION = "application", _("approve an application")
        LIMIT = "limit", _("set a limit")
        RELEASE = "release", _("release an order")

    class Status(models.TextChoices):
        OPEN = "open", _("Second approval")
        SIGNED = "signed", _("Signed")
        REJECTED = "rejected", _("Rejected")
        LAPSED = "lapsed", _("Lapsed")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(
        CreditApplication, on_delete=models.PROTECT, null=True, related_name="proposals"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    # The limit, or what the order may come to; tax included, in the customer's currency.
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    valid_until = models.DateField()
    # When the limit is looked at again; null: when it ends.
    next_review_on = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [("sign_creditproposal", "Can give the second signature")]
        constraints = [
            models.CheckConstraint(
                name="credit_creditproposal_four_eyes",
                condition=~Q(status="signed")
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="credit_creditproposal_not_negative", condition=Q(amount__gte=0)
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status="open"),
                name="credit_creditproposal_one_per_application",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="open", kind="release"),
                name="credit_creditproposal_one_per_order",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status="open", kind="limit"),
                name="credit_creditproposal_one_per_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount} until {self.valid_until}"


class OrderPrepayment(models.Model):
    """Money that came in advance for one order, as receivables tells it. Append-only.

    `source` is unique: `receipt:17`. A negative amount takes money back from the order.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="prepayments")
    source = models.CharField(max_length=60, unique=True)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_orderprepayment_not_zero", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.amount}"
