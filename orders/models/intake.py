"""Documents as they came in, and what was read in them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import StoredFile
from o2c.kernel.money import ZERO
from orders.models.orders import Channel, Order


class IntakeDocument(StateDocument):
    """A document as it came, and what we read in it.

    received -read-> parsed -accept-> accepted, -review-> in_review, -reject-> rejected, duplicate
    in_review -> accepted | rejected
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PARSED = "parsed", _("Read")
        ACCEPTED = "accepted", _("Accepted")
        IN_REVIEW = "in_review", _("In review")
        REJECTED = "rejected", _("Rejected")
        DUPLICATE = "duplicate", _("Duplicate")

    class Purpose(models.TextChoices):
        ORDER = "order", _("order")
        CHANGE = "change", _("change of an order")
        CANCELLATION = "cancellation", _("cancellation")
        OTHER = "other", _("no order")

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # Which order of the file: a spreadsheet may hold many.
    part = models.CharField(max_length=100, blank=True)
    file_format = models.CharField(max_length=20)
    purpose = models.CharField(
        max_length=12, choices=Purpose.choices, default=Purpose.ORDER, db_default=Purpose.ORDER
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    # Who sent it, as the envelope says: an e-mail address, an interchange identifier.
    sender = models.CharField(max_length=200, blank=True, default="", db_default="")
    # The sender's own number of the message: an interchange's control number, a Message-ID.
    reference = models.CharField(max_length=200, blank=True, default="", db_default="")
    # The mail that the document was attached to.
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    customer_po = models.CharField(max_length=60, blank=True)
    content = models.JSONField(default=dict)
    # By field (`lines.0.quantity`): how sure the reader is, and where it stands in the document.
    evidence = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    findings = models.JSONField(default=list)
    confidence = models.DecimalField(max_digits=4, decimal_places=3, default=ZERO)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="intake_documents"
    )
    state = StateField(choices=State.choices, default=State.RECEIVED)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves used_controls(): has the sender used this control number before?
            models.Index(
                fields=["sender", "reference"],
                name="orders_intake_by_control",
                condition=Q(file_format__in=["x12", "edifact"]),
            ),
        ]
        constraints = [
            # The same part of the same file makes one order at most.
            models.UniqueConstraint(
                fields=["file", "part"],
                condition=Q(state="accepted"),
                name="orders_intakedocument_accepted_once",
            ),
            # A mail is taken in once, however often the mailbox shows it.
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(file_format="eml"),
                name="orders_intakedocument_mail_once",
            ),
            models.CheckConstraint(
                name="orders_intakedocument_accepted_has_order",
                condition=~Q(state="accepted") | Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.part}".strip()

    @transition(field=state, source=State.RECEIVED, target=State.PARSED)
    def read(self) -> None:
        """The format was understood; what was read is in `content`."""

    @transition(field=state, source=[State.PARSED, State.IN_REVIEW], target=State.ACCEPTED)
    def accept(self, *, order: Order) -> None:
        self.order = order

    @transition(field=state, source=State.PARSED, target=State.IN_REVIEW)
    def review(self) -> None:
        """Somebody must look: there is doubt about a field."""

    @transition(
        field=state,
        source=[State.RECEIVED, State.PARSED, State.IN_REVIEW],
        target=State.REJECTED,
    )
    def reject(self) -> None:
        """It cannot become an order; `findings` say why."""

    @transition(field=state, source=State.PARSED, target=State.DUPLICATE)
    def mark_duplicate(self) -> None:
        """The same document, or the same purchase order, is here already."""
