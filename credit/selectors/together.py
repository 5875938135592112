"""An account with all that a check asks of it, in one statement: for checks and for forecasts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from credit.checks import ReleaseFacts
from credit.models import CreditAccount, CreditDecision, CreditGroup, PaymentBehaviour
from credit.policy import COLUMNS, read_policy
from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.money import ZERO

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
MEMBERS = f"{FAMILY} SELECT id FROM family ORDER BY id"  # noqa: S608  names of ours
TOP_OF = f"({ABOVE} SELECT parent_id FROM top)"  # noqa: S608  names of ours
# Money that came in advance, or a person's word.
EXCEPTIONS = """
    SELECT asked.id,
           coalesce((SELECT sum(amount) FROM credit_orderprepayment WHERE order_id = asked.id), 0),
           permission.amount, permission.expires_on
      FROM unnest(%(orders)s::bigint[], %(wholes)s::numeric[]) AS asked (id, whole)
      LEFT JOIN LATERAL (
           SELECT amount, expires_on FROM credit_orderrelease
            WHERE order_id = asked.id AND amount >= asked.whole AND expires_on >= %(today)s
            ORDER BY expires_on DESC, id DESC LIMIT 1) AS permission ON true
"""


@dataclass(frozen=True, kw_only=True)
class Exceptions:
    """What may let an order go on although a rule speaks against it."""

    prepaid: Decimal
    release: ReleaseFacts | None


@dataclass(frozen=True, kw_only=True)
class Known:
    """A customer's account, empty without a key where there is none yet, and more about it."""

    customer: Customer
    account: CreditAccount
    has_holds: bool


def read(customers: Sequence[Customer], *, today: date, clause: str = "") -> list[Known]:
    """Return the customers' accounts with decision, behaviour, guarantees, group and policy.

    `clause` locks the groups, in the order of their keys; what their members owe is asked
    afterwards, by `owed_by`.
    """
    by_key = {customer.pk: customer for customer in customers}
    has_parents = any(customer.parent_id for customer in customers)
    statement = ACCOUNTS.replace("{top}", ABOVE if has_parents else ALONE)
    found = rows.read_joined(
        statement.replace("{clause}", clause and f"{clause} OF member"),
        {"customers": list(by_key), "today": today},
        account=CreditAccount,
        decision=CreditDecision,
        paying=PaymentBehaviour,
        held=CreditGroup,
    )
    known = []
    for row, (customer_id, backing, has_holds, *policy) in found:
        account: CreditAccount = row["account"] or CreditAccount()
        account.latest_decision, account.paying = row["decision"], row["paying"]
        account.group, account.backing = row["held"], backing
        account.policy = read_policy(*policy)
        known.append(Known(customer=by_key[customer_id], account=account, has_holds=has_holds))
    return known


def owed_by(parent_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what all members of each group owe, by the group's parent."""
    if not parent_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"parents": list(parent_ids)})
        sums = dict(cursor.fetchall())
    return {pk: sums.get(pk, ZERO) for pk in parent_ids}


def members_of(parent_id: int) -> list[int]:
    """Return the parent and all that belong to it, at any depth."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"parents": [parent_id]})
        return [pk for (pk,) in cursor.fetchall()]


def top_of(customer: Customer) -> str:
    """Return the SQL for the parent whose group the customer belongs to: a key, maybe of none."""
    return TOP_OF if customer.parent_id else "%(customer)s"


def exceptions_of(wholes: Mapping[int, Decimal], *, today: date) -> dict[int, Exceptions]:
    """Return what speaks for each order, `{key: all that it comes to}`."""
    values: dict[str, Any] = {
        "orders": list(wholes),
        "wholes": list(wholes.values()),
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXCEPTIONS, values)
        found = cursor.fetchall()
    return {
        pk: Exceptions(
            prepaid=max(prepaid, ZERO),
            release=permitted and ReleaseFacts(amount=permitted, expires_on=expires_on.isoformat()),
        )
        for pk, prepaid, permitted, expires_on in found
    }
