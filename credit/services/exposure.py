"""The exposure ledger: what a customer owes or will owe, entry by entry, and its sum."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from credit.events import GroupRoomMade
from credit.models import ExposureEntry
from credit.services.accounts import forget_prepared, known_account, move, top_of
from credit.services.gathered import enter_later
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross

Kind = ExposureEntry.Kind

# Entries of a source that is known are left out, so a repeat moves nothing. Who has no account
# yet gets one.
ENTER = """
    WITH entered AS (
        INSERT INTO credit_exposureentry (account_id, kind, source, amount, at)
        SELECT %(customer)s, new.kind, %(source)s, new.amount, %(at)s
          FROM unnest(%(kinds)s::text[], %(amounts)s::numeric[]) AS new (kind, amount)
        ON CONFLICT (source, kind) DO NOTHING
        RETURNING amount
    ), moved AS (
        SELECT sum(amount) AS amount FROM entered
    )
    INSERT INTO credit_creditaccount AS account (customer_id, currency, "limit", exposure)
    SELECT customer.id, customer.currency, 0, moved.amount
      FROM moved JOIN customers_customer AS customer ON customer.id = %(customer)s
     WHERE moved.amount <> 0
    ON CONFLICT (customer_id) DO UPDATE SET exposure = account.exposure + excluded.exposure
    RETURNING exposure, (SELECT parent_id FROM credit_creditgroup WHERE parent_id = {top})
"""


@service
def record_exposure(
    customer_id: int, *, source: str, amounts: Mapping[str, Decimal], at: datetime
) -> None:
    """Enter amounts, tax included, in the account's currency, and move the account's sum.

    Args:
        source: why, once for ever: `invoice:17`. The same source again changes nothing.
        amounts: by `ExposureEntry.Kind`; what is zero is left out.

    Raises:
        ValueError: there is no such kind of exposure.
    """
    customer = lock(Customer, customer_id)
    entries = {Kind(kind).value: amount for kind, amount in amounts.items() if amount}
    account = known_account(customer)
    if not entries or enter_later(account, source, entries, at=at):
        return
    values: dict[str, Any] = {
        "customer": customer_id,
        "customers": [customer_id],
        "source": source,
        "at": at,
        "kinds": list(entries),
        "amounts": list(entries.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTER.replace("{top}", top_of(customer)), values)
        moved = cursor.fetchone()
    forget_prepared(customer)
    if moved is None:
        return
    exposure, parent_id = moved
    if account is not None:
        move(account, exposure - account.exposure)
    if parent_id is not None and sum(entries.values()) < 0:
        publish(GroupRoomMade(parent_id=parent_id, at=at, actor=Actor.job("credit.exposure")))


@service
def count_order(order_id: int, *, at: datetime) -> None:
    """Enter what a just released order will cost."""
    order = orders.lock_order(order_id)
    _enter(order, amount=open_gross(order, orders.lines_of(order)), at=at)


@service
def follow_order(order_id: int, *, at: datetime) -> None:
    """Enter the difference that a suspension or cancellation makes."""
    order = orders.lock_order(order_id)
    is_counted = order.state in Order.CONFIRMED
    owed = open_gross(order, orders.lines_of(order)) if is_counted else ZERO
    _enter(order, amount=owed - counted_for(order), at=at)


def _enter(order: Order, *, amount: Decimal, at: datetime) -> None:
    record_exposure(
        order.customer_id,
        source=f"order:{order.pk}:{order.revision}",
        amounts={Kind.OPEN_ORDER: amount},
        at=at,
    )


def counted_for(order: Order) -> Decimal:
    """Return what the ledger holds for the order: its own entries and those of its shipments."""
    of_order = Q(source__startswith=f"order:{order.pk}:") | Q(
        source__startswith="shipment:", source__endswith=f":{order.pk}"
    )
    entries = ExposureEntry.objects.filter(of_order, account=order.customer_id)
    total = entries.filter(kind=Kind.OPEN_ORDER).aggregate(total=Sum("amount"))["total"]
    return total or ZERO
