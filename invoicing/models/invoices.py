"""Invoices: numbered, immutable claims with their lines and taxes."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.models import TaxCategory
from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import Company, StoredFile
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from shipping.models import Shipment, ShipmentLine


class Invoice(StateDocument):
    """A claim on a customer, made of what was shipped, or a credit memo that lowers one.

    Amounts are in `currency` and positive, those of a credit memo too: its kind says that it gives.

    draft -approve-> checked -issue-> issued;  draft | checked -discard-> discarded
    issued -replace-> replaced, -credit-> credited
    An issued invoice never changes: it has a number and a hash of what it says.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CHECKED = "checked", _("Checked")
        ISSUED = "issued", _("Open")
        REPLACED = "replaced", _("Replaced")
        CREDITED = "credited", _("Credited")
        DISCARDED = "discarded", _("Discarded")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_MEMO = "credit_memo", _("Credit memo")

    class Reason(models.TextChoices):
        RETURN = "return", _("goods returned")
        LOST = "lost", _("goods lost on the way")

    public_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INVOICE)
    # Given when it is issued; a draft has none.
    number = models.CharField(max_length=30, null=True, unique=True)  # noqa: DJ001  NULL: not yet
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="invoices")
    # What a credit memo lowers, why, and what asked for it, once: `return:5`.
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_memos"
    )
    reason = models.CharField(
        max_length=20, choices=Reason.choices, blank=True, default="", db_default=""
    )
    source = models.CharField(max_length=60, blank=True, default="", db_default="")
    # As printed, line by line: later changes of an address do not touch it.
    bill_to = models.TextField()
    ship_to = models.TextField()
    customer_po = models.CharField(max_length=60, blank=True)
    terms = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=3)
    gross_amount = models.DecimalField(max_digits=16, decimal_places=3)
    # What of `net_amount` is freight: the sum of its charges. The tariff says how much, or a
    # person has, and why.
    freight_amount = models.DecimalField(
        max_digits=16, decimal_places=3, default=ZERO, db_default=ZERO
    )
    freight_is_entered = models.BooleanField(default=False, db_default=False)
    freight_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    state = StateField(choices=State.choices, default=State.DRAFT)
    # What the checks before issue found: {"rule", "message"}; empty when clean.
    findings = models.JSONField(default=list)
    issued_on = models.DateField(null=True)
    # When all of it is due; `schedule` names each instalment, where there are several:
    # {"due_on", "amount"}. `discounts`: what may be taken off by when: {"until", "rate", "amount"}.
    due_on = models.DateField(null=True)
    schedule = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    discounts = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Everything that is printed, as canonical JSON (`content.py`), and its SHA-256: the PDF is
    # drawn from this alone, so it says the same whatever changes elsewhere.
    content = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        permissions = [
            ("issue_invoice", "Can issue invoices"),
            ("send_invoice", "Can send invoices again"),
        ]
        constraints = [
            models.CheckConstraint(
                name="invoicing_invoice_issued_is_complete",
                condition=(
                    Q(state__in=["draft", "checked", "discarded"], number=None)
                    | (
                        Q(
                            number__isnull=False,
                            issued_on__isnull=False,
                            due_on__isnull=False,
                        )
                        & ~Q(content="")
                        & ~Q(content_hash="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="invoicing_invoice_gross_is_net_plus_tax",
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="invoicing_invoice_freight_not_negative", condition=Q(freight_amount__gte=0)
            ),
            models.CheckConstraint(
                name="invoicing_invoice_no_freight_has_reason",
                condition=~Q(freight_is_entered=True, freight_amount=0) | ~Q(freight_reason=""),
            ),
            models.CheckConstraint(
                name="invoicing_invoice_due_after_issue",
                condition=Q(due_on=None) | Q(due_on__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="invoicing_invoice_credit_memo_names_original",
                condition=~Q(kind="credit_memo") | (Q(original__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                fields=["original", "source"],
                condition=~Q(source=""),
                name="invoicing_invoice_credited_once_per_source",
            ),
        ]
        indexes = [
            # Serves a customer's invoices, newest first.
            models.Index(fields=["customer", "-id"], name="invoicing_by_customer"),
            # Serves the queue of drafts that need somebody.
            models.Index(fields=["-id"], name="invoicing_drafts", condition=Q(state="draft")),
        ]

    @property
    def instalments(self) -> list[tuple[date, Decimal]]:
        """Return what is due when of an issued invoice, in order; most are due at once."""
        assert self.due_on  # an issued invoice has its date, by constraint
        parts = [(date.fromisoformat(p["due_on"]), Decimal(p["amount"])) for p in self.schedule]
        return parts or [(self.due_on, self.gross_amount)]

    def __str__(self) -> str:
        return self.number or str(_("draft invoice %(pk)s") % {"pk": self.pk})

    @property
    def reference(self) -> str:
        """Name it in addresses: by its number, a draft by its public id."""
        return self.number or self.public_id

    @transition(field=state, source=State.DRAFT, target=State.CHECKED)
    def approve(self) -> None:
        """Nothing speaks against issuing it."""

    @transition(field=state, source=State.CHECKED, target=State.ISSUED)
    def issue(self, *, content: str, content_hash: str) -> None:
        """It is numbered and dated, and `content` says all that."""
        self.content, self.content_hash = content, content_hash

    @transition(field=state, source=[State.DRAFT, State.CHECKED], target=State.DISCARDED)
    def discard(self) -> None:
        """It will not be issued; its shipment lines are free to be billed again."""

    @transition(field=state, source=State.ISSUED, target=State.CREDITED)
    def credit(self) -> None:
        """Credit memos have taken off all of it."""

    @property
    def goods_amount(self) -> Decimal:
        return self.net_amount - self.freight_amount

    @property
    def is_credit_memo(self) -> bool:
        return self.kind == Invoice.Kind.CREDIT_MEMO

    @property
    def signed_amount(self) -> Decimal:
        """What it adds to what the customer owes, tax included; a credit memo takes off."""
        return -self.gross_amount if self.is_credit_memo else self.gross_amount


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    shipment_line = models.ForeignKey(
        ShipmentLine, on_delete=models.PROTECT, related_name="invoice_lines"
    )
    # The line that this one of a credit memo takes off, in part or whole.
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credits"
    )
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            # Each shipped line is billed once.
            models.UniqueConstraint(
                fields=["shipment_line"],
                condition=Q(original=None),
                name="invoicing_invoiceline_billed_once",
            ),
            models.UniqueConstraint(
                fields=["invoice", "original"], name="invoicing_invoiceline_credited_once_per_memo"
            ),
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoicing_invoiceline_position_once"
            ),
            models.CheckConstraint(
                name="invoicing_invoiceline_quantity_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.sku}"


class InvoiceTax(models.Model):
    """The tax of one category and rate (EN 16931 BG-23)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="taxes")
    category = models.CharField(max_length=2, choices=TaxCategory.choices)
    rate = models.DecimalField(max_digits=6, decimal_places=5)
    base_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "category", "rate"], name="invoicing_invoicetax_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate}: {self.tax_amount}"
