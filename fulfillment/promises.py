"""Available to promise: how much of a product can be promised, and from which day on.

On hand - claimed - kept back for others + what is expected - what waits, summed up by day. What is
promised for a day must not be missing on a later one, so the least of the days that follow counts;
what will have expired unwanted by a day is not there on it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db import connection

from fulfillment import selectors
from fulfillment.leaving import NEEDED_ON, leaves_on
from o2c.kernel.company import local_date, the_company
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.prepared import Hot
from o2c.kernel.working_days import DAY, add_working_days

# From the decision to the customer's door: picked today, on the road tomorrow.
DELIVERY_WORKING_DAYS = 2
# What lies at the dock is put away on the next working day; what is overdue comes on no day that
# anybody knows. What expires first leaves first: what nobody has wanted until then is spoiled, and
# not there any more; what is wanted later cannot be kept from it. What is kept back is missing at
# once, and eats up what expires when its holder needs it. What waits is dated by the day
# that its customer was told; the waiting order that asks does not stand in its own way.
BY_DAY = Hot(f"""
WITH asked AS (
    SELECT id, lead_time_days FROM catalog_product WHERE id = ANY(%(products)s::bigint[])
), lying AS (
    SELECT l.product_id, d.day, o.expires_on, sum(l.on_hand - l.allocated) AS quantity
      FROM fulfillment_stocklevel l JOIN fulfillment_location p ON p.id = l.location_id
      JOIN (VALUES ('storage', %(today)s::date), ('receiving', %(put_away)s::date)) AS d(kind, day)
        ON d.kind = p.kind
      LEFT JOIN fulfillment_lot o ON o.id = l.lot_id
     WHERE l.product_id = ANY(%(products)s::bigint[]) AND l.on_hand > l.allocated AND p.is_active
       AND (l.lot_id IS NULL OR o.blocked_reason = '')
       AND (o.expires_on IS NULL OR o.expires_on >= d.day)
       AND NOT EXISTS (SELECT FROM fulfillment_counttask t
                        WHERE t.level_id = l.id AND t.state = 'open' AND t.blocks)
     GROUP BY 1, 2, 3
), kept AS (
    SELECT r.product_id, greatest({NEEDED_ON}, %(today)s::date) AS day, r.quantity
      FROM fulfillment_reservation r
     WHERE r.product_id = ANY(%(products)s::bigint[]) AND r.state = 'live'
       AND r.expires_at > %(at)s::timestamptz AND r.holder <> ALL(%(holders)s::text[])
), change AS (
    SELECT product_id, day, quantity, 0 AS wanted, 0 AS spoils FROM lying
    UNION ALL
    SELECT product_id, expires_on + 1, 0, 0, quantity FROM lying WHERE expires_on IS NOT NULL
    UNION ALL
    SELECT product_id, %(today)s::date, -quantity, 0, 0 FROM kept
    UNION ALL
    SELECT product_id, day, 0, quantity, 0 FROM kept
    UNION ALL
    SELECT e.product_id, e.expected_on, sum(e.quantity - e.received), 0, 0
      FROM fulfillment_expectedreceipt e
     WHERE e.product_id = ANY(%(products)s::bigint[]) AND e.state = 'open'
       AND e.quantity > e.received
       AND e.expected_on BETWEEN %(today)s::date AND %(latest)s::date
     GROUP BY 1, 2
    UNION ALL
    SELECT l.product_id, greatest(coalesce(l.expected_on, l.requested_on), %(today)s::date),
           -sum(l.ordered - l.cancelled - l.shipped - l.allocated),
           sum(l.ordered - l.cancelled - l.shipped - l.allocated), 0
      FROM orders_order d JOIN orders_orderline l ON l.order_id = d.id
     WHERE l.product_id = ANY(%(products)s::bigint[]) AND d.state IN ('released', 'fulfilling')
       AND l.ordered > l.cancelled + l.shipped + l.allocated AND d.id <> %(order)s::bigint
       AND %(waiting)s::boolean
     GROUP BY 1, 2
), summed AS (
    SELECT product_id, day, sum(sum(quantity)) OVER past AS total,
           sum(sum(spoils)) OVER past - sum(sum(wanted)) OVER past + sum(wanted) AS unused
      FROM change GROUP BY 1, 2 WINDOW past AS (PARTITION BY product_id ORDER BY day)
), lost AS (
    SELECT product_id, day, total,
           greatest(max(unused) OVER (PARTITION BY product_id ORDER BY day), 0) AS spoiled
      FROM summed
)
SELECT a.id, a.lead_time_days, t.day,
       min(greatest(t.total, t.spoiled)) OVER (PARTITION BY a.id ORDER BY t.day DESC) - t.spoiled,
       t.spoiled
  FROM asked a LEFT JOIN lost t ON t.product_id = a.id
 ORDER BY a.id, t.day
