"""A customer's account while the customer is locked: limit, exposure, holds, decisions.

The locked customer keeps its account and its holds, so each is read once a step.
"""

from datetime import datetime

from django.db.models import QuerySet

from credit.models import CreditAccount, CreditDecision, Hold
from customers.models import Customer
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.compiled import compiled

ACCOUNT_OF_CUSTOMER = CreditAccount._meta.get_field("customer").remote_field
HOLDS = "active_holds"


def known_account(customer: Customer) -> CreditAccount | None:
    """Return the account if this step has read it."""
    if ACCOUNT_OF_CUSTOMER.is_cached(customer):
        return customer.credit_account
    return None


def account_of(customer: Customer, *, at: datetime, actor: Actor) -> CreditAccount:
    """Return the locked customer's account; the first one asked for opens it."""
    account = known_account(customer)
    if account is not None:
        return account
    account = _decided_account(customer) or CreditAccount.objects.filter(pk=customer.pk).first()
    if account is None:
        account = CreditAccount(pk=customer.pk, currency=customer.currency)
        audit.create(account, at=at, actor=actor, touches=[customer.label])
    account.customer = customer
    return account


def _decided_account(customer: Customer) -> CreditAccount | None:
    """Read the account with its latest decision, which all but new customers have."""
    found = rows.fetch_with(
        CreditAccount, customer.pk, owner=CreditDecision, column="latest_decision_id"
    )
    if found is None:
        return None
    decision, account = found
    account.latest_decision = decision
    return account


def active_holds(customer: Customer) -> list[Hold]:
    """Return the locked customer's holds that stand, oldest first."""
    known = vars(customer)
    if HOLDS not in known:
        known[HOLDS] = _holds_of(customer.pk)
    found: list[Hold] = known[HOLDS]
    return found


@compiled
def _holds_of(customer_id: int) -> QuerySet[Hold]:
    holds = Hold.objects.filter(customer=customer_id, released_at=None)
    return holds.order_by("placed_at", "pk")


def decide_credit(
    account: CreditAccount, decision: CreditDecision, *, at: datetime, actor: Actor
) -> None:
    """Store the decision and give the account the limit that it grants."""
    decision.save(force_insert=True)
    account.limit = decision.limit
    account.latest_decision = decision
    audit.save(account, at=at, actor=actor, reason=decision.reason)
