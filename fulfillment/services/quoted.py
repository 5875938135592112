"""Goods of a quote: kept back while it can be accepted, for the order that it becomes."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from fulfillment.services.reserving import LONGEST, reserve, withdraw_reservations
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.models import Quote
from orders.services.quote_decisions import ensure_open
from orders.services.quoting import lock_quote


def holder_of(quote_id: int) -> str:
    """Return under which name the goods of a quote are kept back."""
    return f"quote:{quote_id}"


@service
def keep_for_quote(quote_id: int, *, at: datetime, actor: Actor) -> dict[int, Decimal]:
    """Keep back what is free of a sent quote's goods, `{product: quantity}`; return what is kept.

    They are kept while the quote can be accepted, and never longer than `LONGEST`; asked for again,
    it is done anew.

    Raises:
        Quote.DoesNotExist: no such quote.
        QuoteNotOpen: it was not sent, has run out, or was decided on before.
    """
    quote = lock_quote(quote_id)
    ensure_open(quote, at=at)
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for product_id, quantity in quote.lines.values_list("product_id", "quantity"):
        wanted[product_id] += quantity
    return reserve(
        holder_of(quote_id),
        wanted,
        customer_id=quote.customer_id,
        expires_at=min(_end_of(quote), at + LONGEST),
        at=at,
        actor=actor,
    )


@service
def let_quote_go(quote_id: int, *, at: datetime, actor: Actor) -> int:
    """Keep nothing back for a quote any more; return how many products that were.

    Raises:
        Quote.DoesNotExist: no such quote.
    """
    quote = lock_quote(quote_id)
    return withdraw_reservations(holder_of(quote.pk), at=at, actor=actor)


def _end_of(quote: Quote) -> datetime:
    """Return when the quote's last day is over where the customer is."""
    day_after = quote.valid_until + timedelta(days=1)
    return datetime.combine(day_after, time(), ZoneInfo(quote.customer.time_zone))
