"""Who is late, most money for most days first; one query however many customers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from collection.models import DunningNotice, Receipt
from collection.selectors.receipts import open_items_of
from credit.models import Hold
from customers.models import Contact, Customer
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import Text
from receivables.models import OpenItem
from receivables.unpaid import undisputed

BUCKETS: tuple[Text, ...] = (_("Current"), _("1–30 days"), _("31–60"), _("61–90"), _("Over 90"))
# Days late at which each bucket after the first begins.
BUCKET_STARTS = (1, 31, 61, 91)
MOST_NOTICES = 5
MOST_ITEMS = 50

AGING = """
    SELECT width_bucket(%(as_of)s - due_on, %(starts)s::int[]), sum(amount - applied), count(*)
    FROM receivables_openitem WHERE state = 'open' AND currency = %(currency)s GROUP BY 1
"""
# `late`: past due and grace, not disputed; `bucket`: by the due date alone.
LATE_ACCOUNTS = """
WITH item AS (
    SELECT item.id, item.customer_id, item.amount - item.applied AS balance,
           %(as_of)s - item.due_on AS days,
           width_bucket(%(as_of)s - item.due_on, %(starts)s::int[]) AS bucket,
           item.due_on + customer.grace_days < %(as_of)s AND dispute.id IS NULL AS late
    FROM receivables_openitem item
    JOIN customers_customer customer ON customer.id = item.customer_id
    LEFT JOIN receivables_dispute dispute
      ON dispute.item_id = item.id AND dispute.state IN ('open', 'investigating')
    WHERE item.state = 'open' AND item.currency = %(currency)s
), account AS (
    SELECT customer_id, sum(balance) FILTER (WHERE late) AS overdue,
           max(days) FILTER (WHERE late) AS oldest, count(*) FILTER (WHERE late) AS items,
           sum(balance * days) FILTER (WHERE late) AS risk,
           array(SELECT COALESCE(sum(part.balance), 0) FROM generate_series(0, 4) AS step
                 LEFT JOIN item part ON part.customer_id = item.customer_id AND part.bucket = step
                 GROUP BY step ORDER BY step) AS buckets,
           array_agg(DISTINCT bucket) FILTER (WHERE late) AS late_buckets
    FROM item GROUP BY customer_id HAVING bool_or(late)
)
SELECT customer.id, customer.number, customer.name, overdue, oldest, items, buckets,
       COALESCE((SELECT max(dunned.level) FROM collections_dunneditem dunned
                 JOIN item ON item.id = dunned.item_id WHERE item.customer_id = customer.id), 0),
       EXISTS (SELECT FROM credit_hold hold WHERE hold.customer_id = customer.id
               AND hold.released_at IS NULL) AS held,
       count(*) OVER (), sum(overdue) OVER ()
FROM account JOIN customers_customer customer ON customer.id = account.customer_id
WHERE (%(words)s = '' OR customer.folded_name LIKE %(pattern)s OR customer.number ILIKE %(words)s)
  AND (%(bucket)s::int IS NULL OR %(bucket)s = ANY(late_buckets))
ORDER BY risk DESC, customer.id LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """What is open of one age, in one currency."""

    label: Text
    amount: Decimal
    items: int
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class LateAccount:
    """One row of the worklist. `level`: the highest letter that an open item has had."""

    customer_id: int
    number: str
    name: str
    overdue: Decimal
    oldest_days: int
    items: int
    buckets: Sequence[Decimal]
    level: int
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """The most urgent accounts, and how many and how much there are in all."""

    accounts: Sequence[LateAccount]
    count: int
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class Arrears:
    """What somebody who calls a late payer must know."""

    customer: Customer
    overdue: Decimal
    open_in_all: Decimal
    on_account: Decimal
    contact: Contact | None
    holds: Sequence[Hold]
    items: Sequence[OpenItem]
    notices: Sequence[DunningNotice]


def aging(*, as_of: date, currency: str) -> list[Bucket]:
    """Return what is open by days late: not due, 1–30, 31–60, 61–90, over 90."""
    values = {"as_of": as_of, "starts": list(BUCKET_STARTS), "currency": currency}
    found = {bucket: (amount, items) for bucket, amount, items in _rows(AGING, values)}
    total = sum((amount for amount, _items in found.values()), ZERO)
    buckets = []
    for number, label in enumerate(BUCKETS):
        amount, items = found.get(number, (ZERO, 0))
        share = amount / total if total else ZERO
        buckets.append(Bucket(label=label, amount=amount, items=items, share=share))
    return buckets


def late_accounts(
    *, as_of: date, currency: str, words: str = "", bucket: int | None = None, limit: int
) -> Worklist:
    """Return the customers with overdue items, by amount × days late."""
    values = {
        "as_of": as_of,
        "starts": list(BUCKET_STARTS),
        "currency": currency,
        "words": words.strip(),
        "pattern": f"%{words.strip().casefold()}%",
        "bucket": bucket,
        "limit": limit,
    }
    rows = _rows(LATE_ACCOUNTS, values)
    accounts = [
        LateAccount(
            customer_id=row[0],
            number=row[1],
            name=row[2],
            overdue=row[3],
            oldest_days=row[4],
            items=row[5],
            buckets=row[6],
            level=row[7],
            is_held=row[8],
        )
        for row in rows
    ]
    count, total = rows[0][9:11] if rows else (0, ZERO)
    return Worklist(accounts=accounts, count=count, total=total)


def currencies_owed() -> list[str]:
    """Return the currencies in which something is open."""
    items = OpenItem.objects.filter(state=OpenItem.State.OPEN).order_by("currency")
    return list(items.values_list("currency", flat=True).distinct())


def account_in_arrears(customer_id: int, *, as_of: date) -> Arrears:
    """Return one account for the panel beside the worklist, its oldest items first.

    Raises:
        Customer.DoesNotExist: no such customer.
    """
    customer = Customer.objects.get(pk=customer_id)
    items = open_items_of(customer_id, customer.currency)
    late = undisputed(items).filter(due_on__lt=as_of)
    notices = DunningNotice.objects.filter(customer=customer).select_related("level")
    on_account = Receipt.objects.filter(customer=customer, state=Receipt.State.IDENTIFIED)
    contacts = Contact.objects.filter(customer=customer, role=Contact.Role.PAYABLES)
    return Arrears(
        customer=customer,
        overdue=_balance(late),
        open_in_all=_balance(items),
        on_account=sum((receipt.unapplied for receipt in on_account), ZERO),
        contact=contacts.order_by("pk").first(),
        holds=list(Hold.objects.stopping_customers().filter(customer=customer).order_by("pk")),
        items=list(items[:MOST_ITEMS]),
        notices=list(notices.order_by("-pk")[:MOST_NOTICES]),
    )


def _balance(items: "QuerySet[OpenItem]") -> Decimal:
    sums = items.order_by().aggregate(amount=Sum("amount"), applied=Sum("applied"))
    return (sums["amount"] or ZERO) - (sums["applied"] or ZERO)


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
