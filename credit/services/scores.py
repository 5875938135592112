"""Every night: the score of each account, and why, as far as it has changed."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from credit.models import CreditScore
from credit.scoring import Score, ScoreFacts, score
from customers.models import Customer
from o2c.kernel import locks, rows
from o2c.kernel.transactions import service

CHUNK = 2000

# An account with a score of this day or a later one is left alone, so a day can be run again.
READ = """
    SELECT account.customer_id, last.scored_on, last.score, last.risk_class,
           date_part('year', age(%(as_of)s, customer.created_at::date))::int AS years,
           coalesce(paying.items_paid, 0), paying.average_days_late, paying.share_paid_late,
           greatest(%(as_of)s - paying.oldest_due_on, 0), coalesce(paying.broken_promises, 0),
           coalesce(paying.disputes, 0), coalesce(paying.dunning_level, 0), account.exposure,
           account."limit" + coalesce((
               SELECT sum(amount) FROM credit_guarantee
                WHERE customer_id = account.customer_id AND withdrawn_at IS NULL
                  AND %(as_of)s BETWEEN valid_from AND valid_until), 0)
      FROM credit_creditaccount AS account
      JOIN customers_customer AS customer ON customer.id = account.customer_id
      LEFT JOIN credit_paymentbehaviour AS paying ON paying.account_id = account.customer_id
      LEFT JOIN LATERAL (
           SELECT scored_on, score, risk_class FROM credit_creditscore
            WHERE account_id = account.customer_id ORDER BY scored_on DESC LIMIT 1) AS last ON true
     WHERE account.customer_id > %(after)s
     ORDER BY account.customer_id LIMIT %(limit)s
"""
# Customers are locked from the lowest key on, like everywhere, and each before its account.
FOLLOW = """
    WITH latest AS (
        SELECT customer.id, said.score, said.risk_class
          FROM customers_customer AS customer
          JOIN credit_creditscore AS said ON said.account_id = customer.id
           AND said.scored_on = %(as_of)s
          JOIN credit_creditaccount AS account ON account.customer_id = customer.id
         WHERE (account.score, account.risk_class)
               IS DISTINCT FROM (said.score, said.risk_class)
           AND NOT EXISTS (SELECT FROM credit_creditscore AS later
                            WHERE later.account_id = customer.id AND later.scored_on > %(as_of)s)
         ORDER BY customer.id {clause}
    )
    UPDATE credit_creditaccount AS account
       SET score = latest.score, risk_class = latest.risk_class
      FROM latest WHERE account.customer_id = latest.id
"""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """An account, the last score that it was given, and what counts for the next one."""

    account_id: int
    last_on: date | None
    last: tuple[int, str] | None
    facts: ScoreFacts


@service
def score_accounts(as_of: date) -> dict[str, int]:
    """Score every account on a day: one row where score or class have changed, or a month began.

    What is read and written is in hand for some thousand accounts at a time; customers are
    locked only at the end, those whose score has changed. Safe to run again, for any date.
    """
    looked_at, told, last = 0, 0, 0
    while cases := _read(as_of, after=last):
        fresh = [_record(case, as_of) for case in cases]
        records = [record for record in fresh if record is not None]
        rows.insert(records)
        looked_at, told, last = looked_at + len(cases), told + len(records), cases[-1].account_id
    return {"accounts": looked_at, "scores": told, "changed": _follow(as_of)}


def _read(as_of: date, *, after: int) -> list[Scored]:
    with connection.cursor() as cursor:
        cursor.execute(READ, {"as_of": as_of, "after": after, "limit": CHUNK})
        return [_scored(*row) for row in cursor.fetchall()]


def _scored(
    account_id: int, last_on: date | None, points: int | None, risk_class: str, *told: Any
) -> Scored:
    years, items, days_late, share_late, overdue, broken, disputes, level, exposure, limit = told
    return Scored(
        account_id=account_id,
        last_on=last_on,
        last=None if points is None else (points, risk_class),
        facts=ScoreFacts(
            years=max(years, 0),
            items_paid=items,
            average_days_late=days_late,
            share_paid_late=share_late,
            days_overdue=overdue or 0,
            broken_promises=broken,
            disputes=disputes,
            dunning_level=level,
            exposure=exposure,
            limit=limit,
        ),
    )


def _record(case: Scored, as_of: date) -> CreditScore | None:
    """Return the score to keep; nothing where nothing is new, or nothing is known."""
    if case.last_on is not None and case.last_on >= as_of:
        return None
    if case.last is None and not case.facts.says_something:
        return None
    found = score(case.facts)
    is_new_month = case.last_on is None or case.last_on.replace(day=1) < as_of.replace(day=1)
    if case.last == (found.score, found.risk_class) and not is_new_month:
        return None
    return _row(case, found, as_of)


def _row(case: Scored, found: Score, as_of: date) -> CreditScore:
    return CreditScore(
        account_id=case.account_id,
        scored_on=as_of,
        score=found.score,
        risk_class=found.risk_class,
        reasons=[asdict(part) for part in found.parts],
        inputs=case.facts.as_json(),
    )


def _follow(as_of: date) -> int:
    """Give the accounts the score of the day, in one statement; return how many changed."""
    locks.reach(Customer)
    clause = f"{locks.CLAUSE} OF customer" if locks.CLAUSE else ""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW.replace("{clause}", clause), {"as_of": as_of})
        return int(cursor.rowcount)
