"""Keeping goods back for a while: softly, for a holder, without naming a place.

What is kept back is promised to nobody else. The holder's own order consumes it when it claims.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment.models import Reservation, StockLevel
from fulfillment.promises import promises
from fulfillment.quantities import is_quantity
from fulfillment.selectors import today_of
from fulfillment.services.shelf import LOCK, NO_DAYS
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import reach_all
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service

# Nobody keeps goods from others for longer than a quote usually stands.
LONGEST = timedelta(days=60)
HOLDERS = ("order", "quote", "entry")
END = """
UPDATE fulfillment_reservation r SET state = %(state)s, ended_at = %(at)s
  FROM (SELECT id FROM fulfillment_reservation
         WHERE holder = %(holder)s AND state = 'live' ORDER BY id FOR UPDATE) AS mine
 WHERE r.id = mine.id
"""
# Less is kept of what is wanted less of; it names no place, so that no stock need be locked.
LOWER = """
WITH want AS (
    SELECT * FROM unnest(%(products)s::bigint[], %(quantities)s::numeric[]) AS w(product_id, wanted)
), mine AS (
    SELECT r.id, r.quantity, coalesce(w.wanted, 0) AS wanted
      FROM fulfillment_reservation r LEFT JOIN want w USING (product_id)
     WHERE r.holder = %(holder)s AND r.state = 'live' ORDER BY r.id FOR UPDATE OF r
)
UPDATE fulfillment_reservation r
   SET quantity = CASE WHEN m.wanted > 0 THEN m.wanted ELSE r.quantity END,
       state = CASE WHEN m.wanted > 0 THEN r.state ELSE 'withdrawn' END,
       ended_at = CASE WHEN m.wanted > 0 THEN NULL ELSE %(at)s::timestamptz END
  FROM mine m WHERE r.id = m.id AND m.wanted < m.quantity
"""
# What somebody is just consuming or withdrawing needs no expiry.
EXPIRE = """
UPDATE fulfillment_reservation r SET state = 'expired', ended_at = %(at)s
  FROM (SELECT id FROM fulfillment_reservation
         WHERE state = 'live' AND expires_at <= %(at)s ORDER BY id FOR UPDATE SKIP LOCKED) AS past
 WHERE r.id = past.id
"""


@service
def reserve(
    holder: str,
    wanted: Mapping[int, Decimal],
    *,
    customer_id: int | None,
    expires_at: datetime,
    at: datetime,
    actor: Actor,
    leaving: Mapping[int, date] = NO_DAYS,
) -> dict[int, Decimal]:
    """Keep back what is free of these products, `{product: quantity}`; return what is kept.

    It takes the place of what the holder had kept back. What is promised to others is not kept:
    there may be less than wanted, or nothing.

    Args:
        holder: `order:17`, `quote:4` or `entry:` and the token of a screen.
        leaving: by product the day on which it leaves, if that is not today: of what expires
            before, nothing is kept.

    Raises:
        InvalidInput: no such holder, a quantity cannot be, or it would end in the past or too late.
    """
    _ensure_fit(holder, wanted, expires_at, at)
    kept = _free_of(wanted, leaving, holder=holder, at=at)
    withdraw_reservations(holder, at=at, actor=actor)
    rows.insert(
        [
            Reservation(
                holder=holder,
                customer_id=customer_id,
                product_id=product_id,
                quantity=quantity,
                reserved_at=at,
                expires_at=expires_at,
                actor=actor.name,
            )
            for product_id, quantity in kept.items()
        ]
    )
    changes = {"kept back": (None, sum(kept.values(), ZERO)), "expires_at": (None, expires_at)}
    audit.record(holder, "reserve", at=at, actor=actor, changes=changes)
    return kept


def _free_of(
    wanted: Mapping[int, Decimal], leaving: Mapping[int, date], *, holder: str, at: datetime
) -> dict[int, Decimal]:
    """Return how much of what is wanted is promised to nobody else, the products locked."""
    if not reach_all(StockLevel, "product_id", wanted):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, {"products": sorted(wanted)})
    kind, _colon, key = holder.partition(":")
    order_id = int(key) if kind == "order" else 0
    found = promises(wanted, at=at, holders=[holder], order_id=order_id)
    today = today_of(at)
    free = {
        product_id: min(quantity, found[product_id].on(today, until=leaving.get(product_id)))
        for product_id, quantity in wanted.items()
        if product_id in found
    }
    return {product_id: quantity for product_id, quantity in free.items() if quantity > 0}


@service
def lower_reservations(
    holder: str, wanted: Mapping[int, Decimal], *, at: datetime, actor: Actor
) -> int:
    """Keep no more for a holder than is wanted, `{product: quantity}`; nothing of the others.

    Return of how many products less is kept now; one statement, which locks no stock.
    """
    values: dict[str, Any] = {
        "holder": holder,
        "products": list(wanted),
        "quantities": list(wanted.values()),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOWER, values)
        count = int(cursor.rowcount)
    if count:
        changes = {"kept back": (None, sum(wanted.values(), ZERO))}
        audit.record(holder, "lower", at=at, actor=actor, changes=changes)
    return count


@service
def withdraw_reservations(holder: str, *, at: datetime, actor: Actor) -> int:
    """Let go of what is kept back for a holder; return how many products that were."""
    return _end(holder, Reservation.State.WITHDRAWN, act="withdraw", at=at, actor=actor)


@service
def use_reservations(holder: str, *, at: datetime, actor: Actor) -> int:
    """Give what is kept back for a holder to the order that claims it in this step.

    Until the step is over, others read it as kept back still: nobody comes between.
    """
    return _end(holder, Reservation.State.CONSUMED, act="consume", at=at, actor=actor)


def _end(holder: str, state: str, *, act: str, at: datetime, actor: Actor) -> int:
    with connection.cursor() as cursor:
        cursor.execute(END, {"holder": holder, "state": state, "at": at})
        count = int(cursor.rowcount)
    if count:
        changes = {"products kept back": (count, 0)}
        audit.record(holder, act, at=at, actor=actor, changes=changes)
    return count


@service
def expire_reservations(*, at: datetime) -> int:
    """End what was kept back until now; return how many reservations that were.

    What has expired counts no more from that instant on, whenever this runs.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, {"at": at})
        return int(cursor.rowcount)


def _ensure_fit(
    holder: str, wanted: Mapping[int, Decimal], expires_at: datetime, at: datetime
) -> None:
    kind, _colon, key = holder.partition(":")
    if kind not in HOLDERS or not key or (kind != "entry" and not key.isdecimal()):
        raise InvalidInput(_("Goods are kept back for an order, a quote or an open screen."))
    if not wanted or not all(is_quantity(each) for each in wanted.values()):
        raise InvalidInput(
            _("Enter quantities above zero, with three decimals at most."), field="quantity"
        )
    if not at < expires_at <= at + LONGEST:
        raise InvalidInput(
            _("Goods are kept back until a later moment, at most %(days)s days from now.")
            % {"days": LONGEST.days},
            field="expires_at",
        )
