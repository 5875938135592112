"""What must always be true of the books, as SQL over whole tables.

A stage declares its invariants in `<stage>/invariants.py`; each is a query that returns the
rows that break it, and nothing when the books are right. `manage.py check_books` runs all.
"""

from dataclasses import dataclass

from django.db import connection

# A broken rule shows its first rows, enough to see what happened.
SAMPLE = 5


@dataclass(frozen=True)
class Invariant:
    """`name` is `<stage>.<what holds>`; `sql` returns the rows for which it does not hold."""

    name: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """How many rows break an invariant, and the first few of them as text."""

    name: str
    count: int
    sample: list[str]


INVARIANTS: list[Invariant] = []


def invariant(name: str, sql: str) -> None:
    """Declare that `sql` never returns a row."""
    INVARIANTS.append(Invariant(name, sql))


def check_all() -> list[Finding]:
    """Run every invariant; return those that are broken, in process order."""
    findings = (_check(rule) for rule in INVARIANTS)
    return [finding for finding in findings if finding.count]


def _check(rule: Invariant) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(rule.sql)
        columns = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    sample = [
        ", ".join(f"{column}={value}" for column, value in zip(columns, row, strict=True))
        for row in rows[:SAMPLE]
    ]
    return Finding(rule.name, len(rows), sample)


# Each failed delivery names its next attempt; a worker that runs is never a day behind.
invariant(
    "kernel.no_message_is_forgotten",
    """
    SELECT id, handler, attempts, due_at, left(error, 80) AS error FROM kernel_outboxmessage
     WHERE delivered_at IS NULL AND due_at < now() - interval '1 day'
    """,
)
