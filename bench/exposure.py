"""Every account's exposure against its entries, by the one statement that `check_books` runs.

bin/bench exposure
"""

import statistics
import time
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench import world
from bench.result import Report
from o2c.kernel.invariants import INVARIANTS
from o2c.kernel.models import Company

ACCOUNTS, ENTRIES, ROUNDS, TARGET = 100_000, 10, 5, 5.0
RULE = "credit.exposure_is_the_sum_of_its_entries"

CUSTOMERS = """
    INSERT INTO customers_customer (name, folded_name, vat_number, email, currency, language,
        time_zone, payment_terms_id, billing_trigger, accepts_backorders, shortage_policy,
        tax_status, requires_po_number, grace_days, is_active, created_at)
    SELECT 'Many ' || n, 'many ' || n, '', '', 'EUR', 'en', 'UTC',
           (SELECT min(id) FROM customers_paymentterms), 'shipment', true, 'backorder', 'taxable',
           false, 0, true, now()
      FROM generate_series(1, %(accounts)s) AS n
"""
ACCOUNT_ROWS = """
    INSERT INTO credit_creditaccount (customer_id, currency, "limit", exposure)
    SELECT id, 'EUR', 0, %(entries)s * (%(entries)s + 1) / 2
      FROM customers_customer WHERE folded_name LIKE 'many %%'
"""
ENTRY_ROWS = """
    INSERT INTO credit_exposureentry (account_id, kind, source, amount, at)
    SELECT id, 'open_item', 'many:' || id || ':' || n, n, now()
      FROM customers_customer, generate_series(1, %(entries)s) AS n
     WHERE folded_name LIKE 'many %%'
"""


def run() -> Report:
    """Make the accounts in a transaction, compare them a few times, take them back."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    rule = next(rule for rule in INVARIANTS if rule.name == RULE)
    values: dict[str, Any] = {"accounts": ACCOUNTS, "entries": ENTRIES}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (CUSTOMERS, ACCOUNT_ROWS, ENTRY_ROWS):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE credit_creditaccount, credit_exposureentry")
        seconds = [_time(cursor, rule.sql, wrong=0) for _ in range(ROUNDS)]
        cursor.execute('UPDATE credit_creditaccount SET exposure = exposure + 1 WHERE "limit" = 0')
        _time(cursor, rule.sql, wrong=ACCOUNTS)
        transaction.set_rollback(True)
    median = statistics.median(seconds)
    reached = "reached" if median < TARGET else "NOT reached"
    text = (
        f"{ACCOUNTS:,} accounts, {ACCOUNTS * ENTRIES:,} entries: recomputed and compared in "
        f"{median:.2f} s (median of {ROUNDS}; target below {TARGET:.0f} s: {reached})"
    )
    return Report(text, {"seconds": seconds, "accounts": ACCOUNTS, "entries": ENTRIES * ACCOUNTS})


def _time(cursor: Any, statement: str, *, wrong: int) -> float:
    begun = time.perf_counter()
    cursor.execute(statement)
    found = len(cursor.fetchall())
    if found != wrong:
        raise RuntimeError(f"{found} accounts differ, {wrong} should: nothing was measured")
    return time.perf_counter() - begun
