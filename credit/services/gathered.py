"""Credit for many orders in one step: exposure is entered together."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, connection

from credit.models import CreditAccount
from credit.services.accounts import move
from o2c.kernel.gathering import gathered_now
from o2c.kernel.money import ZERO

ENTER = """
    WITH new AS (
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::numeric[], %s::timestamptz[])
            WITH ORDINALITY AS new (account_id, kind, source, amount, at, place)
    ), entered AS (
        INSERT INTO credit_exposureentry (account_id, kind, source, amount, at)
        SELECT account_id, kind, source, amount, at FROM new ORDER BY place
        ON CONFLICT (source, kind) DO NOTHING
        RETURNING account_id, amount
    ), moved AS (
        UPDATE credit_creditaccount AS account SET exposure = account.exposure + sums.amount
          FROM (SELECT account_id, sum(amount) AS amount FROM entered GROUP BY 1) AS sums
         WHERE account.customer_id = sums.account_id
    )
    SELECT count(*) FROM entered
"""


class Entries:
    """Exposure entries of a step that gathers its rows; the accounts in memory have them."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], tuple[int, Decimal, datetime]] = {}

    def add(
        self, account: CreditAccount, source: str, amounts: Mapping[str, Decimal], at: datetime
    ) -> Decimal:
        """Hold entries back; return by how much they move the account."""
        moved = ZERO
        for kind, amount in amounts.items():
            if (source, kind) not in self._entries:
                self._entries[source, kind] = account.pk, amount, at
                moved += amount
        return moved

    def write(self) -> None:
        """Enter what was held back.

        Raises:
            IntegrityError: one of them was entered before this step: each must be asked alone.
        """
        entries, self._entries = self._entries, {}
        sources, kinds = zip(*entries, strict=True)
        accounts, amounts, times = zip(*entries.values(), strict=True)
        values = [list(column) for column in (accounts, kinds, sources, amounts, times)]
        with connection.cursor() as cursor:
            cursor.execute(ENTER, values)
            (entered,) = cursor.fetchone()
        if entered != len(entries):
            raise IntegrityError("An exposure entry of this step was made before.")

    @property
    def is_empty(self) -> bool:
        return not self._entries


def enter_later(
    account: CreditAccount | None, source: str, amounts: Mapping[str, Decimal], *, at: datetime
) -> bool:
    """Enter amounts with others at the end of the step; False: this step writes at once."""
    gathered = gathered_now()
    if gathered is None or account is None:
        return False
    entries = gathered.kept(Entries)
    if entries is None:
        entries = Entries()
        gathered.keep(entries)
    if entries.is_empty:
        gathered.on_flush(entries.write)
    move(account, entries.add(account, source, amounts, at))
    return True
