"""What an administrator settles about checking orders: tolerance, handling days, approvals."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders.models import ApprovalRule

MOST_HANDLING_DAYS = 60
ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class NewApprovalRule:
    """From where on orders need approval; see `ApprovalRule`."""

    kind: str
    threshold: Decimal
    approver: str
    currency: str = ""


@service
def change_checking(
    *, price_tolerance: Decimal, handling_days: int, at: datetime, actor: Actor
) -> Company:
    """Set how far a price may be from the listed one, a fraction, and the days before departure.

    Raises:
        InvalidInput: the tolerance is no fraction below 1, or the days are too many.
    """
    if not ZERO <= price_tolerance < ONE:
        raise InvalidInput(_("Enter a tolerance from 0 to below 100 %."), field="price_tolerance")
    if not 0 <= handling_days <= MOST_HANDLING_DAYS:
        message = _("Enter 0 to %(most)s working days.") % {"most": MOST_HANDLING_DAYS}
        raise InvalidInput(message, field="handling_days")
    company = the_company()
    changes = {
        "price_tolerance_rate": (company.price_tolerance_rate, price_tolerance),
        "handling_days": (company.handling_days, handling_days),
    }
    company.price_tolerance_rate = price_tolerance
    company.handling_days = handling_days
    rows.update(company, list(changes))
    audit.record(f"company:{company.pk}", "change", at=at, actor=actor, changes=changes)
    return company


@service
def add_approval_rule(*, wanted: NewApprovalRule, at: datetime, actor: Actor) -> ApprovalRule:
    """Ask for approval of orders over a threshold from now on.

    Raises:
        InvalidInput: the threshold or the currency does not fit the kind, or the rule is there.
    """
    currency = wanted.currency.strip().upper()
    is_discount = wanted.kind == ApprovalRule.Kind.DISCOUNT
    if is_discount and not ZERO <= wanted.threshold < ONE:
        raise InvalidInput(_("Enter a discount from 0 to below 100 %."), field="threshold")
    if not wanted.threshold.is_finite() or wanted.threshold < 0:
        raise InvalidInput(_("Enter a threshold of zero or more."), field="threshold")
    if bool(currency) == is_discount:
        message = _("Amounts have a currency, discounts have none.")
        raise InvalidInput(message, field="currency")
    rule = ApprovalRule(
        kind=wanted.kind,
        currency=currency,
        threshold=wanted.threshold,
        approver=wanted.approver,
    )
    same = ApprovalRule.objects.filter(is_active=True, kind=rule.kind, currency=rule.currency)
    if same.filter(threshold=rule.threshold).exists():
        raise InvalidInput(_("This rule is there already."), field="threshold")
    return audit.create(rule, at=at, actor=actor)


@service
def retire_approval_rule(rule_id: int, *, at: datetime, actor: Actor) -> ApprovalRule:
    """Ask for this approval no more; what was asked already is still decided.

    Raises:
        ApprovalRule.DoesNotExist: no such rule.
    """
    rule = ApprovalRule.objects.get(pk=rule_id)
    rule.is_active = False
    return audit.save(rule, at=at, actor=actor)
