"""Who we exchange EDI documents with, and what we have sent them."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from o2c.kernel.audited import Audited, StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.models import StoredFile
from o2c.kernel.numbering import PlainNumber
from orders.models.intake import IntakeDocument
from orders.models.orders import Order


class TradingPartner(Audited):
    """A customer's EDI system: how it is named in envelopes, and how it is reached."""

    class Kind(models.TextChoices):
        X12 = "x12", _("X12")
        EDIFACT = "edifact", _("EDIFACT")
        UBL = "ubl", _("UBL")

    class Transport(models.TextChoices):
        NONE = "none", _("not sent")
        FOLDER = "folder", _("folder")
        AS2 = "as2", _("AS2")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="partners")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Their interchange identifier (ISA06, UNB S002, UBL EndpointID) and its qualifier.
    identifier = models.CharField(max_length=60)
    qualifier = models.CharField(max_length=10, blank=True)
    our_identifier = models.CharField(max_length=60)
    our_qualifier = models.CharField(max_length=10, blank=True)
    # Other codes that mean this buyer wherever they stand: GLN, DUNS, VAT number.
    codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    transport = models.CharField(max_length=10, choices=Transport.choices, default=Transport.NONE)
    # AS2: where we post to; folder: its name below EDI_FOLDER.
    address = models.CharField(max_length=300, blank=True)
    wants_acknowledgement = models.BooleanField(default=True)
    is_test = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Where they post to: `/edi/as2/<token>`.
    token = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        permissions = [("manage_partners", "Can manage trading partners")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "identifier"],
                condition=Q(is_active=True),
                name="orders_tradingpartner_identifier_once",
            ),
            models.CheckConstraint(
                name="orders_tradingpartner_has_address",
                condition=Q(transport="none") | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="orders_tradingpartner_identified",
                condition=~Q(identifier="") & ~Q(our_identifier=""),
            ),
        ]
        indexes = [
            # Serves partners_of(): whom a code in a document means.
            GinIndex(fields=["codes"], name="orders_partner_by_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} ({self.get_kind_display()})"


class PartnerMessage(StateDocument):
    """A document that we send a partner. Sent again it is the same bytes, so it cannot be two.

    queued -send-> sent | -fail-> failed;   failed, sent -requeue-> queued
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    class Verdict(models.TextChoices):
        NONE = "", _("not answered")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="messages")
    # 997, TA1, 855, 865, CONTRL, ORDRSP, OrderResponse …
    kind = models.CharField(max_length=20)
    # What it answers, once: an interchange's hash and place, a document, an order's release.
    source = models.CharField(max_length=150, unique=True)
    control = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="", sequence="orders_edi_control")
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="partner_messages"
    )
    document = models.ForeignKey(
        IntakeDocument, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    state = StateField(choices=State.choices, default=State.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Somebody is bringing it there; when this is past, they have died on the way.
    claimed_until = models.DateTimeField(null=True)
    # The day that each line was promised for in it: {line key: ISO date}.
    days = models.JSONField(null=True)

    class Meta:
        indexes = [
            # Serves the order's panel of messages.
            models.Index(fields=["order", "id"], name="orders_message_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.control}"

    @transition(field=state, source=[State.QUEUED, State.FAILED], target=State.SENT)
    def send(self, *, at: datetime) -> None:
        self.sent_at = at
        self.error = ""
        self.claimed_until = None

    @transition(field=state, source=[State.QUEUED, State.FAILED], target=State.FAILED)
    def fail(self, *, error: str) -> None:
        self.error = error
        self.claimed_until = None

    @transition(field=state, source=[State.FAILED, State.SENT, State.QUEUED], target=State.QUEUED)
    def requeue(self) -> None:
        """It goes out again, as it is."""