""")  # noqa: S608  an expression of our own


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What of a product can be promised: (day, quantity) from which day on how much.

    It rises, but for what expires: of that `spoiled` says per step how much that is so far.

    `lead_time_days` are the working days in which it is bought again; 0: nobody knows.
    """

    product_id: int
    lead_time_days: int = 0
    steps: Sequence[tuple[date, Decimal]] = field(default=())
    spoiled: Sequence[Decimal] = field(default=())

    def on(self, day: date, *, until: date | None = None) -> Decimal:
        """Return how much can be promised for a day of ours; of what is there then, that is, and
        if `until` is given and later, only what is fit until that day.
        """
        place = self._place(day)
        if place < 0:
            return ZERO
        available = self.steps[place][1]
        if until and until > day:
            available -= self.spoiled[self._place(until)] - self.spoiled[place]
        return max(available, ZERO)

    def earliest(self, quantity: Decimal, *, until: date | None = None) -> date | None:
        """Return the first day on which so much can be promised; None: none is known.

        `until` is when it is to leave: what has expired by then is of no use.
        """
        for day, _available in self.steps:
            if self.on(day, until=until) >= quantity:
                return day
        return None

    def _place(self, day: date) -> int:
        """Return which step counts on a day; -1: none does yet."""
        return bisect_right(self.steps, day, key=itemgetter(0)) - 1


def promises(
    product_ids: Collection[int],
    *,
    at: datetime,
    order_id: int = 0,
    holders: Collection[str] = (),
    is_waiting_counted: bool = True,
) -> dict[int, Promise]:
    """Return what can be promised of each product, in one statement.

    `order_id` and `holders` are who asks: what waits and what is kept for them is theirs. With
    `is_waiting_counted` False only supply is summed up: the caller shares it out.
    """
    company = the_company()
    today = local_date(at, company)
    values: dict[str, Any] = {
        "products": list(product_ids),
        "today": today,
        "put_away": add_working_days(today + DAY, 0, country=company.country),
        "latest": today + selectors.HORIZON,
        "at": at,
        "order": order_id,
        "holders": list(holders),
        "waiting": is_waiting_counted,
    }
    steps: dict[int, list[tuple[date, Decimal]]] = {}
    spoiled: dict[int, list[Decimal]] = defaultdict(list)
    leads: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, values)
        for product_id, lead_time_days, day, available, lost in cursor.fetchall():
            leads[product_id] = lead_time_days
            steps.setdefault(product_id, []).extend([(day, available)] if day else [])
            spoiled[product_id].append(lost)
    return {
        key: Promise(product_id=key, lead_time_days=leads[key], steps=found, spoiled=spoiled[key])
        for key, found in steps.items()
    }


def by_week(promise: Promise, *, start: date, weeks: int) -> list[Decimal]:
    """Return what can be promised at the start of each week from a day on."""
    return [promise.on(date.fromordinal(start.toordinal() + 7 * week)) for week in range(weeks)]


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Days at the customer's door, counted from our own: read once for many."""

    today: date
    country: str
    handling_days: int

    @property
    def soon(self) -> date:
        """When what is there today arrives."""
        return self.of(self.today)

    def of(self, day: date) -> date:
        """Return when what is here on a day arrives."""
        return self._add(day, self.handling_days + DELIVERY_WORKING_DAYS)

    def leaves_on(self, requested_on: date) -> date:
        """Return the day on which goods leave that are wanted on a day."""
        return leaves_on(requested_on, today=self.today, country=self.country)

    def of_rest(
        self, promise: Promise, quantity: Decimal, *, requested_on: date | None = None
    ) -> date:
        """Return when so much of a product arrives: from what is here or expected, or else bought
        again; not from what expires before it leaves for the day on which it is wanted.
        """
        until = self.leaves_on(requested_on) if requested_on else None
        day = promise.earliest(quantity, until=until)
        if day is not None:
            return self.of(day)
        if promise.lead_time_days:
            return self.of(self._add(self.today, promise.lead_time_days))
        return self._add(self.today, selectors.REPLENISHMENT_WORKING_DAYS)

    def _add(self, day: date, count: int) -> date:
        return add_working_days(day, count, country=self.country)


def arrivals(*, at: datetime) -> Arrivals:
    return arrivals_of(the_company(), at=at)


def arrivals_of(company: Company, *, at: datetime) -> Arrivals:
    return Arrivals(
        today=local_date(at, company),
        country=company.country,
        handling_days=company.handling_days,
    )
