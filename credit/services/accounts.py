"""A customer's account while the customer is locked: limit, exposure, holds, decisions.

The locked customer keeps its account and its holds, so each is read once a step: the account in
one statement with all that a check asks of it, however much the customer has open.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from credit.models import CreditAccount, CreditDecision, CreditGroup, Hold, PaymentBehaviour
from credit.selectors import together
from customers.models import Customer
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.compiled import compiled
from o2c.kernel.transactions import current_step

ACCOUNT_OF_CUSTOMER = CreditAccount._meta.get_field("customer").remote_field
HOLDS = "active_holds"

PREPARED = "prepared_account"


def known_account(customer: Customer) -> CreditAccount | None:
    """Return the account if this step has read it."""
    if ACCOUNT_OF_CUSTOMER.is_cached(customer):
        return customer.credit_account
    return None


def account_of(customer: Customer, *, at: datetime, actor: Actor) -> CreditAccount:
    """Return the locked customer's account; the first one asked for opens it.

    It comes with all that a check asks of it; the group that it belongs to is locked.
    """
    account = known_account(customer)
    if account is not None:
        return account
    if PREPARED not in vars(customer):
        read_accounts([customer], at=at)
    account = known_account(customer)
    if account is None:
        account = vars(customer).pop(PREPARED)
        account.pk, account.currency = customer.pk, customer.currency
        audit.create(account, at=at, actor=actor, touches=[customer.label])
        account.customer = customer
    return account


def read_accounts(customers: Sequence[Customer], *, at: datetime) -> None:
    """Read the accounts of locked customers with all that a check asks of them, in one statement.

    One more sums up their groups, and one reads their holds, where there are any. Who has no
    account yet keeps what is known without it, until one is opened.
    """
    locks.may_reach(CreditGroup)
    today = local_date(at, the_company())
    found = together.read(customers, today=today, clause=locks.CLAUSE)
    groups = _sum_up(row.account.group for row in found if row.account.group is not None)
    for row in found:
        if row.account.group is not None:
            row.account.group = groups[row.account.group.pk]
        _keep(row.customer, row.account)
    _keep_holds(customers, [row.customer.pk for row in found if row.has_holds])


def _keep(customer: Customer, account: CreditAccount) -> None:
    if account.pk is None:
        vars(customer)[PREPARED] = account
    else:
        account.customer = customer


def _keep_holds(customers: Sequence[Customer], held_ids: list[int]) -> None:
    """Keep the holds of those who have some, and that the others have none."""
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in _holds_of(held_ids) if held_ids else []:
        holds[hold.customer_id].append(hold)
    for customer in customers:
        vars(customer).setdefault(HOLDS, holds[customer.pk])


def _sum_up(held: Iterable[CreditGroup]) -> dict[int, CreditGroup]:
    """Note what all members of each group owe, now that nobody else can decide about them."""
    groups = {group.pk: group for group in held}
    sums = together.owed_by(groups)
    noted = {pk: locks.note(groups[pk]) for pk in sorted(groups)}
    for pk, group in noted.items():
        group.exposure = sums[pk]
    return noted


def move(account: CreditAccount, amount: Decimal) -> None:
    """Note on the account, and on its group, that more or less is owed: it has been entered."""
    account.exposure += amount
    account.remember()
    if account.group is not None and account.group.currency == account.currency:
        account.group.exposure += amount


def keep_paying(behaviour: PaymentBehaviour) -> None:
    """Note how the customer pays now on the account that this step has read, if it has."""
    held = current_step().locked.get((Customer, behaviour.account_id))
    if not isinstance(held, Customer):
        return
    account = known_account(held) or vars(held).get(PREPARED)
    if account is not None:
        account.paying = behaviour


def forget_prepared(customer: Customer) -> None:
    """Forget that there was no account: one was opened on the way."""
    vars(customer).pop(PREPARED, None)


def active_holds(customer: Customer) -> list[Hold]:
    """Return the locked customer's holds that stand, oldest first; not those of single orders."""
    known = vars(customer)
    if HOLDS not in known:
        known[HOLDS] = _holds_of([customer.pk])
    found: list[Hold] = known[HOLDS]
    return found


@compiled
def _holds_of(customer_ids: list[int]) -> QuerySet[Hold]:
    holds = Hold.objects.stopping_customers().filter(customer__in=customer_ids)
    return holds.order_by("placed_at", "pk")


def decide_credit(
    account: CreditAccount, decision: CreditDecision, *, at: datetime, actor: Actor
) -> None:
    """Store the decision and give the account the limit that it grants."""
    decision.save(force_insert=True)
    account.limit = decision.limit
    account.latest_decision = decision
    audit.save(account, at=at, actor=actor, reason=decision.reason)
