"""Changes of orders that were agreed on, and what was agreed at each time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from o2c.kernel.audited import StateDocument
from o2c.kernel.fields import StateField
from orders.models.orders import Order


class Amendment(StateDocument):
    """A change of an order that was handed over: first checked, then applied or withdrawn.

    draft -check-> checked -apply-> applied;  draft | checked | asked -withdraw-> withdrawn
    draft -ask-> asked -grant-> applied, -refuse-> refused
    A draft has blocking findings; what is checked may be applied; what only needs a second
    person's approval is asked for.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CHECKED = "checked", _("Checked")
        ASKED = "asked", _("Waits for approval")
        REFUSED = "refused", _("Refused")
        APPLIED = "applied", _("Applied")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="amendments")
    serial = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=30, unique=True)
    state = StateField(choices=State.choices, default=State.DRAFT)
    # The order's revision and content (`revisions.content_of`) that the change was made against.
    base_revision = models.PositiveIntegerField()
    base = models.JSONField()
    # What was asked for: `AmendmentChanges.as_json`.
    asked = models.JSONField()
    # What it does: amounts before and after, and each line (`amending.effects_of`).
    effects = models.JSONField(default=dict)
    # Each {"rule", "severity", "field", "message"}.
    findings = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    # Why it needs approval, a sentence each; and the permissions of which an approver needs all.
    needs = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    permissions = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    # What the second person wrote, or what spoke against it when they approved.
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        permissions = [("amend_order", "Can change orders that were agreed on")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "serial"], name="orders_amendment_serial_once"
            ),
            models.CheckConstraint(name="orders_amendment_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="orders_amendment_applied_has_time",
                condition=Q(state="applied") ^ Q(applied_at=None),
            ),
            # Who asked never decides.
            models.CheckConstraint(
                name="orders_amendment_second_person",
                condition=Q(decided_by=None) | Q(asker=None) | ~Q(decided_by=F("asker")),
            ),
            models.CheckConstraint(
                name="orders_amendment_asked_has_needs",
                condition=~Q(state="asked") | (~Q(permissions=[]) & Q(asker__isnull=False)),
            ),
            models.CheckConstraint(
                name="orders_amendment_refusal_has_reason",
                condition=~Q(state="refused") | (~Q(note="") & Q(decided_by__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="asked"), name="orders_amendment_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=State.DRAFT, target=State.CHECKED)
    def check_off(self) -> None:
        """Nothing speaks against it."""

    @transition(field=state, source=State.CHECKED, target=State.APPLIED)
    def apply(self, *, at: datetime, by: str) -> None:
        self.applied_at, self.closed_by = at, by

    @transition(field=state, source=State.DRAFT, target=State.ASKED)
    def ask(self, *, asker: int, needs: list[str], permissions: list[str]) -> None:
        """A second person decides."""
        self.asker_id, self.needs, self.permissions = asker, needs, permissions

    @transition(field=state, source=State.ASKED, target=State.APPLIED)
    def grant(self, *, by: int, name: str, note: str, at: datetime) -> None:
        """A second person has approved it, and it is made."""
        self.applied_at, self.closed_by = at, name
        self._decide(by, note, at)

    @transition(field=state, source=State.ASKED, target=State.REFUSED)
    def refuse(self, *, by: int, name: str, note: str, at: datetime) -> None:
        """A second person has refused it, or it could not be made any more when they approved."""
        self.closed_by = name
        self._decide(by, note, at)

    def _decide(self, by: int, note: str, at: datetime) -> None:
        self.decided_by_id, self.note, self.decided_at = by, note, at

    @transition(
        field=state, source=[State.DRAFT, State.CHECKED, State.ASKED], target=State.WITHDRAWN
    )
    def withdraw(self, *, by: str) -> None:
        self.closed_by = by


class OrderRevision(models.Model):
    """What was agreed on, as of one revision of an order. Append-only, by trigger.

    The first one is kept when the order is first changed or cancelled in part: until then the
    order itself says it. `content` is `revisions.CONTENT`: quantities less what was cancelled.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, null=True, related_name="revisions"
    )
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"], name="orders_orderrevision_number_once"
            ),
            models.UniqueConstraint(fields=["amendment"], name="orders_orderrevision_amended_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}, {self.number}"
