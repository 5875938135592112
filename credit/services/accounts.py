"""A customer's account while the customer is locked: limit, exposure, holds, decisions.

The locked customer keeps its account and its holds, so each is read once a step: the account in
one statement with all that a check asks of it, however much the customer has open.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from credit.models import (
    CreditAccount,
    CreditDecision,
    CreditGroup,
    Hold,
    PaymentBehaviour,
)
from credit.policy import COLUMNS, read_policy
from customers.models import Customer
from o2c.kernel import audit, locks, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import current_step

ACCOUNT_OF_CUSTOMER = CreditAccount._meta.get_field("customer").remote_field
HOLDS = "active_holds"

PREPARED = "prepared_account"

# A group takes in all that belongs to its parent, at any depth; of several on the way up, the
# topmost counts.
ABOVE = """
    WITH RECURSIVE above (customer_id, id, parent_id, height) AS (
        SELECT id, id, parent_id, 0 FROM customers_customer WHERE id = ANY(%(customers)s)
         UNION ALL
        SELECT above.customer_id, parent.id, parent.parent_id, height + 1
          FROM above JOIN customers_customer AS parent ON parent.id = above.parent_id
         WHERE height < 50
    ), top (customer_id, parent_id) AS (
        SELECT DISTINCT ON (above.customer_id) above.customer_id, known.parent_id
          FROM above JOIN credit_creditgroup AS known ON known.parent_id = above.id
         ORDER BY above.customer_id, height DESC
    )
"""
# Who has no parent can only be the top themselves.
ALONE = """
    WITH top (customer_id, parent_id) AS (
        SELECT parent_id, parent_id FROM credit_creditgroup WHERE parent_id = ANY(%(customers)s)
    )
"""
# Everything that a check asks of accounts. Their groups' rows are locked in passing: whoever is to
# decide for another member waits here, and only then sums up what all of them owe (SUMS).
ACCOUNTS = f"""
    {{top}}, held AS (
        SELECT member.* FROM credit_creditgroup AS member
         WHERE parent_id IN (SELECT parent_id FROM top) ORDER BY parent_id {{clause}}
    )
    SELECT {{account}}, {{decision}}, {{paying}}, {{held}}, one.id,
           (SELECT coalesce(sum(amount), 0) FROM credit_guarantee
             WHERE customer_id = one.id AND withdrawn_at IS NULL
               AND %(today)s BETWEEN valid_from AND valid_until),
           EXISTS (SELECT FROM credit_hold
                    WHERE customer_id = one.id AND released_at IS NULL AND order_id IS NULL),
           {COLUMNS}
      FROM unnest(%(customers)s::bigint[]) AS one (id)
      LEFT JOIN credit_creditaccount AS account ON account.customer_id = one.id
      LEFT JOIN credit_creditdecision AS decision ON decision.id = account.latest_decision_id
      LEFT JOIN credit_paymentbehaviour AS paying ON paying.account_id = account.customer_id
      LEFT JOIN top ON top.customer_id = one.id
      LEFT JOIN held ON held.parent_id = top.parent_id
      LEFT JOIN credit_creditpolicy AS policy ON policy.status = 'active'
"""  # noqa: S608  names of ours
FAMILY = """
    WITH RECURSIVE family (parent_id, id) AS (
        SELECT id, id FROM unnest(%(parents)s::bigint[]) AS parent (id)
         UNION
        SELECT family.parent_id, child.id
          FROM family JOIN customers_customer AS child ON child.parent_id = family.id
    )
"""
SUMS = f"""
    {FAMILY}
    SELECT family.parent_id, coalesce(sum(account.exposure), 0)
      FROM family JOIN credit_creditgroup AS known ON known.parent_id = family.parent_id
      JOIN credit_creditaccount AS account
        ON account.customer_id = family.id AND account.currency = known.currency
     GROUP BY family.parent_id
"""  # noqa: S608  names of ours
TOP_OF = f"({ABOVE} SELECT parent_id FROM top)"  # noqa: S608  names of ours


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
    locks.reach(CreditGroup)
    known = {customer.pk: customer for customer in customers}
    has_parents = any(customer.parent_id for customer in customers)
    statement = ACCOUNTS.replace("{top}", ABOVE if has_parents else ALONE)
    clause = f"{locks.CLAUSE} OF member" if locks.CLAUSE else ""
    found = rows.read_joined(
        statement.replace("{clause}", clause),
        {"customers": list(known), "today": local_date(at, the_company())},
        account=CreditAccount,
        decision=CreditDecision,
        paying=PaymentBehaviour,
        held=CreditGroup,
    )
    groups = _sum_up(row["held"] for row, _more in found if row["held"] is not None)
    held_ids = []
    for row, (customer_id, backing, has_holds, *policy) in found:
        account: CreditAccount = row["account"] or CreditAccount()
        account.latest_decision, account.paying = row["decision"], row["paying"]
        account.backing, account.policy = backing, read_policy(*policy)
        if row["held"] is not None:
            account.group = groups[row["held"].pk]
        _keep(known[customer_id], account)
        held_ids += [customer_id] if has_holds else []
    _keep_holds(customers, held_ids)


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
    if not groups:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"parents": list(groups)})
        sums = dict(cursor.fetchall())
    noted = {pk: locks.note(groups[pk]) for pk in sorted(groups)}
    for pk, group in noted.items():
        group.exposure = sums.get(pk, ZERO)
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


def top_of(customer: Customer) -> str:
    """Return the SQL for the parent whose group the customer belongs to: a key, maybe of none."""
    return TOP_OF if customer.parent_id else "%(customer)s"


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
