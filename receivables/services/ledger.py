"""The journal: every posting is balanced and made once; nothing is ever changed in it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from o2c.kernel.transactions import service

# Account, debit, credit.
Line = tuple[str, Decimal, Decimal]

# Entries and their lines in one statement; at the commit a trigger proves debit = credit.
POST = """
    WITH entry AS (
        INSERT INTO receivables_journalentry
            (company_id, customer_id, kind, source, posted_on, currency, at)
        SELECT %(company)s, %(customer)s, %(kind)s, source, %(posted_on)s, %(currency)s, %(at)s
          FROM unnest(%(sources)s::text[]) AS source
        RETURNING id, source
    )
    INSERT INTO receivables_journalline (entry_id, account, debit, credit)
    SELECT entry.id, line.account, line.debit, line.credit
      FROM unnest(
               %(line_sources)s::text[], %(accounts)s::text[],
               %(debits)s::numeric[], %(credits)s::numeric[]
           ) WITH ORDINALITY AS line (source, account, debit, credit, position)
      JOIN entry USING (source)
     ORDER BY line.position
"""


@service
def post(
    *,
    company_id: int,
    customer_id: int | None,
    kind: str,
    source: str,
    posted_on: date,
    currency: str,
    lines: Sequence[Line],
    at: datetime,
) -> None:
    """Post one entry; lines without an amount are left out.

    Raises:
        IntegrityError: the source is posted already; or, at the commit, debit is not credit.
    """
    post_each(
        company_id=company_id,
        customer_id=customer_id,
        kind=kind,
        postings={source: lines},
        posted_on=posted_on,
        currency=currency,
        at=at,
    )


@service
def post_each(
    *,
    company_id: int,
    customer_id: int | None,
    kind: str,
    postings: Mapping[str, Sequence[Line]],
    posted_on: date,
    currency: str,
    at: datetime,
) -> None:
    """Post an entry per source, all in one statement; see `post`."""
    lines = [
        (source, account, debit, credit)
        for source, parts in postings.items()
        for account, debit, credit in parts
        if debit or credit
    ]
    values = {
        "company": company_id,
        "customer": customer_id,
        "kind": kind,
        "sources": list(postings),
        "posted_on": posted_on,
        "currency": currency,
        "at": at,
        "line_sources": [line[0] for line in lines],
        "accounts": [line[1] for line in lines],
        "debits": [line[2] for line in lines],
        "credits": [line[3] for line in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(POST, values)
