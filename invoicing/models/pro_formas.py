"""Pro forma invoices: what to pay before an order is delivered. No claim, no tax point."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import Company, StoredFile
from o2c.kernel.numbering import PlainNumber
from orders.models import Order


class ProForma(StateDocument):
    """What a customer pays in advance for an order. Amounts are in `currency`.

    issued -pay-> paid, -lapse-> lapsed;  issued | paid -withdraw-> withdrawn
    It is no entry of any ledger: the invoice follows the goods. What it says never changes.
    """

    class State(models.TextChoices):
        ISSUED = "issued", _("Waits for payment")
        PAID = "paid", _("Paid")
        LAPSED = "lapsed", _("Lapsed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    STANDING = (State.ISSUED, State.PAID)

    public_id = models.CharField(max_length=40, unique=True)
    # Not gapless: the law asks that of invoices only. Payers name it as their reference.
    number = models.CharField(
        max_length=20,
        unique=True,
        db_default=PlainNumber(prefix="PF-", sequence="invoicing_pro_forma_number"),
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="pro_formas")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="pro_formas")
    currency = models.CharField(max_length=3)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=16, decimal_places=3)
    gross_amount = models.DecimalField(max_digits=16, decimal_places=3)
    # What is asked for: all of the order, less what had been paid in advance for it already.
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    issued_on = models.DateField()
    valid_until = models.DateField()
    state = StateField(choices=State.choices, default=State.ISSUED)
    # Everything that is printed but the number, as canonical JSON (`pro_forma_content.py`).
    content = models.TextField()
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    # Whom it was mailed to; without an address it waits in the portal.
    recipient = models.EmailField(blank=True)
    mailed_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [
            ("ask_prepayment", "Can ask for payment in advance"),
        ]
        constraints = [
            # One at a time asks for an order's money.
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state="issued"),
                name="invoicing_proforma_one_open_per_order",
            ),
            models.CheckConstraint(
                name="invoicing_proforma_gross_is_net_plus_tax",
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="invoicing_proforma_amount_within_total",
                condition=Q(amount__gt=0, amount__lte=F("gross_amount")),
            ),
            models.CheckConstraint(
                name="invoicing_proforma_valid_after_issue",
                condition=Q(valid_until__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="invoicing_proforma_end_fits_state",
                condition=Q(state="issued", ended_at=None)
                | (~Q(state="issued") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            # Serves a customer's pro formas, newest first.
            models.Index(fields=["customer", "-id"], name="invoicing_proformas_customer"),
            # Serves what waits for payment, and what lapses tonight.
            models.Index(
                fields=["valid_until"],
                name="invoicing_proformas_open",
                condition=Q(state="issued"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.ISSUED, target=State.PAID)
    def pay(self, *, at: datetime) -> None:
        """All of the order is paid in advance."""
        self.ended_at = at

    @transition(field=state, source=State.ISSUED, target=State.LAPSED)
    def lapse(self, *, at: datetime) -> None:
        """Its last day has passed without the money."""
        self.ended_at = at

    @transition(field=state, source=STANDING, target=State.WITHDRAWN)
    def withdraw(self, *, reason: str, at: datetime) -> None:
        """It asks for nothing any more, such as when its order has changed."""
        self.ended_at, self.end_reason = at, reason
