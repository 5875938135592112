"""What stock says of a quote: what of each line is free now, and what is kept back for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fulfillment import selectors
from fulfillment.answers import Answer, Asked, answers
from fulfillment.services.quoted import holder_of
from o2c.kernel.money import ZERO
from orders.models import Quote, QuoteLine


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a quote; `kept` is what of it is kept back, `answer` counts that as free."""

    line: QuoteLine
    kept: Decimal
    answer: Answer | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All lines of a quote; `until` None: nothing is kept back for it."""

    rows: Sequence[Row]
    until: datetime | None


def standing_of(quote: Quote, *, at: datetime) -> Standing:
    """Return how a quote stands with our stock; the number of statements is fixed."""
    holder = holder_of(quote.pk)
    lines = list(quote.lines.select_related("product").order_by("position"))
    asked = [Asked(line.product.sku, line.quantity) for line in lines]
    live = list(selectors.live_reservations(at=at).filter(holder=holder))
    left = {row.product_id: row.quantity for row in live}
    rows = []
    for line, answer in zip(lines, answers(asked, at=at, holders=[holder]), strict=True):
        kept = min(left.get(line.product_id, ZERO), line.quantity)
        left[line.product_id] = left.get(line.product_id, ZERO) - kept
        rows.append(Row(line=line, kept=kept, answer=answer))
    return Standing(rows=rows, until=min((row.expires_at for row in live), default=None))
