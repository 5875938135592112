"""How much each customer may owe, what they owe now, and who decided it."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers.models import Customer
from o2c.kernel.audited import Audited, StateDocument
from o2c.kernel.numbering import PlainNumber
from orders.models import Order

ZERO = Decimal(0)


class GuidelineTable(Audited):
    """A version of the credit guidelines: a decision table kept as data.

    `rules` is a list, tried from the top: {"name", "when": {input: [operator, value]},
    "then": "approve|decline|refer", "limit": "5000.00", "requested" or "requested*2",
    "valid_days": 365, "reason": for people}. `credit.guidelines` reads and applies it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    rules = models.JSONField()
    created_at = models.DateTimeField()

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

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_creditaccount_limit_not_negative", condition=Q(limit__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.exposure} of {self.limit} {self.currency}"

    @property
    def available(self) -> Decimal:
        return self.limit - self.exposure

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


class Hold(Audited):
    """A reason why a customer's orders wait. Several may stand at once; none is overwritten."""

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("overdue invoices")
        MANUAL = "manual", _("placed by a person")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    release_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [
            ("place_hold", "Can place credit holds"),
            ("release_hold", "Can release credit holds"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(released_at=None),
                name="credit_hold_one_active_per_kind",
            ),
            models.CheckConstraint(name="credit_hold_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


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
    state = FSMField(choices=State.choices, default=State.OPEN, protected=True)
    # What the guidelines saw and which rule of which table spoke, so that it can be replayed.
    inputs = models.JSONField(default=dict)
    guideline = models.ForeignKey(
        GuidelineTable, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rule = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)
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
    def ask_for_documents(self, *, reason: str) -> None:
        self.reason = reason

    @transition(field=state, source=State.AWAITING_DOCUMENTS, target=State.REFERRED)
    def receive_documents(self) -> None:
        """What was asked for has come."""

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


class OrderRelease(Audited):
    """A person's permission for one order beyond the rules, up to an amount and until a date."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="credit_releases")
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    expires_on = models.DateField()
    reason = models.CharField(max_length=300)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=200)

    class Meta:
        permissions = [("release_order", "Can release orders from credit hold")]
        constraints = [
            models.CheckConstraint(name="credit_orderrelease_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="credit_orderrelease_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount} until {self.expires_on}"


class CreditCheck(models.Model):
    """One evaluation of all rules for one order at one moment. Append-only."""

    class Outcome(models.TextChoices):
        ALLOW = "allow", _("allowed")
        HOLD = "hold", _("held")
        REFER = "refer", _("referred")
        DECLINE = "decline", _("declined")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="credit_checks")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    # Each rule that spoke: {"rule", "outcome", "message"}.
    reasons = models.JSONField(default=list)
    # What the rules saw: exposure, limit, amount, standing, holds, release.
    inputs = models.JSONField(default=dict)
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves the latest check of an order.
            models.Index(fields=["order", "-id"], name="credit_check_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.outcome}"
