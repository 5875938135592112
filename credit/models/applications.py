"""Requests for credit."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from credit.models.guidelines import GuidelineTable
from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.numbering import PlainNumber
from orders.models import Order


class CreditApplicationQuerySet(models.QuerySet["CreditApplication"]):
    def waiting(self) -> "CreditApplicationQuerySet":
        """Those without a decision; a customer has one at most."""
        return self.filter(state__in=CreditApplication.WAITING)


class CreditApplication(StateDocument):
    """A request for credit, opened by itself for whoever has no current approval.

    open -> approved | declined | referred;  referred -> approved | declined | withdrawn
    referred -> awaiting_documents -> referred
    """

    class State(models.TextChoices):
        OPEN = "open", _("New")
        REFERRED = "referred", _("In review")
        AWAITING_DOCUMENTS = "awaiting_documents", _("Documents asked")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    WAITING = (State.OPEN, State.REFERRED, State.AWAITING_DOCUMENTS)

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="CR-", sequence="credit_number")
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="credit_applications"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    requested_amount = models.DecimalField(max_digits=16, decimal_places=3)
    state = StateField(choices=State.choices, default=State.OPEN)
    # What the guidelines saw and which rule of which table spoke, so that it can be replayed.
    inputs = models.JSONField(default=dict)
    guideline = models.ForeignKey(
        GuidelineTable, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rule = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    # What the customer states, where somebody asked: null is unknown.
    years_in_business = models.PositiveSmallIntegerField(null=True)
    trade_references = models.PositiveSmallIntegerField(null=True)
    requested_limit = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    # What is asked for in documents, and when; "": nothing is.
    documents_asked = models.CharField(max_length=500, blank=True, default="", db_default="")
    documents_asked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    objects = CreditApplicationQuerySet.as_manager()

    class Meta:
        permissions = [("decide_creditapplication", "Can decide credit applications")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["open", "referred", "awaiting_documents"]),
                name="credit_creditapplication_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.OPEN, target=State.REFERRED)
    def refer(self, *, reason: str) -> None:
        self.reason = reason

    @transition(field=state, source=State.REFERRED, target=State.AWAITING_DOCUMENTS)
    def ask_for_documents(self, *, documents: str, at: datetime) -> None:
        self.documents_asked, self.documents_asked_at = documents, at

    @transition(field=state, source=State.AWAITING_DOCUMENTS, target=State.REFERRED)
    def receive_documents(self, *, answer_by: datetime) -> None:
        """What was asked for has come; the clock goes on."""
        self.documents_asked, self.documents_asked_at = "", None
        self.answer_by = answer_by

    @transition(
        field=state,
        source=[State.OPEN, State.REFERRED, State.AWAITING_DOCUMENTS],
        target=State.APPROVED,
    )
    def approve(self, *, reason: str, at: datetime) -> None:
        self.reason, self.decided_at = reason, at

    @transition(
        field=state,
        source=[State.OPEN, State.REFERRED, State.AWAITING_DOCUMENTS],
        target=State.DECLINED,
    )
    def decline(self, *, reason: str, at: datetime) -> None:
        self.reason, self.decided_at = reason, at

    @transition(
        field=state, source=[State.REFERRED, State.AWAITING_DOCUMENTS], target=State.WITHDRAWN
    )
    def withdraw(self, *, reason: str, at: datetime) -> None:
        self.reason, self.decided_at = reason, at
