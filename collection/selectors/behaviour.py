"""How customers pay: what is open and late, and how what was settled within a year was paid."""

from collections.abc import Collection
from datetime import date

from django.db import connection

from credit.models import CreditAccount
from credit.services import Behaviour

# A day that was told of before is never gone back behind: then the later one counts.
# Promises to pay are not kept yet, so none is broken.
BEHAVIOUR = """
WITH one AS (
    SELECT account.customer_id AS id, greatest(%(as_of)s::date, paying.as_of) AS day
      FROM credit_creditaccount AS account
      LEFT JOIN credit_paymentbehaviour AS paying ON paying.account_id = account.customer_id
     WHERE account.customer_id = ANY(%(customers)s)
), standing AS (
    SELECT dispute.item_id, item.customer_id
      FROM receivables_dispute AS dispute
      JOIN receivables_openitem AS item ON item.id = dispute.item_id
     WHERE dispute.state IN ('open', 'investigating') AND item.customer_id = ANY(%(customers)s)
), unpaid AS (
    SELECT item.customer_id AS id, sum(item.amount - item.applied) AS amount,
           sum(item.amount - item.applied)
               FILTER (WHERE standing.item_id IS NULL AND item.due_on < one.day) AS overdue,
           min(item.due_on) FILTER (WHERE standing.item_id IS NULL) AS oldest,
           max(had.level) AS level
      FROM one
      JOIN receivables_openitem AS item ON item.customer_id = one.id AND item.settled_on IS NULL
      LEFT JOIN standing ON standing.item_id = item.id
      LEFT JOIN LATERAL (
           SELECT max(dunned.level) AS level
             FROM collections_dunneditem AS dunned
             JOIN collections_dunningnotice AS notice ON notice.id = dunned.notice_id
            WHERE dunned.item_id = item.id AND notice.state = 'sent') AS had ON true
     GROUP BY item.customer_id
), paid AS (
    SELECT item.customer_id AS id, count(*) AS items,
           sum(item.amount * greatest(item.settled_on - item.due_on, 0)) / sum(item.amount) AS days,
           sum(item.amount) FILTER (WHERE item.settled_on > item.due_on) / sum(item.amount) AS late
      FROM one
      JOIN receivables_openitem AS item
        ON item.customer_id = one.id AND item.settled_on > one.day - 365
     GROUP BY item.customer_id
)
SELECT one.id, one.day, coalesce(unpaid.amount, 0), coalesce(unpaid.overdue, 0), unpaid.oldest,
       round(paid.days, 2),
       CASE WHEN paid.items > 0 THEN round(coalesce(paid.late, 0), 4) END,
       coalesce(paid.items, 0), 0,
       (SELECT count(*) FROM standing WHERE standing.customer_id = one.id),
       coalesce(unpaid.level, 0),
       (SELECT max(received_on) FROM collections_receipt WHERE customer_id = one.id)
  FROM one LEFT JOIN unpaid USING (id) LEFT JOIN paid USING (id)
 ORDER BY one.id
"""
# What it selects, by name and in this order.
COLUMNS = (
    "customer_id",
    "as_of",
    "open_amount",
    "overdue_amount",
    "oldest_due_on",
    "average_days_late",
    "share_paid_late",
    "items_paid",
    "broken_promises",
    "disputes",
    "dunning_level",
    "last_paid_on",
)


def behaviour_of(customer_ids: Collection[int], *, as_of: date) -> list[Behaviour]:
    """Return how customers with a credit account pay, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(BEHAVIOUR, {"customers": list(customer_ids), "as_of": as_of})
        return [Behaviour(**dict(zip(COLUMNS, row, strict=True))) for row in cursor.fetchall()]


def account_keys(*, after: int, limit: int) -> list[int]:
    """Return the next customers with a credit account, by their keys."""
    accounts = CreditAccount.objects.filter(customer__gt=after).order_by("customer")
    return list(accounts.values_list("customer", flat=True)[:limit])
