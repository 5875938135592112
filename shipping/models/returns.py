"""Goods that come back."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from customers.models import Customer
from fulfillment.models import Location, Lot, Warehouse
from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import PlainNumber
from shipping.models.shipments import ShipmentLine


class Return(StateDocument):
    """A customer sends goods back: announced -> received -> inspected -> settled | refused"""

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("Announced")
        RECEIVED = "received", _("Received")
        INSPECTED = "inspected", _("Inspected")
        SETTLED = "settled", _("Settled")
        REFUSED = "refused", _("Refused")

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="RMA-", sequence="return_number")
    )
    public_id = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="returns")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    state = StateField(choices=State.choices, default=State.ANNOUNCED)
    note = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("work_return", "Can announce, receive and inspect returns"),
            ("settle_return", "Can agree to credit a return, or refuse to"),
        ]
        indexes = [
            # Serves a customer's returns, newest first.
            models.Index(fields=["customer", "-id"], name="shipping_returns_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.ANNOUNCED, target=State.RECEIVED)
    def receive(self, *, at: datetime) -> None:
        self.received_at = at

    @transition(field=state, source=State.RECEIVED, target=State.INSPECTED)
    def inspect(self) -> None:
        """Each line has its disposition."""

    @transition(field=state, source=State.INSPECTED, target=State.SETTLED)
    def settle(self, *, at: datetime) -> None:
        self.settled_at = at

    @transition(field=state, source=[State.ANNOUNCED, State.INSPECTED], target=State.REFUSED)
    def refuse(self, *, answer: str) -> None:
        self.answer = answer


class ReturnLine(models.Model):
    """What comes back of a shipment's line, why, and what becomes of it."""

    class Reason(models.TextChoices):
        DAMAGED = "damaged", _("damaged")
        WRONG = "wrong", _("wrong goods")
        REFUSED = "refused", _("refused at the door")
        UNWANTED = "unwanted", _("not wanted any more")
        DEFECT = "defect", _("defect")
        LOST = "lost", _("lost on the way")

    # Why goods come back. What was lost never does: it is settled from its delivery case.
    COMING_BACK = (Reason.DAMAGED, Reason.WRONG, Reason.REFUSED, Reason.UNWANTED, Reason.DEFECT)
    # Where we or the carrier are to blame: who paid for the way gets that back, too.
    OUR_FAULT = (Reason.DAMAGED, Reason.WRONG, Reason.DEFECT, Reason.LOST)

    class Disposition(models.TextChoices):
        RESTOCK = "restock", _("back to the shelf")
        QUARANTINE = "quarantine", _("quarantine")
        SCRAP = "scrap", _("scrap")

    # What of it comes to a place of ours again.
    TO_STOCK = (Disposition.RESTOCK, Disposition.QUARANTINE)

    of = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    shipment_line = models.ForeignKey(
        ShipmentLine, on_delete=models.PROTECT, related_name="returned"
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    announced = models.DecimalField(max_digits=12, decimal_places=3)
    received = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    # What of it is credited.
    accepted = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    disposition = models.CharField(max_length=10, choices=Disposition.choices, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Why it could not be put there: somebody chooses another place, or mends what is wrong.
    problem = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "shipment_line", "lot"],
                nulls_distinct=False,
                name="shipping_returnline_once",
            ),
            models.CheckConstraint(
                name="shipping_returnline_quantities",
                condition=Q(
                    announced__gt=0,
                    received__gte=0,
                    received__lte=F("announced"),
                    accepted__gte=0,
                    accepted__lte=F("received"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announced} of line {self.shipment_line_id}"
