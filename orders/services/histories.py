"""The background of many orders: what `background` reads for one, read for all and kept going.

Each order that is entered is at once among the latest orders of its customer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection

from customers.models import Customer
from orders.models import ApprovalRule, Order
from orders.rules import Habits, Threshold, Usual
from orders.rules.habits import FEWEST, LATEST
from orders.services.background import UNUSED, Background
from orders.services.facts import Entered

Bought = list[tuple[int, Decimal]]
TWINS = """
SELECT customer_id, customer_po, min(number) FROM orders_order
 WHERE (customer_id, customer_po) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
   AND customer_po <> '' AND state <> ALL(%s)
 GROUP BY 1, 2
"""
# The latest orders of each customer come by the index of the customer's orders.
RECENT = """
SELECT c.id, o.id, o.net_amount FROM unnest(%s::bigint[]) AS c(id)
 CROSS JOIN LATERAL (
    SELECT id, net_amount FROM orders_order
     WHERE customer_id = c.id AND state <> ALL(%s) ORDER BY id DESC LIMIT %s) AS o
 ORDER BY c.id, o.id DESC
"""
BOUGHT = """
SELECT order_id, product_id, ordered FROM orders_orderline
 WHERE order_id = ANY(%s) AND product_id = ANY(%s)
"""


class Histories:
    """Twins and habits of the customers of some orders, and who must approve: four statements."""

    def __init__(self, wanted: Sequence[tuple[Customer, Entered]]) -> None:
        customer_ids = sorted({customer.pk for customer, _entered in wanted})
        numbers = [(customer.pk, entered.customer_po.strip()) for customer, entered in wanted]
        keys, po_numbers = zip(*numbers, strict=True) if numbers else ((), ())
        self._twins = {
            (customer_id, po): number
            for customer_id, po, number in _rows(TWINS, [list(keys), list(po_numbers), UNUSED])
        }
        self._recent: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
        for customer_id, order_id, amount in _rows(RECENT, [customer_ids, UNUSED, LATEST]):
            self._recent[customer_id].append((order_id, amount))
        product_ids = {line.product_id for _customer, one in wanted for line in one.lines}
        self._bought = self._read_bought(product_ids)
        self._noted: dict[int, list[Order]] = defaultdict(list)
        self.thresholds = [
            Threshold(kind=kind, currency=currency, threshold=value, approver=approver)
            for kind, currency, value, approver in ApprovalRule.objects.filter(
                is_active=True
            ).values_list("kind", "currency", "threshold", "approver")
        ]

    def note(self, order: Order) -> None:
        """Count an order that was just entered; its state is asked when the next one is."""
        self._noted[order.customer_id].append(order)

    def background_of(
        self, customer_id: int, *, customer_po: str, product_ids: Collection[int]
    ) -> Background:
        """Return what is known of the customer's other orders, those noted included."""
        noted = [one for one in self._noted.get(customer_id, ()) if one.state not in UNUSED]
        numbers = [one.number for one in noted if customer_po and one.customer_po == customer_po]
        stored = self._twins.get((customer_id, customer_po))
        twins = [*numbers, stored] if stored else numbers
        return Background(
            twin=min(twins, default=""),
            habits=self._habits(customer_id, noted, product_ids),
            thresholds=self.thresholds,
        )

    def _habits(
        self, customer_id: int, noted: Sequence[Order], product_ids: Collection[int]
    ) -> Habits | None:
        latest = list(islice(reversed(noted), LATEST))
        stored = self._recent.get(customer_id, [])[: LATEST - len(latest)]
        amounts = [order.net_amount for order in latest] + [amount for _id, amount in stored]
        if len(amounts) < FEWEST:
            return None
        quantities: dict[int, list[Decimal]] = defaultdict(list)
        for product_id, ordered in self._lines(latest, stored):
            if product_id in product_ids:
                quantities[product_id].append(ordered)
        return Habits(
            amount=_usual(amounts),
            quantities={key: _usual(values) for key, values in quantities.items()},
        )

    def _lines(
        self, latest: Iterable[Order], stored: Iterable[tuple[int, Decimal]]
    ) -> Iterable[tuple[int, Decimal]]:
        for order in latest:
            for line in (order.held_lines or {}).values():
                yield line.product_id, line.ordered
        for order_id, _amount in stored:
            yield from self._bought.get(order_id, ())

    def _read_bought(self, product_ids: Collection[int]) -> dict[int, Bought]:
        """Read the lines of latest orders, of customers with so many that we speak of habits."""
        order_ids = [order_id for orders in self._recent.values() for order_id, _amount in orders]
        bought: dict[int, Bought] = defaultdict(list)
        for order_id, product_id, ordered in _rows(BOUGHT, [order_ids, list(product_ids)]):
            bought[order_id].append((product_id, ordered))
        return bought


def _usual(values: Collection[Decimal]) -> Usual:
    """Return the middle, the lower of two, and the most: as PostgreSQL's percentile_disc does."""
    in_order = sorted(values)
    return Usual(median=in_order[(len(in_order) - 1) // 2], most=in_order[-1])


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
