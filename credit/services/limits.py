"""Limits that people set."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import CreditAccount, CreditApplication, CreditDecision
from credit.services.accounts import account_of, decide_credit
from credit.services.reviews import recheck_waiting
from credit.services.scruples import ensure_grant, ensure_not_own, ensure_reason
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock, lock_under
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
) -> CreditAccount:
    """Give the customer another limit. No running order stops; waiting ones may go on.

    Raises:
        Customer.DoesNotExist: no such customer.
        ApplicationWaits: the customer has applied; decide that.
        OwnOrder: the actor entered or owns an order that waits for credit.
        InvalidInput: the reason, the limit or the validity cannot be right.
    """
    customer = lock(Customer, customer_id)
    ensure_reason(reason)
    grant = ensure_grant(limit, valid_until, currency=customer.currency, at=at)
    application = CreditApplication.objects.waiting().filter(customer=customer).first()
    if application is not None:
        raise ApplicationWaits(
            _("%(number)s waits for a decision: decide it instead.") % {"number": application}
        )
    ensure_not_own(_waiting_orders(customer), actor)
    account = account_of(customer, at=at, actor=actor)
    decision = CreditDecision(
        customer=customer,
        outcome=CreditDecision.Outcome.APPROVED,
        limit=grant.limit,
        valid_until=grant.valid_until,
        reason=reason,
        decided_at=at,
        decided_by=actor.name,
    )
    decide_credit(account, decision, at=at, actor=actor)
    recheck_waiting(customer_id, at=at, actor=actor)
    return account


def _waiting_orders(customer: Customer) -> list[Order]:
    states = [Order.State.IN_REVIEW, Order.State.ON_HOLD]
    return lock_under(customer, Order.objects.filter(customer=customer, state__in=states))
