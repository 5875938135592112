"""A night over every account: how they pay is told, and what has changed is scored.

bin/bench scores
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench import world
from bench.exposure import ACCOUNT_ROWS, CUSTOMERS
from bench.result import Report
from bench.world import NOW
from collection import services as collection
from credit import services as credit
from o2c.kernel.models import Company

ACCOUNTS, ITEMS, TARGET = 100_000, 10, 60.0

# Every other item is open and the others are paid, some of either late.
ITEM_ROWS = """
    INSERT INTO receivables_openitem (customer_id, invoice_id, instalment, currency, amount,
        applied, issued_on, due_on, settled_on, state)
    SELECT id, 1000000000 + id, n, 'EUR', 100 + n, CASE WHEN n %% 2 = 0 THEN 100 + n ELSE 0 END,
           %(today)s::date - 60, %(today)s::date - 20 * n + (id %% 97)::int,
           CASE WHEN n %% 2 = 0 THEN %(today)s::date - (id %% 31)::int END,
           CASE WHEN n %% 2 = 0 THEN 'settled' ELSE 'open' END
      FROM customers_customer, generate_series(1, %(items)s) AS n
     WHERE folded_name LIKE 'many %%'
"""
RECEIPT_ROWS = """
    INSERT INTO collections_receipt (company_id, customer_id, method, currency, amount, applied,
        received_on, reference, payer_text, recorded_at, state)
    SELECT (SELECT min(id) FROM kernel_company), id, 'transfer', 'EUR', 100, 0,
           %(today)s::date - (id %% 31)::int, 'many ' || id, '', now(), 'identified'
      FROM customers_customer WHERE folded_name LIKE 'many %%'
"""
SCORED = "SELECT count(*), count(DISTINCT score) FROM credit_creditscore"


def run() -> Report:
    """Make the accounts in a transaction, play two nights, take them back."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    values: dict[str, Any] = {"accounts": ACCOUNTS, "entries": 1, "items": ITEMS}
    values["today"] = NOW.date()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (CUSTOMERS, ACCOUNT_ROWS, ITEM_ROWS, RECEIPT_ROWS):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE receivables_openitem, collections_receipt, credit_creditaccount")
        nights = [_night(days) for days in (0, 1)]
        cursor.execute(SCORED)
        scored, different = cursor.fetchone()
        transaction.set_rollback(True)
    if scored < ACCOUNTS or different == 1:
        raise RuntimeError(f"{scored} scores, {different} different: nothing was measured")
    return Report("\n".join(map(_told, nights)), {"nights": nights, "accounts": ACCOUNTS})


def _night(days: int) -> dict[str, float]:
    at = NOW + timedelta(days=days)
    return {
        "told": _time(lambda: collection.tell_all_behaviour(at.date(), at=at)),
        "scored": _time(lambda: credit.score_accounts(at.date())),
    }


def _told(night: dict[str, float]) -> str:
    whole = sum(night.values())
    reached = "reached" if whole < TARGET else "NOT reached"
    return (
        f"{ACCOUNTS:,} accounts, {ACCOUNTS * ITEMS:,} items: told in {night['told']:.1f} s, scored "
        f"in {night['scored']:.1f} s (together {whole:.1f} s; target below {TARGET:.0f} s: "
        f"{reached})"
    )


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
