"""Why a line waits: who comes first, what is kept, in doubt or unfit, and what is on its way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from fulfillment import selectors
from o2c.kernel.ui.dates import day as day_of

FACTS = """
SELECT p.id,
       coalesce((SELECT sum(r.quantity) FROM fulfillment_reservation r
                  WHERE r.product_id = p.id AND r.state = 'live' AND r.expires_at > %(at)s), 0),
       coalesce(sum(l.on_hand - l.allocated) FILTER (WHERE t.id IS NOT NULL), 0),
       coalesce(sum(l.on_hand - l.allocated) FILTER (WHERE t.id IS NULL AND c.kind = 'receiving'
           AND c.is_active AND (l.lot_id IS NULL OR o.blocked_reason = '')
           AND (o.expires_on IS NULL OR o.expires_on >= %(on)s::date)), 0),
       coalesce(sum(l.on_hand - l.allocated) FILTER (WHERE t.id IS NULL AND NOT (
           c.kind IN ('storage', 'receiving') AND c.is_active
           AND (l.lot_id IS NULL OR o.blocked_reason = '')
           AND (o.expires_on IS NULL OR o.expires_on >= %(on)s::date))), 0),
       coming.overdue_on, coming.next_on
  FROM catalog_product p
  CROSS JOIN LATERAL (
      SELECT min(e.expected_on) FILTER (WHERE e.expected_on < %(on)s::date) AS overdue_on,
             min(e.expected_on) FILTER (WHERE e.expected_on >= %(on)s::date) AS next_on
        FROM fulfillment_expectedreceipt e
       WHERE e.product_id = p.id AND e.state = 'open' AND e.quantity > e.received) AS coming
  LEFT JOIN fulfillment_stocklevel l ON l.product_id = p.id
  LEFT JOIN fulfillment_location c ON c.id = l.location_id
  LEFT JOIN fulfillment_lot o ON o.id = l.lot_id
  LEFT JOIN fulfillment_counttask t ON t.level_id = l.id AND t.state = 'open' AND t.blocks
 WHERE p.id = ANY(%(products)s) GROUP BY p.id, coming.overdue_on, coming.next_on
"""


@dataclass(frozen=True)
class Facts:
    """Of one product: kept back, to be counted or put away, not to be taken, and what is to come.

    `overdue_on` is the first past day on which some were due that have not come.
    """

    product_id: int
    kept: Decimal
    in_doubt: Decimal
    at_dock: Decimal
    unfit: Decimal
    overdue_on: date | None
    next_on: date | None

    def words(self, ahead: Decimal) -> list[str]:
        """Say what stands in the way of a line that so much of the product waits ahead of."""
        amounts = (
            (ahead, _("%(quantity)s go to others first")),
            (self.kept, _("%(quantity)s are kept back")),
            (self.in_doubt, _("%(quantity)s must be counted first")),
            (self.at_dock, _("%(quantity)s must be put away first")),
            (self.unfit, _("%(quantity)s may not be taken")),
        )
        said = [
            words % {"quantity": f"{amount.normalize():f}"} for amount, words in amounts if amount
        ]
        return [*said, *self._coming()]

    def _coming(self) -> list[str]:
        """Say when more comes; what is overdue comes on no day that anybody knows."""
        said = []
        if self.overdue_on:
            overdue = {"day": strip_tags(day_of(self.overdue_on))}
            said.append(
                _("some were due on %(day)s") % overdue
                if self.next_on
                else _("some were due on %(day)s, and no new day is known") % overdue
            )
        if self.next_on:
            said.append(_("the next come on %(day)s") % {"day": strip_tags(day_of(self.next_on))})
        return said or [_("none is on order")]


def give_reasons(lines: Sequence[Any], *, at: datetime) -> Sequence[Any]:
    """Give each of `worklists.waiting_lines` its `why`; one statement."""
    facts = _facts_of({line.product_id for line in lines}, at=at)
    for line in lines:
        line.why = "; ".join(facts[line.product_id].words(line.ahead))
    return lines


def _facts_of(product_ids: Iterable[int], *, at: datetime) -> dict[int, Facts]:
    values: dict[str, Any] = {
        "products": list(product_ids),
        "at": at,
        "on": selectors.today_of(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        return {row[0]: Facts(*row) for row in cursor.fetchall()}
