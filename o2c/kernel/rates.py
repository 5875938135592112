"""How often somebody has asked lately: counted exactly, by one statement, for all processes.

A row for each caller holds its requests by the second, the latest second first. The row is
locked while it is counted, so parallel requests never share a place. The table is not logged:
a crash of the database forgets the last minute, and counting costs no wait for the disk.
"""

from django.db import connection

from o2c.kernel.prepared import Hot

# Nothing is written, and no row returned, once the limit is reached.
COUNT = Hot("""
    INSERT INTO kernel_rate AS known (owner, second, counts)
    VALUES (%(owner)s, %(second)s, ARRAY[1])
    ON CONFLICT (owner) DO UPDATE SET
        second = greatest(known.second, excluded.second),
        counts = (CASE WHEN excluded.second > known.second
            THEN 1 || array_fill(0, ARRAY[least(excluded.second - known.second, %(slots)s) - 1])
                || known.counts
            ELSE (known.counts[1] + 1) || known.counts[2:]
        END)[:%(slots)s]
    WHERE %(limit)s > (
        SELECT coalesce(sum(count), 0)
        FROM unnest(known.counts[:%(slots)s - greatest(0, excluded.second - known.second)]) AS count
    )
    RETURNING second
""")
KNOWN = "SELECT second, counts FROM kernel_rate WHERE owner = %s"


def wait_of(owner: str, *, limit: int, seconds: int, at: float) -> float:
    """Count a request; return 0, or for how many seconds there have been too many.

    There are never more than `limit` within any `seconds`. `at` is in seconds since 1970.
    """
    slots = seconds + 1  # the first second counts until all of it has passed
    values: dict[str, str | int] = {
        "owner": owner,
        "second": int(at),
        "slots": slots,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        if cursor.fetchone() is not None:
            return 0.0
        cursor.execute(KNOWN, [owner])
        second, counts = cursor.fetchone()
    oldest = max(place for place, count in enumerate(counts) if count)
    return max(float(second - oldest + slots) - at, 1.0)
