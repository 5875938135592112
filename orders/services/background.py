"""What else is known when an order is checked: twin, habits, who must approve; one statement."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from o2c.kernel.company import local_date, the_company
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.prepared import Hot
from orders.models import Order
from orders.rules import Habits, House, Threshold, Usual
from orders.rules.habits import FEWEST, LATEST

# Orders that were never confirmed to be one: their PO number is free, they are no habit.
UNUSED = [Order.State.DRAFT.value, Order.State.CANCELLED.value, Order.State.DECLINED.value]

# The latest orders come by the index of the customer's orders, their lines by that of the order;
# without enough of them the lines are not read.
STATEMENT = Hot(f"""
WITH recent AS (
    SELECT id, net_amount FROM orders_order
     WHERE customer_id = %(customer)s AND id <> %(order)s AND state NOT IN {tuple(UNUSED)}
     ORDER BY id DESC LIMIT {LATEST})
SELECT (SELECT min(number) FROM orders_order
         WHERE customer_id = %(customer)s AND customer_po = %(po)s AND %(po)s <> ''
           AND id <> %(order)s AND state NOT IN {tuple(UNUSED)}),
       (SELECT count(*) FROM recent),
       (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY net_amount) FROM recent),
       (SELECT max(net_amount) FROM recent),
       (SELECT json_agg(json_build_array(product_id, median::text, most::text))
          FROM (SELECT product_id, max(ordered) AS most,
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY ordered) AS median
                  FROM orders_orderline
                 WHERE product_id = ANY(%(products)s) AND order_id IN (SELECT id FROM recent)
                 GROUP BY product_id) AS bought
         WHERE (SELECT count(*) FROM recent) >= {FEWEST})::text,
       (SELECT json_agg(json_build_array(kind, currency, threshold::text, approver))
          FROM orders_approvalrule WHERE is_active)::text
""")  # noqa: S608  names of ours


@dataclass(frozen=True, kw_only=True)
class Background:
    """`twin`: another order's number with the same PO number; `habits` None: too few orders."""

    twin: str
    habits: Habits | None
    thresholds: Sequence[Threshold]


def background_of(
    *, customer_id: int, customer_po: str, product_ids: Collection[int], order_id: int = 0
) -> Background:
    """Return what is known of the customer's other orders, and the rules of approval."""
    values: dict[str, Any] = {
        "customer": customer_id,
        "order": order_id,
        "po": customer_po,
        "products": list(product_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        twin, count, median, most, quantities, thresholds = cursor.fetchone()
    return Background(
        twin=twin or "",
        habits=_habits(median, most, quantities) if count >= FEWEST else None,
        thresholds=[
            Threshold(kind=kind, currency=currency, threshold=Decimal(value), approver=approver)
            for kind, currency, value, approver in _read(thresholds)
        ],
    )


def house_of(at: datetime, thresholds: Sequence[Threshold] = ()) -> House:
    """Return what our company has settled; the company is read once a step."""
    try:
        company = the_company()
    except Company.DoesNotExist:
        return House(thresholds=thresholds)
    return House(
        thresholds=thresholds,
        today=local_date(at, company),
        country=company.country,
        price_tolerance=company.price_tolerance_rate,
        handling_days=company.handling_days,
    )


def _habits(median: Decimal | None, most: Decimal | None, quantities: str | None) -> Habits:
    by_product: Mapping[int, Usual] = {
        product_id: Usual(median=Decimal(middle), most=Decimal(largest))
        for product_id, middle, largest in _read(quantities)
    }
    return Habits(amount=Usual(median=median or ZERO, most=most or ZERO), quantities=by_product)


def _read(text: str | None) -> list[Any]:
    return json.loads(text) if text else []
