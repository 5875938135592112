"""What open entry screens watch of stock, looked at for all of them together.

Each process looks when a screen asks and its last look is `EVERY` seconds old, at all products
that screens have asked for lately: how often does not depend on the number of screens. While
nobody has written anything, as the database's own snapshot says, not even that is read again.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import connection

from fulfillment.promises import Arrivals, Promise, arrivals_of, promises
from o2c.kernel.company import the_company
from o2c.kernel.prepared import Hot
from o2c.kernel.working_days import DAY

# Seconds between two looks; where a look takes long, all of them take at most a fifth of the time.
EVERY, SHARE = 0.1, 5
# Seconds that a question which comes again soon waits for a look of somebody else.
PATIENCE = 0.25
# Nobody watches what no screen has asked for in so many seconds.
FORGOTTEN = 10.0
# The same snapshot twice: nobody has committed anything in between. A transaction that has itself
# written sees more than its snapshot says.
MOMENT = Hot("""
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END
""")
KEPT = Hot("""
SELECT product_id, holder, quantity, expires_at FROM fulfillment_reservation
 WHERE product_id = ANY(%(products)s::bigint[]) AND state = 'live'
   AND expires_at > %(at)s::timestamptz
 ORDER BY id
""")


@dataclass(frozen=True)
class Kept:
    """So much of a product is kept back for somebody, for so long."""

    holder: str
    quantity: Decimal
    expires_at: datetime


@dataclass(frozen=True)
class Watched:
    """What is known of a product as of `at`, in microseconds of the database's clock.

    `promise` is everybody's; `name` differs whenever something of it does.
    """

    promise: Promise
    kept: tuple[Kept, ...]
    name: str
    at: int


@dataclass(frozen=True)
class Sight:
    """What is known of some products: `name` differs whenever anything of it does."""

    days: Arrivals
    products: dict[int, Watched]
    name: str
    at: int
    asked_at: datetime

    def promises_for(self, holders: Collection[str]) -> dict[int, Promise]:
        """Return what can be promised to these; what some is kept back of for them is asked anew,
        as theirs.
        """
        own = [
            key
            for key, product in self.products.items()
            if any(row.holder in holders for row in product.kept)
        ]
        found = {key: product.promise for key, product in self.products.items()}
        return found | (promises(own, at=self.asked_at, holders=holders) if own else {})

    def kept_until(self, holders: Collection[str]) -> datetime | None:
        """Return until when something of these products is kept back for them; None: nothing is."""
        until = [
            row.expires_at
            for product in self.products.values()
            for row in product.kept
            if row.holder in holders
        ]
        return min(until, default=None)


class Board:
    """What one process knows of the products that its screens watch."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: dict[int, float] = {}
        self._watched: dict[int, Watched] = {}
        self._days: Arrivals | None = None
        self._snapshot: str | None = None
        # When something changes by itself: what is kept back is free again, or the day is over.
        self._changes_at: datetime | None = None
        self._due = 0.0

    def look(self, product_ids: Collection[int], *, at: datetime) -> Sight:
        """Return what is known of these products: nothing of it is older than a look.

        What no screen of this process has asked for lately is read at once.
        """
        with self._lock:
            self._look_if_due(product_ids, at)
            missing = [key for key in product_ids if key not in self._watched]
            if missing:
                self._read(missing, _moment()[0], at)
            return self._sight(product_ids, at)

    def glance(self, product_ids: Collection[int], *, at: datetime) -> Sight | None:
        """Return what is known of these products, for who asks again soon; None: not yet known.

        It neither waits while somebody else looks nor reads what the next look will read.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            return None
        try:
            self._look_if_due(product_ids, at)
            is_known = self._watched.keys() >= set(product_ids)
            return self._sight(product_ids, at) if is_known else None
        finally:
            self._lock.release()

    def look_anew(self, product_ids: Collection[int], *, at: datetime) -> Sight:
        """Look at these products once more: the one who asks has changed something."""
        with self._lock:
            for key in product_ids:
                self._watched.pop(key, None)
        return self.look(product_ids, at=at)

    def _look_if_due(self, product_ids: Collection[int], at: datetime) -> None:
        begun = monotonic()
        self._asked |= dict.fromkeys(product_ids, begun)
        if begun >= self._due or self._days is None:
            self._look_at_all(begun, at)
            taken = monotonic() - begun
            self._due = monotonic() + max(EVERY, (SHARE - 1) * taken)

    def _sight(self, product_ids: Collection[int], at: datetime) -> Sight:
        assert self._days is not None  # a look was the first thing
        products = {key: self._watched[key] for key in product_ids}
        name = name_of(
            [self._days, [(key, product.name) for key, product in sorted(products.items())]]
        )
        seen_at = min((product.at for product in products.values()), default=0)
        return Sight(days=self._days, products=products, name=name, at=seen_at, asked_at=at)

    def _look_at_all(self, begun: float, at: datetime) -> None:
        self._asked = {
            key: asked for key, asked in self._asked.items() if asked > begun - FORGOTTEN
        }
        moment, snapshot = _moment()
        if snapshot and snapshot == self._snapshot and self._changes_at and at < self._changes_at:
            self._watched = {
                key: replace(product, at=moment)
                for key, product in self._watched.items()
                if key in self._asked
            }
            return
        self._watched = {}
        company = the_company()
        self._days = arrivals_of(company, at=at)
        self._changes_at = datetime.combine(
            self._days.today + DAY, time(), ZoneInfo(company.time_zone)
        )
        self._read(list(self._asked), moment, at)
        self._snapshot = snapshot

    def _read(self, keys: Collection[int], moment: int, at: datetime) -> None:
        assert self._changes_at is not None  # read before
        found, kept = promises(keys, at=at), _kept(keys, at=at)
        for key in keys:
            promise, rows = found.get(key, Promise(product_id=key)), tuple(kept.get(key, ()))
            self._watched[key] = Watched(promise, rows, name_of([promise, rows]), moment)
            self._changes_at = min([self._changes_at, *(row.expires_at for row in rows)])


def name_of(facts: object) -> str:
    """Return a short name of these facts: it differs when they do."""
    return hashlib.blake2s(repr(facts).encode(), digest_size=8).hexdigest()


def _moment() -> tuple[int, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(MOMENT)
        moment, snapshot = cursor.fetchone()
    return moment, snapshot


def _kept(keys: Iterable[int], *, at: datetime) -> dict[int, list[Kept]]:
    found: dict[int, list[Kept]] = {}
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"products": list(keys), "at": at})
        for product_id, *row in cursor.fetchall():
            found.setdefault(product_id, []).append(Kept(*row))
    return found


THE_BOARD = Board()
