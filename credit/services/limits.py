"""Limits that people set."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditDecision,
    CreditProposal,
)
from credit.services.accounts import account_of, decide_credit
from credit.services.proposals import proposed_first, wish_for_limit
from credit.services.reviews import recheck_waiting
from credit.services.scruples import Grant, ensure_grant, ensure_not_own, ensure_reason
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock, lock_under
from o2c.kernel.lost_updates import ChangedMeanwhile
from o2c.kernel.transactions import service
from orders.models import Order


class ApplicationWaits(DomainError):
    """An application is to be decided first."""

    code = "application_waits"


@service
def set_limit(
    customer_id: int,
    *,
    limit: Decimal,
    valid_until: date,
    reason: str,
    at: datetime,
    actor: Actor,
    next_review_on: date | None = None,
    seen: str = "",
) -> CreditAccount | CreditProposal:
    """Give the customer another limit. No running order stops; waiting ones may go on.

    A limit that asks for a second signature is proposed only: the old one holds on.

    Args:
        seen: the key of the decision that was in force when this was decided; empty: not looked.

    Raises:
        Customer.DoesNotExist: no such customer.
        ApplicationWaits: the customer has applied; decide that.
        ChangedMeanwhile: somebody has decided since it was looked at.
        OwnOrder: the actor entered or owns an order that waits for credit.
        ProposalWaits: another limit is proposed already.
        InvalidInput: the reason, the limit or the validity cannot be right.
    """
    customer = lock(Customer, customer_id)
    ensure_reason(reason)
    grant = ensure_grant(limit, valid_until, next_review_on, currency=customer.currency, at=at)
    _ensure_none_applied(customer)
    ensure_not_own(_waiting_orders(customer), actor)
    _ensure_same(account_of(customer, at=at, actor=actor), seen)
    wish = wish_for_limit(customer, grant, reason=reason)
    proposed = proposed_first(wish, at=at, actor=actor)
    return proposed or grant_limit(
        customer, grant, reason=reason, by=actor.name, at=at, actor=actor
    )


def _ensure_none_applied(customer: Customer) -> None:
    application = CreditApplication.objects.waiting().filter(customer=customer).first()
    if application is not None:
        raise ApplicationWaits(
            _("%(number)s waits for a decision: decide it instead.") % {"number": application}
        )


def grant_limit(
    customer: Customer,
    grant: Grant,
    *,
    reason: str,
    by: str,
    signed_by: str = "",
    at: datetime,
    actor: Actor,
) -> CreditAccount:
    """Set a locked customer's limit in the running step; `by` has decided it."""
    account = account_of(customer, at=at, actor=actor)
    decision = CreditDecision(
        customer=customer,
        outcome=CreditDecision.Outcome.APPROVED,
        limit=grant.limit,
        valid_until=grant.valid_until,
        next_review_on=grant.next_review_on,
        reason=reason,
        decided_at=at,
        decided_by=by,
        countersigned_by=signed_by,
    )
    decide_credit(account, decision, at=at, actor=actor)
    recheck_waiting(customer.pk, at=at, actor=actor)
    return account


def _ensure_same(account: CreditAccount, seen: str) -> None:
    if seen and seen != str(account.latest_decision_id or 0):
        raise ChangedMeanwhile(
            _("Somebody has decided about this limit meanwhile. Look at it again; nothing is set.")
        )


def _waiting_orders(customer: Customer) -> list[Order]:
    states = [Order.State.IN_REVIEW, Order.State.ON_HOLD]
    return lock_under(customer, Order.objects.filter(customer=customer, state__in=states))
