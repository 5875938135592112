"""How customers pay, told by the stages that know; what a check has read of it follows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from credit.models import PaymentBehaviour
from credit.services.accounts import keep_paying
from o2c.kernel import rows
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What is known of one customer on a day; amounts in the account's currency, tax included.

    `average_days_late` and `share_paid_late` (0 to 1) weigh by amount what was settled within
    the last 365 days; None: nothing was.
    """

    customer_id: int
    as_of: date
    open_amount: Decimal = ZERO
    overdue_amount: Decimal = ZERO
    oldest_due_on: date | None = None
    average_days_late: Decimal | None = None
    share_paid_late: Decimal | None = None
    items_paid: int = 0
    broken_promises: int = 0
    disputes: int = 0
    dunning_level: int = 0
    last_paid_on: date | None = None


# What was told of a later day, or by whoever holds the customer's lock, is not overwritten by a
# nightly run that has read before. Customers without an account are left out.
TELL = """
    INSERT INTO credit_paymentbehaviour AS known (account_id, {names})
    SELECT account.customer_id, {values}
      FROM unnest(%(customer_id)s::bigint[], {arrays}) AS new (customer_id, {names})
      JOIN credit_creditaccount AS account USING (customer_id)
     ORDER BY account.customer_id
    ON CONFLICT (account_id) DO UPDATE SET {changes}
     WHERE known.as_of < excluded.as_of OR (%(is_held)s AND known.as_of = excluded.as_of)
    RETURNING {columns}
"""
NAMES = [field.name for field in fields(Behaviour) if field.name != "customer_id"]


@service
def record_behaviour(behaviours: Sequence[Behaviour], *, at: datetime, is_held: bool = True) -> int:
    """Keep how customers pay, in one statement; return how many rows changed. Safe to repeat.

    Args:
        is_held: the caller holds the customers' locks, so that nobody has told of them since it
            read. Otherwise what was told of the same day stays as it is.
    """
    if not behaviours:
        return 0
    columns = {name: [getattr(row, name) for row in behaviours] for name in NAMES}
    keys = [row.customer_id for row in behaviours]
    values = {**columns, "customer_id": keys, "is_held": is_held}
    told = rows.read(PaymentBehaviour, _statement(), values)
    for behaviour in told:
        keep_paying(behaviour)
    return len(told)


def _statement() -> str:
    types = {name: PaymentBehaviour._meta.get_field(name).db_type(connection) for name in NAMES}
    return (
        TELL.replace("{names}", ", ".join(NAMES))
        .replace("{values}", ", ".join(f"new.{name}" for name in NAMES))
        .replace("{arrays}", ", ".join(f"%({name})s::{types[name]}[]" for name in NAMES))
        .replace("{changes}", ", ".join(f"{name} = excluded.{name}" for name in NAMES))
    )
