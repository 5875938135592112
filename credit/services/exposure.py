"""The exposure ledger: what a customer owes or will owe, entry by entry, and its sum."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from credit.events import GroupRoomMade
from credit.horizon import is_far, wanted_on
from credit.models import ExposureEntry, FarOrder
from credit.selectors.together import top_of
from credit.services.accounts import forget_prepared, known_account, move
from credit.services.gathered import enter_later
from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
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

LEDGER = """
    SELECT coalesce(sum(amount), 0),
           EXISTS (SELECT FROM credit_farorder WHERE order_id = %(order)s)
      FROM credit_exposureentry
     WHERE account_id = %(account)s AND kind = 'open_order'
       AND (source LIKE %(own)s OR source LIKE %(shipped)s)
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
    """Enter what a just released order will cost; what is wanted beyond the horizon is left out."""
    order = orders.lock_order(order_id)
    account, lines = known_account(order.customer), orders.lines_of(order)
    if account is not None and account.policy.horizon_days is not None:
        today = local_date(at, the_company())
        if is_far(lines.values(), account.policy, today=today):
            _leave_out(order, at=at)
            return
    _enter(order, amount=open_gross(order, lines), at=at)


@service
def follow_order(order_id: int, *, at: datetime) -> None:
    """Enter the difference that a suspension or cancellation makes.

    An order that is left out stays so, until it is counted in or waits again.
    """
    order = orders.lock_order(order_id)
    is_confirmed = order.state in Order.CONFIRMED
    owed = open_gross(order, orders.lines_of(order)) if is_confirmed else ZERO
    counted, is_left_out = ledger_of(order)
    if not is_left_out:
        _enter(order, amount=owed - counted, at=at)
        return
    FarOrder.objects.filter(pk=order.pk).delete()
    if owed:
        _leave_out(order, at=at)


@service
def include_order(order_id: int, *, at: datetime) -> None:
    """Enter an order that was left out until now."""
    order = orders.lock_order(order_id)
    FarOrder.objects.filter(pk=order.pk).delete()
    follow_order(order_id, at=at)


def _leave_out(order: Order, *, at: datetime) -> None:
    day = wanted_on(orders.lines_of(order).values())
    assert day is not None  # something is open, or nothing would be left out
    row = FarOrder(order=order, customer_id=order.customer_id, wanted_on=day, left_out_at=at)
    rows.insert([row])


def _enter(order: Order, *, amount: Decimal, at: datetime) -> None:
    record_exposure(
        order.customer_id,
        source=f"order:{order.pk}:{order.revision}",
        amounts={Kind.OPEN_ORDER: amount},
        at=at,
    )


def ledger_of(order: Order) -> tuple[Decimal, bool]:
    """Return what the ledger holds for the order, and whether the order is left out of it.

    The ledger has the order's own entries, and those of its shipments.
    """
    values: dict[str, Any] = {
        "order": order.pk,
        "account": order.customer_id,
        "own": f"order:{order.pk}:%",
        "shipped": f"shipment:%:{order.pk}",
    }
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, values)
        counted, is_left_out = cursor.fetchone()
    return counted, is_left_out
