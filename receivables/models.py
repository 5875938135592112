"""The receivables sub-ledger: what is owed, what was applied to it, and the journal."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from invoicing.models import Invoice
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO


class LedgerAccount(models.TextChoices):
    """The accounts that this sub-ledger posts to; their codes go to the general ledger."""

    BANK = "1000", _("bank clearing")
    RECEIVABLE = "1200", _("receivables")
    UNAPPLIED_CASH = "1290", _("unapplied cash")
    TAX = "2200", _("tax payable")
    REVENUE = "4000", _("revenue")
    FREIGHT = "4100", _("freight charged")
    DIFFERENCE = "4900", _("payment differences")


class JournalEntry(models.Model):
    """One posting, balanced: a deferred trigger proves debit = credit at commit. Append-only."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    # NULL: money of a payer who was not known when it came in.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    # What it posts: `invoice:17`, `receipt:5`, `application:9`; once.
    source = models.CharField(max_length=60)
    posted_on = models.DateField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(fields=["source"], name="receivables_journalentry_source_once"),
        ]
        indexes = [
            models.Index(fields=["posted_on", "id"], name="receivables_journal_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class JournalLine(models.Model):
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=10, choices=LedgerAccount.choices)
    debit = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    credit = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="receivables_journalline_one_side",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit}"


class OpenItem(StateDocument):
    """The smallest claim with a due date and balance of its own.

    open -settle-> settled -reopen-> open
    `applied` is the sum of its applications; the balance is `amount` - `applied`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Paid")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="open_items")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="open_items")
    # Counts from 1; most invoices are due at once and have one item.
    instalment = models.PositiveSmallIntegerField(default=1, db_default=1)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    applied = models.DecimalField(max_digits=16, decimal_places=3, default=ZERO)
    issued_on = models.DateField()
    due_on = models.DateField()
    state = StateField(choices=State.choices, default=State.OPEN)
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "instalment"], name="receivables_openitem_instalment_once"
            ),
            models.CheckConstraint(
                name="receivables_openitem_applied_within",
                condition=Q(applied__gte=0, applied__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="receivables_openitem_settled_is_zero",
                condition=Q(state="settled", applied=F("amount"), settled_on__isnull=False)
                | Q(state="open", applied__lt=F("amount"), settled_on=None),
            ),
        ]
        indexes = [
            # Serves aging, overdue lists and the daily jobs.
            models.Index(
                fields=["due_on", "customer"],
                name="receivables_items_open",
                condition=Q(state="open"),
            ),
            # Serves a customer's account, newest first.
            models.Index(fields=["customer", "-id"], name="receivables_item_by_customer"),
            # Serves how a customer pays: what is open, and what was settled within a year.
            models.Index(fields=["customer", "settled_on"], name="receivables_item_by_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.balance} {self.currency}"

    @property
    def name(self) -> str:
        """Name the claim as people do: by its invoice, and which instalment of how many."""
        parts = len(self.invoice.schedule)
        return f"{self.invoice} ({self.instalment}/{parts})" if parts else str(self.invoice)

    @property
    def balance(self) -> Decimal:
        return self.amount - self.applied

    @transition(field=state, source=State.OPEN, target=State.SETTLED)
    def settle(self, *, on: date) -> None:
        self.settled_on = on

    @transition(field=state, source=State.SETTLED, target=State.OPEN)
    def reopen(self) -> None:
        self.settled_on = None


class Application(models.Model):
    """Cash applied to an item (negative: an application taken back). Append-only.

    `source` names where the cash comes from, `receipt:5`: a later stage owns it.
    """

    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="applications")
    source = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    applied_on = models.DateField()
    at = models.DateTimeField()
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="receivables_application_sign",
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
            ),
        ]
        indexes = [
            # Serves what became of one receipt.
            models.Index(fields=["source"], name="receivables_appl_by_source"),
            # Serves aging as of a past date: what was applied after it.
            models.Index(fields=["applied_on"], name="receivables_appl_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"


class InvoiceReview(StateDocument):
    """A task before the due date: is the invoice right, and on its way to be paid?

    open -find_fine-> fine | -mark_corrected-> corrected | -mark_disputed-> disputed | -ask-> asked
    """

    class State(models.TextChoices):
        OPEN = "open", _("Due soon")
        FINE = "fine", _("Fine")
        CORRECTED = "corrected", _("Corrected")
        DISPUTED = "disputed", _("Disputed")
        ASKED = "asked", _("Customer asked")

    item = models.OneToOneField(OpenItem, on_delete=models.PROTECT, related_name="review")
    state = StateField(choices=State.choices, default=State.OPEN)
    flagged_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("work_invoicereview", "Can work invoice reviews")]

    def __str__(self) -> str:
        return f"review of {self.item_id}"

    @transition(field=state, source=State.OPEN, target=State.FINE)
    def find_fine(self, *, note: str, at: datetime) -> None:
        self.note, self.closed_at = note, at

    @transition(field=state, source=State.OPEN, target=State.DISPUTED)
    def mark_disputed(self, *, note: str, at: datetime) -> None:
        self.note, self.closed_at = note, at

    @transition(field=state, source=State.OPEN, target=State.ASKED)
    def ask(self, *, note: str, at: datetime) -> None:
        self.note, self.closed_at = note, at


class Dispute(StateDocument):
    """A customer contests an item, in whole or part: it is not dunned while this is open.

    open -investigate-> investigating -> accepted | rejected | withdrawn
    """

    class State(models.TextChoices):
        OPEN = "open", _("New")
        INVESTIGATING = "investigating", _("Investigating")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    STANDING = (State.OPEN, State.INVESTIGATING)

    class Reason(models.TextChoices):
        PRICE = "price", _("price")
        QUANTITY = "quantity", _("quantity")
        DAMAGE = "damage", _("damage")
        OTHER = "other", _("other")

    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="disputes")
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=500)
    resolution = models.CharField(max_length=500, blank=True)
    state = StateField(choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("work_dispute", "Can open and resolve disputes")]
        constraints = [
            models.CheckConstraint(
                name="receivables_dispute_amount_positive", condition=Q(amount__gt=0)
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=["open", "investigating"]),
                name="receivables_dispute_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute of {self.item_id}"

    @transition(field=state, source=State.OPEN, target=State.INVESTIGATING)
    def investigate(self) -> None:
        """Somebody has taken it."""

    @transition(field=state, source=list(STANDING), target=State.REJECTED)
    def reject(self, *, resolution: str, at: datetime) -> None:
        self.resolution, self.closed_at = resolution, at

    @transition(field=state, source=list(STANDING), target=State.WITHDRAWN)
    def withdraw(self, *, resolution: str, at: datetime) -> None:
        self.resolution, self.closed_at = resolution, at
