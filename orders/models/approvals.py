"""Who must approve an order before it is submitted, and what they decided."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from o2c.kernel.audited import Audited, StateDocument
from o2c.kernel.fields import StateField
from o2c.kernel.money import ZERO
from orders.models.orders import Order


class ApprovalRule(Audited):
    """From which amount or discount on an order needs somebody's approval.

    `threshold` is an amount in `currency`, tax excluded, or for discounts a fraction of the
    listed price; what is exactly at it needs none. Kind `waiver`: up to this amount who entered
    an order may waive its findings that otherwise need a second person.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("order amount")
        DISCOUNT = "discount", _("discount")
        WAIVER = "waiver", _("waiver by who entered it")

    class Approver(models.TextChoices):
        """The permission that approves."""

        APPROVE = "orders.approve_order", _("sales and finance leads")
        APPROVE_LARGE = "orders.approve_large_order", _("finance manager")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    currency = models.CharField(max_length=3, blank=True)
    threshold = models.DecimalField(max_digits=16, decimal_places=5)
    approver = models.CharField(max_length=40, choices=Approver.choices, default=Approver.APPROVE)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="orders_approvalrule_threshold_not_negative", condition=Q(threshold__gte=0)
            ),
            models.CheckConstraint(
                name="orders_approvalrule_currency_of_amounts",
                condition=Q(kind="discount") ^ ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="orders_approvalrule_discount_is_fraction",
                condition=~Q(kind="discount") | Q(threshold__lt=1),
            ),
            models.UniqueConstraint(
                fields=["kind", "currency", "threshold"],
                condition=Q(is_active=True),
                name="orders_approvalrule_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} > {self.threshold} {self.currency}".strip()


class OrderApproval(StateDocument):
    """Somebody asked for approval of a draft; it holds for the order as it was asked for.

    asked -> approved | refused | voided (the order was changed meanwhile)
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        VOIDED = "voided", _("Voided")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="approvals")
    state = StateField(choices=State.choices, default=State.ASKED)
    # What asks for it, a sentence each; and the permissions of which an approver needs all.
    reasons = models.JSONField()
    permissions = models.JSONField()
    # The highest discount and the amount that were asked for, tax excluded.
    discount_rate = models.DecimalField(max_digits=6, decimal_places=5, default=ZERO)
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [
            ("change_rules", "Can set from where on orders need approval"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="asked"), name="orders_orderapproval_asked_once"
            ),
            # Who asked never decides.
            models.CheckConstraint(
                name="orders_orderapproval_second_person",
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="orders_orderapproval_decision_has_person",
                condition=~Q(state__in=["approved", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="orders_orderapproval_refusal_has_reason",
                condition=~Q(state="refused") | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"

    @transition(field=state, source=State.ASKED, target=State.APPROVED)
    def approve(self, *, by: int, note: str, at: datetime) -> None:
        self._decide(by, note, at)

    @transition(field=state, source=State.ASKED, target=State.REFUSED)
    def refuse(self, *, by: int, note: str, at: datetime) -> None:
        self._decide(by, note, at)

    @transition(field=state, source=State.ASKED, target=State.VOIDED)
    def void(self, *, at: datetime) -> None:
        self.decided_at = at

    def _decide(self, by: int, note: str, at: datetime) -> None:
        self.decided_by_id = by
        self.note = note
        self.decided_at = at
